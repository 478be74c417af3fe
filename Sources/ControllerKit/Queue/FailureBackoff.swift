/// How long to wait after a key has failed: exponential in its consecutive failures.
///
/// Source of the defaults: client-go's `DefaultTypedControllerRateLimiter`, 5 ms doubling to 1,000 s.
public struct FailureBackoff: Sendable, Hashable {
  public var base: Duration
  public var cap: Duration
  /// The largest share of the delay that is added at random.
  public var jitter: Double

  public init(base: Duration = .milliseconds(5), cap: Duration = .seconds(1000), jitter: Double = 0.1) {
    self.base = base
    self.cap = cap
    self.jitter = jitter
  }

  /// - Parameters:
  ///   - failures: how many failures came before this one.
  ///   - random: uniform in 0..<1.
  public func delay(afterFailures failures: Int, random: Double) -> Duration {
    // 2^40 times any base is over any cap that makes sense; the limit keeps the product in range.
    let exponential = base * Double(UInt64(1) << UInt64(min(max(failures, 0), 40)))
    return min(exponential, cap) * (1 + jitter * random)
  }
}

/// A limit on how often something may happen: tokens come at a steady rate into a bucket of limited size.
public struct TokenBucket: Sendable, Hashable {
  private let perSecond: Double
  private let burst: Double
  private var tokens: Double
  private var updated: Duration = .zero

  /// Source of the defaults: client-go's `DefaultTypedControllerRateLimiter`, 10 a second, 100 at once.
  public init(perSecond: Double = 10, burst: Int = 100) {
    self.perSecond = perSecond
    self.burst = Double(burst)
    tokens = Double(burst)
  }

  /// Takes a token, on credit if there is none. Returns how long to wait until it is there.
  public mutating func reserve(at now: Duration) -> Duration {
    tokens = min(burst, tokens + max(0, (now - updated).inSeconds) * perSecond)
    updated = max(updated, now)
    tokens -= 1
    return tokens >= 0 ? .zero : .seconds(-tokens / perSecond)
  }
}
