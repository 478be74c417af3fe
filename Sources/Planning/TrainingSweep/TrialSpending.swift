import FoundationEssentials

/// What attempts have cost in time.
struct TrialSpending: Sendable {
  /// How long the pods of all of them ran together.
  private(set) var podSeconds = 0.0
  /// How long the successful ones ran, their pods together, and how many there are.
  private(set) var succeeded = (seconds: 0.0, podSeconds: 0.0, count: 0)

  /// Takes in an attempt; returns how long its pods ran.
  @discardableResult
  mutating func add(_ attempt: TrialAttempt, pods: Int, at now: Date) -> Double {
    let spent = attempt.podSeconds(at: now, pods: pods)
    podSeconds += spent
    if case .succeeded = attempt.outcome {
      succeeded.seconds += attempt.seconds(at: now)
      succeeded.podSeconds += spent
      succeeded.count += 1
    }
    return spent
  }

  mutating func add(_ other: TrialSpending) { add(other, times: 1) }

  /// Takes out what was added before.
  mutating func remove(_ other: TrialSpending) { add(other, times: -1) }

  private mutating func add(_ other: TrialSpending, times sign: Double) {
    podSeconds += sign * other.podSeconds
    succeeded.seconds += sign * other.succeeded.seconds
    succeeded.podSeconds += sign * other.succeeded.podSeconds
    succeeded.count += Int(sign) * other.succeeded.count
  }
}
