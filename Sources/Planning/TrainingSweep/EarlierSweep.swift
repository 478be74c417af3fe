public import CRDTypes
import FoundationEssentials
import Search

/// A sweep of search.warmStart, as far as it is there.
public struct EarlierSweep: Sendable {
  public var name: String
  /// Nil where there is no such sweep.
  public var sweep: TrainingSweep?
  /// Its runs.
  public var runs: [RunRecord]

  public init(name: String, sweep: TrainingSweep?, runs: [RunRecord] = []) {
    self.name = name
    self.sweep = sweep
    self.runs = runs
  }
}

/// The results of earlier sweeps as history of a search: older than every trial of its own.
struct WarmHistory: Sendable {
  let trials: [RecordedTrial]
  /// How many results there were to take, those that the search space has no place for among them.
  let found: Int

  /// Only what had ended before the sweep began counts, so that the history is the same whenever it is read.
  ///
  /// - Throws: why the search cannot begin: a sweep is not there, has not ended, or optimises something else.
  init(_ earlier: [EarlierSweep], _ design: SweepDesign, before start: Date?) throws(TrialProblem) {
    var taken: [(point: Point, outcome: RecordedTrial.Outcome)] = []
    var found = 0
    for entry in earlier {
      guard let sweep = entry.sweep else {
        throw TrialProblem(
          "SweepNotFound",
          "search.warmStart: there is no TrainingSweep \(entry.name) in this namespace: create it, or leave it out of a "
            + "new sweep")
      }
      guard start != nil || sweep.status?.completionTime != nil else {
        throw TrialProblem(
          "WaitingForSweep", "search.warmStart: the sweep \(entry.name) has not ended; its results are waited for")
      }
      let theirs = (sweep.spec.objectives ?? sweep.spec.objective.map { [$0] } ?? []).map(\.comparable)
      guard theirs == design.objectives.map(\.comparable) else {
        throw TrialProblem(
          "WarmStartMismatch",
          "search.warmStart: the sweep \(entry.name) optimises another metric or in another direction: leave it out of "
            + "a new sweep")
      }
      // The last attempt of each of its trials.
      var last: [Int: RunRecord] = [:]
      for run in entry.runs where run.fold == nil && !run.isDeleted {
        guard let place = run.place, (run.endTime ?? run.startTime) <= start ?? .distantFuture else { continue }
        if let other = last[place.trial]?.place, other.attempt > place.attempt { continue }
        last[place.trial] = run
      }
      for (_, run) in last.sorted(by: { $0.key < $1.key }) {
        let outcome: RecordedTrial.Outcome
        switch TrialOutcome(tags: run.tags) {
        case .succeeded(let result): outcome = .completed(values: result.values, violation: result.violation)
        case .stopped(_, let point?): outcome = .stopped(step: Int(point.step), value: point.value)
        case .failed: outcome = .failed
        case .stopped, .disrupted, nil: continue
        }
        found += 1
        let parameters = run.tags[SweepKeys.Tag.parameters].flatMap { SweepTrial.parameters($0) } ?? [:]
        if let point = design.space.point(from: parameters) { taken.append((point, outcome)) }
      }
    }
    self.found = found
    trials = taken.enumerated().map { index, trial in
      RecordedTrial(number: index - taken.count, point: trial.point, outcome: trial.outcome)
    }
  }
}

extension TrainingSweep.Objective {
  /// What makes values of two sweeps comparable.
  fileprivate var comparable: [String] { [metric, goal.rawValue, (statistic ?? .last).rawValue] }
}
