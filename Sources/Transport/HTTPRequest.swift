/// One HTTP request. The whole body is in memory.
public struct HTTPRequest: Sendable {
  /// In upper case, as `GET`.
  public var method: String
  /// An absolute `http` or `https` URL; what is not allowed in a URL must already be percent-encoded.
  public var url: String
  public var headers: HTTPHeaders
  public var body: [UInt8]?
  public var timeouts: Timeouts
  /// Whether the request may be sent again when it is not known if the server acted on it.
  /// True for GET, HEAD and OPTIONS (the safe methods of RFC 9110, 9.2.1) unless it was set.
  public var isSafeToRetry: Bool

  public init(
    _ method: String = "GET", url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
    timeouts: Timeouts = Timeouts(), isSafeToRetry: Bool? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
    self.isSafeToRetry = isSafeToRetry ?? ["GET", "HEAD", "OPTIONS"].contains(method)
  }
}

/// How long a request may take.
public struct Timeouts: Sendable, Hashable {
  /// For resolving the name, connecting and the TLS handshake together.
  public var connect: Duration
  /// For no byte of this request moving in either direction, from its start on; nil for no limit.
  /// A streamed body that its reader holds back is not idle.
  public var idle: Duration?
  /// For one attempt from start to end, waits for a connection included; nil for no limit.
  public var total: Duration?

  public init(connect: Duration = .seconds(10), idle: Duration? = .seconds(30), total: Duration? = nil) {
    self.connect = connect
    self.idle = idle
    self.total = total
  }
}
