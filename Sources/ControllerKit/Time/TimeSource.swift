public import FoundationEssentials

/// The clocks that machinery runs by. Tests put in a clock that they move by hand.
public protocol TimeSource: Sendable {
  /// Monotonic, since an arbitrary start; goes on while the machine is suspended.
  var now: Duration { get }
  /// The time of day.
  var date: Date { get }
  /// Returns at `deadline` (a time of `now`), or throws `CancellationError` when the task is cancelled.
  func sleep(until deadline: Duration) async throws
}

extension TimeSource {
  public func sleep(for duration: Duration) async throws { try await sleep(until: now + duration) }
}

/// The system's clocks.
public struct SystemTime: TimeSource {
  // A clock that goes on during suspend: after a resume, a lease that others may have taken counts as old.
  private static let start = ContinuousClock().now

  public init() {}

  public var now: Duration { Self.start.duration(to: ContinuousClock().now) }
  public var date: Date { Date() }

  public func sleep(until deadline: Duration) async throws {
    try await ContinuousClock().sleep(until: Self.start.advanced(by: deadline), tolerance: nil)
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
