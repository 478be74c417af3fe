import Hummingbird
import Logging
public import Observability

/// Serves an `ObservationEndpoint` over plain HTTP: probes, metrics and debugging pages.
///
/// It is meant for a port that only the pod's network reaches. A request is answered from memory at once, so one
/// that hangs says that the process hangs.
public struct HealthServer: Sendable {
  private let endpoint: ObservationEndpoint
  private let host: String
  private let port: Int
  private let now: @Sendable () -> Duration
  private let onReady: @Sendable (Int) -> Void

  /// - Parameters:
  ///   - port: 0 for any free one.
  ///   - now: the monotonic time that heartbeats are measured with.
  ///   - onReady: called with the port once connections are accepted.
  public init(
    _ endpoint: ObservationEndpoint, host: String = "0.0.0.0", port: Int = 8081,
    now: @escaping @Sendable () -> Duration, onReady: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.endpoint = endpoint
    self.host = host
    self.port = port
    self.now = now
    self.onReady = onReady
  }

  /// Serves until the task is cancelled. Throws where the address cannot be listened on.
  public func run() async throws {
    // The server's own lines are not in the form of this process's log, and say nothing that is not said elsewhere.
    let log = Logging.Logger(label: "health-server", factory: { _ in SwiftLogNoOpLogHandler() })
    let application = Application(
      responder: CallbackResponder { (request: Request, _: BasicRequestContext) in try await respond(to: request) },
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) }, logger: log)
    try await application.run()
  }

  private static let longestBody = 4096

  private func respond(to request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: Self.longestBody)
    let answer = endpoint.respond(
      method: request.method.rawValue, path: request.uri.path, body: String(buffer: body), at: now())
    var headers = HTTPFields()
    headers[.contentType] = answer.contentType
    return Response(
      status: .init(code: answer.status), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
  }
}
