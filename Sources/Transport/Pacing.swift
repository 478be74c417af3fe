import Glibc

/// Where a client takes its waits, the time and chance from, so that a test can decide them.
public struct Pacing: Sendable {
  /// Waits; throws `CancellationError` when the task is cancelled.
  public var sleep: @Sendable (Duration) async throws -> Void
  /// Seconds since 1970-01-01 00:00 UTC.
  public var unixTime: @Sendable () -> Int
  /// A number from 0 up to 1.
  public var random: @Sendable () -> Double

  public init(
    sleep: @escaping @Sendable (Duration) async throws -> Void, unixTime: @escaping @Sendable () -> Int,
    random: @escaping @Sendable () -> Double
  ) {
    self.sleep = sleep
    self.unixTime = unixTime
    self.random = random
  }

  /// The clock and the random numbers of the system.
  public static let system = Pacing(
    sleep: { try await Task.sleep(for: $0) }, unixTime: { time(nil) }, random: { Double.random(in: 0..<1) })
}
