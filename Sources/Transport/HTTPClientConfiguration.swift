/// What all requests of one client share.
///
/// Unless ``proxy`` names one, proxies come from the environment as libcurl reads it: `https_proxy`, `HTTPS_PROXY`,
/// `http_proxy`, `all_proxy`, `no_proxy` and `NO_PROXY`.
public struct HTTPClientConfiguration: Sendable {
  public var tls: TLSOptions
  public var userAgent: String
  public var retry: RetryPolicy
  public var health: HealthRule
  /// The URL of the proxy for every request, whatever the environment says, `no_proxy` included.
  public var proxy: String?
  /// Requests sent with ``HTTPClient/send(_:)`` ask for gzip, and their bodies are unpacked.
  public var acceptsCompression: Bool
  /// The most bytes, after decompression, that ``HTTPClient/send(_:)`` collects before it gives up.
  public var maximumBodySize: Int
  /// The bytes of a streamed body that wait for their reader before the transfer pauses.
  public var streamBufferSize: Int

  public init(
    tls: TLSOptions = TLSOptions(), userAgent: String = "martlet", retry: RetryPolicy = RetryPolicy(),
    health: HealthRule = HealthRule(), acceptsCompression: Bool = true, maximumBodySize: Int = 256 << 20,
    streamBufferSize: Int = 256 << 10, proxy: String? = nil
  ) {
    self.tls = tls
    self.userAgent = userAgent
    self.retry = retry
    self.health = health
    self.acceptsCompression = acceptsCompression
    self.maximumBodySize = maximumBodySize
    self.streamBufferSize = streamBufferSize
    self.proxy = proxy
  }
}
