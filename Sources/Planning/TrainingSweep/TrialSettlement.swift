import FoundationEssentials
import Search

/// What plans want to know of a trial that is settled. It is made up once: a plan is to cost little for each of the
/// thousands of trials that it can do nothing about.
struct TrialSettlement: Sendable {
  /// Whether there is a success that is to be recorded.
  let owesRecord: Bool
  /// What the search learns from it; nil where the space has no place for its parameters.
  let recorded: RecordedTrial?
  /// What its attempts have cost.
  let spending: TrialSpending
  /// Whether an attempt failed.
  let hasFailed: Bool
  /// When its last attempt ended.
  let end: Date?
  /// When the first of its Jobs may go; nil where none is left.
  let expiry: Date?

  init(_ trial: SweepTrial, _ design: SweepDesign, at now: Date) {
    owesRecord = trial.attempts.contains(where: \.owesRecord)
    recorded = trial.recorded(in: design.space)
    var spending = TrialSpending()
    for attempt in trial.attempts { spending.add(attempt, pods: design.pods, at: now) }
    self.spending = spending
    hasFailed = trial.attempts.contains(where: \.didFail)
    end = trial.attempts.last?.end(at: now)
    expiry = trial.attempts.compactMap { $0.expiry(keptFor: design.keepJobs) }.min()
  }
}
