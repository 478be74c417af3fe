/// Which output of which container a client asked for (`GET .../pods/NAME/log`).
public struct PodLogRequest: Sendable, Hashable {
  public var namespace: String
  public var pod: String
  public var uid: String
  public var container: String
  /// The node that the pod runs on.
  public var node: String
  /// Go on with what the container writes until it ends.
  public var follow: Bool
  /// The container's run before its last restart.
  public var previous: Bool
  /// Begin each line with its RFC 3339 time.
  public var timestamps: Bool
  /// Only the last lines; all where nil.
  public var tailLines: Int?
  public var sinceSeconds: Int?
  /// RFC 3339.
  public var sinceTime: String?
  public var limitBytes: Int?
  /// The port of the node's kubelet API, where its Node object names one.
  public var kubeletPort: Int?
  public var nodeAddress: String?
}

/// Who can read the output of containers: the nodes of the local cluster.
public protocol PodLogProvider: Sendable {
  /// The output, in pieces as they come; the sequence ends when the output does or the reader goes away. Nil where
  /// the pod is not on a node of this provider. Throws a `PodLogError` where there is nothing to read.
  func logs(_ request: PodLogRequest) async throws -> AsyncStream<[UInt8]>?
}

/// Why a container's output cannot be read; the client sees the message with status 400.
public struct PodLogError: Error, Sendable, Hashable {
  public let message: String

  public init(_ message: String) { self.message = message }
}
