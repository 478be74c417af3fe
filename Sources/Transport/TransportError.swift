/// A request that got no complete response. A response with a status such as 500 is not an error here.
public struct TransportError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was.
  public enum Code: String, Sendable, Hashable {
    /// The URL or an option cannot be used.
    case invalidRequest
    /// The host's name, or the proxy's, has no address.
    case resolve
    /// No connection: refused, unreachable, or rejected by a proxy.
    case connect
    /// The TLS handshake failed, the server's certificate was not accepted, or a client certificate cannot be used.
    case tls
    /// A connect, idle or total time-out passed.
    case timeout
    /// The connection ended, or broke the protocol, before the response was complete.
    case broken
    /// The response body was larger than the client's limit.
    case tooLarge
    /// The client was shut down.
    case closed
    /// Anything else.
    case other
  }

  public let code: Code
  /// The `CURLcode`, or 0 if the failure was not libcurl's.
  public let curlCode: Int32
  public let method: String
  /// The URL without user and password, and without the values of query fields that may hold secrets.
  public let url: String
  /// What happened, for people; without secrets.
  public let message: String

  public init(code: Code, curlCode: Int32 = 0, method: String, url: String, message: String) {
    self.code = code
    self.curlCode = curlCode
    self.method = method
    self.url = RedactedURL.text(url)
    self.message = message
  }

  public var description: String {
    let number = curlCode == 0 ? "" : " (curl \(curlCode))"
    return "\(method) \(url): \(message)\(number)"
  }
}
