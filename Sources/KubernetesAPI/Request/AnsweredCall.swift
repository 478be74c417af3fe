/// One request that was sent, for metrics.
public struct AnsweredCall: Sendable, Hashable {
  /// The HTTP method.
  public let method: String
  /// The server's host and port.
  public let host: String
  /// Nil where no answer came.
  public let status: Int?
  /// From the request to the whole answer; for a stream, to its head.
  public let duration: Duration
}
