import CLinux
import Glibc
public import Observability
import Threads

/// Serves an `ObservationEndpoint` over plain HTTP: probes, metrics and debugging pages.
///
/// It is meant for a port that only the pod's network reaches. A thread of its own answers from memory at once, also
/// while the process's tasks wait; that they do is what the endpoint's heartbeats are for.
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

  /// Serves until the task is cancelled. Throws `SocketError` where the address cannot be listened on.
  public func run() async throws {
    let listener = try ListeningSocket(host: host, port: port)
    let bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard bell >= 0 else { throw SocketError.last("eventfd") }
    defer { close(bell) }
    onReady(listener.port)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
        let started = DedicatedThread.start {
          var loop = ConnectionLoop(listener: listener, bell: bell) { request in
            endpoint.respond(method: request.method, path: request.path, body: request.body, at: now())
          }
          loop.run()
          ended.resume()
        }
        if started == nil { ended.resume(throwing: SocketError(description: "no thread is left to serve probes")) }
      }
    } onCancel: {
      var one: UInt64 = 1
      write(bell, &one, MemoryLayout<UInt64>.size)
    }
  }
}
