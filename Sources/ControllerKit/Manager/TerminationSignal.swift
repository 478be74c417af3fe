import Dispatch
import Glibc
import Observability
import Threads

/// The signals that ask a process to end: SIGTERM, as the kubelet sends it, and SIGINT.
public enum TerminationSignal {
  /// Returns the first such signal, or nil when the task is cancelled. While it waits they do not end the process.
  ///
  /// - Parameter ready: called once from when on signals are waited for.
  public static func wait(ready: @escaping @Sendable () -> Void = {}) async -> Int32? {
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingOldest(1))
    let numbers = [SIGTERM, SIGINT]
    let missing = Locked(numbers.count)
    let sources = numbers.map { number in
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield(number) }
      // Registering is asynchronous; until then a signal has its default effect.
      source.setRegistrationHandler {
        let left = missing.withLock { left in
          left -= 1
          return left
        }
        if left == 0 { ready() }
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    for await number in signals { return number }
    return nil
  }
}
