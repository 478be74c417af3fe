import CRDTypes
import JSON

/// One line of a watch stream (`meta/v1` WatchEvent).
enum WatchLine: Sendable, Hashable {
  case added(DynamicObject)
  case modified(DynamicObject)
  case deleted(DynamicObject)
  /// Only tells how far the stream has come. `endsInitialEvents` is the mark behind a streamed initial list (KEP-3157).
  case bookmark(resourceVersion: String, endsInitialEvents: Bool)
  /// The stream cannot go on.
  case error(APIError)

  /// The annotation on the bookmark that ends a streamed initial list (`metav1.InitialEventsAnnotationKey`).
  static let initialEventsEnd = "k8s.io/initial-events-end"

  /// - Parameter path: of the watch, for its errors.
  init(_ bytes: [UInt8], path: String) throws(WatchTrouble) {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw .malformed(error.description)
    }
    guard let type = json["type"]?.string, let content = json["object"], content.object != nil else {
      throw .malformed("a line without 'type' and 'object'")
    }
    let object = DynamicObject(content)
    switch type {
    case "ADDED": self = .added(object)
    case "MODIFIED": self = .modified(object)
    case "DELETED": self = .deleted(object)
    case "BOOKMARK":
      self = .bookmark(
        resourceVersion: object.resourceVersion,
        endsInitialEvents: object.annotations[Self.initialEventsEnd] == "true")
    case "ERROR": self = .error(APIError(status: content, method: "GET", path: path))
    default: throw .malformed("the unknown type \"\(type)\"")
    }
  }
}
