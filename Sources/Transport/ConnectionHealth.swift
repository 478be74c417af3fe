/// What is remembered of connections, named by their local ports, to tell a hung peer from a slow answer.
///
/// Times are readings of one monotonic clock in nanoseconds.
struct ConnectionHealth {
  private struct Silence {
    var timeouts: Int
    var last: UInt64
  }

  private var lastHeard: [Int: UInt64] = [:]
  private var silences: [Int: Silence] = [:]
  private var nextPruning: UInt64 = 0

  /// How long a connection is remembered after its last sign of life or time-out: longer than libcurl keeps an unused
  /// one (118 s).
  private static let memory: UInt64 = 600_000_000_000

  /// Something arrived over a connection.
  mutating func heard(on port: Int, at time: UInt64) {
    lastHeard[port] = time
    prune(at: time)
  }

  /// A request timed out.
  ///
  /// - Parameters:
  ///   - start: when the request began to wait.
  ///   - heard: when something last arrived over the connection, as far as requests in flight show.
  /// - Returns: how many requests in a row have timed out while nothing at all arrived; 0 if something did.
  mutating func timedOut(on port: Int, at time: UInt64, waitingSince start: UInt64, heard: UInt64) -> Int {
    let heard = max(heard, lastHeard[port] ?? 0)
    guard heard <= start else {
      silences[port] = nil
      return 0
    }
    let before = silences[port].map { $0.last >= heard ? $0.timeouts : 0 } ?? 0
    silences[port] = Silence(timeouts: before + 1, last: time)
    return before + 1
  }

  /// A connection was closed; its port may come back with another one.
  mutating func forget(_ port: Int) {
    lastHeard[port] = nil
    silences[port] = nil
  }

  private mutating func prune(at time: UInt64) {
    guard time >= nextPruning, time > Self.memory else { return }
    nextPruning = time + Self.memory / 10
    lastHeard = lastHeard.filter { $0.value + Self.memory > time }
    silences = silences.filter { $0.value.last + Self.memory > time }
  }
}
