import FoundationEssentials
import Search

/// What plans want to know of a trial that is settled. It is made up once: a plan is to cost little for each of the
/// thousands of trials that it can do nothing about.
struct TrialSettlement: Sendable {
  /// Whether there is a success that is to be recorded.
  let owesRecord: Bool
  /// What the search learns from it; nil where the space has no place for its parameters.
  let recorded: RecordedTrial?
  /// How long the pods of all its attempts ran together.
  let podSeconds: Double
  /// How long its successful attempts ran, and how many there are.
  let succeeded: (seconds: Double, podSeconds: Double, count: Int)
  /// Whether an attempt failed.
  let hasFailed: Bool
  /// When its last attempt ended.
  let end: Date?
  /// When the first of its Jobs may go; nil where none is left.
  let expiry: Date?

  init(_ trial: SweepTrial, _ design: SweepDesign, at now: Date) {
    owesRecord = trial.attempts.contains(where: \.owesRecord)
    recorded = trial.recorded(in: design.space)
    var podSeconds = 0.0
    var succeeded = (seconds: 0.0, podSeconds: 0.0, count: 0)
    var hasFailed = false
    for attempt in trial.attempts {
      let spent = attempt.podSeconds(at: now, pods: design.pods)
      podSeconds += spent
      switch attempt.outcome {
      case .succeeded: succeeded = (succeeded.seconds + attempt.seconds(at: now), succeeded.podSeconds + spent, succeeded.count + 1)
      case .failed: hasFailed = true
      case .disrupted, .stopped, nil: break
      }
    }
    self.podSeconds = podSeconds
    self.succeeded = succeeded
    self.hasFailed = hasFailed
    end = trial.attempts.last?.end(at: now)
    expiry = trial.attempts.compactMap { $0.expiry(keptFor: design.keepJobs) }.min()
  }
}
