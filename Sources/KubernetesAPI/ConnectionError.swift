public import Transport

/// The API server could not be asked: no answer came, or it broke off.
public struct ConnectionError: Error, Sendable, CustomStringConvertible {
  /// The server's URL.
  public let server: String
  public let method: String
  /// The request's path, without its query.
  public let path: String
  public let cause: TransportError

  public var description: String {
    "cannot reach the API server \(server): \(cause.message) (\(method) \(path))"
  }
}
