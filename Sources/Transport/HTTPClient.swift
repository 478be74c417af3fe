import Threads

/// An HTTP client for many concurrent requests, multiplexed over few connections where servers speak HTTP/2.
///
/// Whole responses and streamed ones use separate threads and connections, so that hundreds of open watches do not slow
/// requests down. Proxies, name resolution and TLS are libcurl's. Redirects are not followed; cookies are not kept.
/// After ``shutdown()``, and when the client and all its streams are gone, its connections are closed.
public final class HTTPClient: Sendable {
  private let requests: TransferLoop
  private let streams: TransferLoop
  private let configuration: Locked<HTTPClientConfiguration>
  private let pacing: Pacing

  public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration(), pacing: Pacing = .system) {
    self.configuration = Locked(configuration)
    self.pacing = pacing
    requests = TransferLoop(configuration)
    streams = TransferLoop(configuration)
  }

  /// Sends a request and collects its whole response, whatever its status.
  ///
  /// - Throws: ``TransportError``; `CancellationError` promptly after the task is cancelled.
  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try await repeating(request) { () async throws -> HTTPResponse in
      try await requests.collect(request)
    } answer: { response in
      (response.status, { response.headers })
    }
  }

  /// Sends a request and returns as soon as the head of its response is there.
  ///
  /// The idle time-out goes on while the body is read. Nothing is repeated after the head arrived.
  ///
  /// - Throws: ``TransportError``; `CancellationError` promptly after the task is cancelled.
  public func stream(_ request: HTTPRequest) async throws -> StreamedResponse {
    try await repeating(request) { () async throws -> StreamedResponse in
      try await streams.stream(request)
    } answer: { response in
      (response.status, { response.headers })
    }
  }

  /// Uses other TLS options, as renewed client certificates, for all requests that start from now on.
  ///
  /// Requests in flight end on the connections they have.
  public func reconfigure(tls: TLSOptions) {
    let changed = configuration.withLock { configuration in
      configuration.tls = tls
      return configuration
    }
    requests.post(.configure(changed))
    streams.post(.configure(changed))
  }

  /// Fails what is in flight with ``TransportError/Code/closed`` and returns when all connections are closed.
  public func shutdown() async {
    await requests.stop()
    await streams.stop()
  }

  private func repeating<Response>(
    _ request: HTTPRequest, _ attempt: () async throws -> Response, answer: (Response) -> (Int, () -> HTTPHeaders)
  ) async throws -> Response {
    var number = 0
    while true {
      let wait: Duration
      do {
        let response = try await attempt()
        let (status, headers) = answer(response)
        guard status == 429 || status == 503 else { return response }
        guard
          let asked = retry.wait(
            after: status, headers: headers(), attempt: number, isSafe: request.isSafeToRetry, now: pacing.unixTime())
        else { return response }
        wait = asked
      } catch let error as TransportError {
        guard
          let pause = retry.wait(
            after: error, attempt: number, isSafe: request.isSafeToRetry, random: pacing.random())
        else { throw error }
        wait = pause
      }
      try await pacing.sleep(wait)
      number += 1
    }
  }

  private var retry: RetryPolicy { configuration.withLock(\.retry) }
}
