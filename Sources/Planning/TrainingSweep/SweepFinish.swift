import CRDTypes
import FoundationEssentials

/// Why a sweep ends.
struct SweepFinish: Sendable, Hashable {
  /// A CamelCase word for programs.
  var reason: String
  var message: String
  /// Whether the sweep has found what it was to find.
  var succeeded: Bool
}

extension SweepFinish {
  /// Ends that are failures whatever was found.
  private static let failures: Set<String> = ["TooManyFailures", "FirstTrialsFailed"]

  /// Whether, and why, the sweep is to end now.
  ///
  /// - Parameter best: the best trial, or with several objectives the one that last came into the front.
  /// - Parameter previous: the condition `Succeeded` that status has. An end that was decided stays, until the spec
  ///   changes: a result that comes in late does not take it back.
  static func decide(
    _ ledger: TrialLedger, _ design: SweepDesign, _ usage: SweepUsage, best: SweepTrial?, previous: Condition?,
    generation: Int64?
  ) -> SweepFinish? {
    if let previous, previous.observedGeneration == generation {
      return conclude(previous.reason, previous.message, best)
    }
    let trials = ledger.trials
    let failed = trials.numbers(trials.totals.failed) { if case .failed = $0.state { true } else { false } }
    let ranking = TrialRanking(design: design)
    func reaches(_ trial: SweepTrial) -> Bool { ranking.values(trial).map(design.reachesTarget) == true }
    let reaching = design.objectives.count == 1 ? best.flatMap { reaches($0) ? $0 : nil } : trials.first(where: reaches)
    if let trial = reaching {
      let what = design.objectives.count == 1 ? "the target" : "all targets"
      return conclude("TargetReached", "trial \(trial.number) has reached \(what)", best)
    }
    if let limit = design.maxFailed, failed.count > limit {
      let message = "\(failed.count) trials have failed, more than trials.maxFailed (\(limit)) allows"
      return conclude("TooManyFailures", message + last(failed, trials), best)
    }
    let hasSuccess =
      trials.totals.succeeded > 0 || trials.open.contains { if case .succeeded = $0.state { true } else { false } }
    if !hasSuccess, failed.starts(with: [0, 1, 2]) {
      let message = "the first three trials have failed, so the others would too"
      return conclude("FirstTrialsFailed", message + last(Array(failed.prefix(3)), trials), best)
    }
    if trials.settled.count + trials.open.count(where: \.isFinal) >= design.planned {
      return design.planned < design.maxTrials
        ? conclude("SpaceExhausted", "every point of the space was tried", best)
        : conclude("MaxTrialsReached", "all \(design.planned) trials are over", best)
    }
    return usage.exceeded.map { conclude($0.reason, $0.message, best) }
  }

  private static func conclude(_ reason: String, _ message: String, _ best: SweepTrial?) -> SweepFinish {
    SweepFinish(reason: reason, message: message, succeeded: best != nil && !failures.contains(reason))
  }

  private static func last(_ failed: [Int], _ trials: TrialList) -> String {
    guard let index = failed.last.flatMap(trials.index), case .failed(let problem) = trials[index].state else { return "" }
    return "; trial \(trials[index].number): \(problem.message)".keepingEnd(1500)
  }
}

/// What a sweep has used up.
struct SweepUsage: Sendable {
  let gpuHours: Double
  /// Seconds that a trial takes on average; nil before one has succeeded.
  let meanSeconds: Double?
  /// Which budget is used up.
  let exceeded: TrialProblem?
  /// When the wall-clock budget ends.
  let deadline: Date?
  private let expectedGPUHours: Double
  private let hoursOfOne: Double
  private let budget: Double?

  init(
    _ ledger: TrialLedger, _ design: SweepDesign, best: SweepTrial?, startTime: Date, suspendedSeconds: Double,
    at now: Date
  ) {
    let gpus = Double(max(1, design.gpus))
    var spending = ledger.trials.totals.spending
    var open: [Double] = []
    for attempt in ledger.trials.open.lazy.flatMap(\.attempts) {
      let podSeconds = spending.add(attempt, pods: design.pods, at: now)
      if attempt.isActive { open.append(podSeconds) }
    }
    gpuHours = design.gpus > 0 ? spending.podSeconds * gpus / 3600 : 0
    let successes = Double(spending.succeeded.count)
    meanSeconds = successes > 0 ? spending.succeeded.seconds / successes : nil
    let mean = successes > 0 ? spending.succeeded.podSeconds / successes : nil
    // Trials at work are expected to take as long as others did.
    let rest = open.reduce(0) { $0 + max(0, (mean ?? 0) - $1) }
    expectedGPUHours = gpuHours + rest * gpus / 3600
    hoursOfOne = (mean ?? 0) * gpus / 3600
    budget = design.gpus > 0 ? design.gpuHours : nil
    deadline = design.wallClock.map { startTime.addingTimeInterval($0 + suspendedSeconds) }
    exceeded = Self.exceeded(ledger, design, best, gpuHours, hoursOfOne, deadline, now)
  }

  /// Whether one more trial is expected to stay within the budget, `more` having been started beside.
  func allows(more: Int) -> Bool {
    guard let budget else { return true }
    return gpuHours < budget && expectedGPUHours + hoursOfOne * Double(more + 1) <= budget
  }

  private static func exceeded(
    _ ledger: TrialLedger, _ design: SweepDesign, _ best: SweepTrial?, _ used: Double, _ one: Double,
    _ deadline: Date?, _ now: Date
  ) -> TrialProblem? {
    if let deadline, now >= deadline {
      return TrialProblem("WallClockExceeded", "budget.wallClock is over")
    }
    let isIdle = !ledger.trials.open.contains(where: \.isActive)
    if design.gpus > 0, let budget = design.gpuHours, used >= budget || (isIdle && used + one > budget) {
      return TrialProblem(
        "BudgetExhausted", "another trial would not fit into budget.gpuHours (\(TrialRanking.text(budget)))")
    }
    if let limit = design.noProgress, let best, let bestEnd = best.attempts.last?.end(at: now) {
      let later = ledger.trials.count { trial in
        switch trial.state {
        case .succeeded, .failed:
          trial.number != best.number
            && (trial.attempts.last?.end(at: now) ?? now, trial.number) > (bestEnd, best.number)
        case .queued, .running, .awaitingRetry, .stopped: false
        }
      }
      if later >= limit {
        return TrialProblem("NoProgress", "\(limit) trials in a row have not improved the best (trial \(best.number))")
      }
    }
    return nil
  }
}
