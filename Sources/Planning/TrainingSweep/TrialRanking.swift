import CRDTypes
import FoundationEssentials
import Search

/// The order of trials by how good they are.
struct TrialRanking: Sendable {
  let design: SweepDesign

  /// How many of the best anybody asks for.
  static let greatest = 5

  /// The trials that may be the best, the best first, at most `limit`, which is at most `greatest`: those with a value
  /// that break no constraint.
  func ranked(_ trials: TrialList, limit: Int) -> [SweepTrial] {
    let open = trials.open.compactMap { trial in
      value(trial).map { SettledTotals.Candidate(number: trial.number, value: $0) }
    }
    return (trials.totals.top + open).sorted(by: isBefore).prefix(limit).compactMap { candidate in
      trials.index(of: candidate.number).map { trials[$0] }
    }
  }

  /// Whether one is better than another; of equal values the earlier trial is, so that the order does not depend on when
  /// anybody looks.
  func isBefore(_ left: SettledTotals.Candidate, _ right: SettledTotals.Candidate) -> Bool {
    left.value == right.value ? left.number < right.number : design.isBetter(left.value, than: right.value)
  }

  /// The first of `ranked`.
  func best(_ trials: TrialList) -> SweepTrial? { ranked(trials, limit: 1).first }

  /// The value of a trial that may be the best; nil with several objectives.
  func value(_ trial: SweepTrial) -> Double? {
    design.objectives.count == 1 ? values(trial)?.first : nil
  }

  /// The objectives of a trial that breaks no constraint.
  func values(_ trial: SweepTrial) -> [Double]? {
    guard case .succeeded(let result) = trial.state, result.violation == 0, result.values.allSatisfy(\.isFinite),
      result.values.count == design.objectives.count
    else { return nil }
    return result.values
  }

  /// The trials that no other beats in all objectives, by the first objective from its best value.
  func front(_ trials: TrialList) -> [SweepTrial] {
    let candidates = trials.compactMap { trial in values(trial).map { (trial: trial, values: $0) } }
    let front = ParetoFront.members(of: candidates.map(\.values), directions: design.objectives.map(\.direction))
    return front.map { candidates[$0] }.sorted { left, right in
      left.values[0] == right.values[0]
        ? left.trial.number < right.trial.number : design.isBetter(left.values[0], than: right.values[0])
    }.map(\.trial)
  }

  /// The best trial; with several objectives the one of the front that ended last. Nil while there is no result.
  func leader(_ trials: TrialList, at now: Date) -> SweepTrial? {
    guard design.objectives.count > 1 else { return best(trials) }
    return front(trials).max { left, right in
      (left.attempts.last?.end(at: now) ?? now, left.number) < (right.attempts.last?.end(at: now) ?? now, right.number)
    }
  }

  /// What status says of a trial.
  func summary(_ trial: SweepTrial) -> TrainingSweep.TrialSummary {
    var metrics: [String: String] = [:]
    for constraint in design.constraints {
      if let value = trial.attempts.last.flatMap({ TrialMeasurement(design: design).constrained(constraint.metric, $0) }
      ) {
        metrics[constraint.metric] = Self.text(value)
      }
    }
    for (objective, value) in zip(design.objectives, values(trial) ?? []) {
      metrics[objective.metric] = Self.text(value)
    }
    var spread: Double?
    if case .succeeded(let result) = trial.state { spread = result.spread }
    return TrainingSweep.TrialSummary(
      trial: Int64(trial.number), runID: trial.attempts.last?.run?.id, value: value(trial).map(Self.text),
      spread: spread.map(Self.text), metrics: metrics, parameters: trial.parameters)
  }

  static func text(_ value: Double) -> String { DecimalText.text(value) ?? "\(value)" }
}
