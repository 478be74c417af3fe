/// Waits that grow by a factor up to a cap, each shortened by chance so that many clients do not act in step.
public struct Backoff: Sendable, Hashable {
  /// The wait after the first failure.
  public var initial: Duration
  /// What each further wait is multiplied by.
  public var factor: Double
  /// The longest wait.
  public var cap: Duration
  /// The share of a wait that chance may take away: 0 for none, 1 for all of it.
  public var jitter: Double

  public init(initial: Duration, factor: Double = 2, cap: Duration, jitter: Double = 0.5) {
    self.initial = initial
    self.factor = factor
    self.cap = cap
    self.jitter = jitter
  }

  /// The wait after failure number `attempt`, where the first has number 0.
  ///
  /// - Parameter random: from 0 up to 1; the same number gives the same wait.
  public func delay(attempt: Int, random: Double) -> Duration {
    var seconds = initial / .seconds(1)
    let most = cap / .seconds(1)
    var step = 0
    while step < attempt, seconds < most {
      seconds *= factor
      step += 1
    }
    seconds = min(seconds, most)
    return .seconds(seconds * (1 - jitter * random))
  }
}
