public import CRDTypes

/// One step of a watch, shaped for a cache: between `restarted` and `synced` a fresh copy is built beside the one in
/// use, and `synced` puts it in its place, so that readers never see half a list.
public enum WatchEvent: Sendable, Hashable {
  /// A fresh initial list begins: start an empty copy. An unfinished one is dropped.
  case restarted
  /// An object of the initial list: set it in the copy that is being built.
  case initial(DynamicObject)
  /// The initial list is complete: the copy that was built is the truth at this resource version.
  case synced(resourceVersion: String)
  /// An object was made or changed.
  case applied(DynamicObject)
  /// An object is gone (this is its last state). Before `synced` it concerns the copy that is being built. An object
  /// that vanished while the watch was interrupted has no such event: it is missing from the next copy.
  case deleted(DynamicObject)
}

/// Something that interrupts a watch; the watch goes on by itself. For logs and metrics.
public enum WatchTrouble: Error, Sendable, CustomStringConvertible {
  /// The server refused: 403 where permissions are missing, 404 where the kind is not installed.
  case refused(APIError)
  /// The connection failed or broke.
  case connection(String)
  /// The server sent something that is no watch event.
  case malformed(String)

  public var description: String {
    switch self {
    case .refused(let error): error.description
    case .connection(let message): message
    case .malformed(let message): "not a watch event: \(message)"
    }
  }
}
