import CRDTypes

/// The order of trials by how good they are.
struct TrialRanking: Sendable {
  let design: SweepDesign

  /// The trials that may be the best, the best first, at most `limit`: those with a value that break no constraint.
  /// Of equal values the earlier trial is first, so that the order does not depend on when anybody looks.
  func ranked(_ trials: [SweepTrial], limit: Int) -> [SweepTrial] {
    var candidates: [(value: Double, number: Int, index: Int)] = []
    for index in trials.indices {
      if let value = value(trials[index]) { candidates.append((value, trials[index].number, index)) }
    }
    candidates.sort { left, right in
      left.value == right.value ? left.number < right.number : design.isBetter(left.value, than: right.value)
    }
    return candidates.prefix(limit).map { trials[$0.index] }
  }

  /// The first of `ranked`.
  func best(_ trials: [SweepTrial]) -> SweepTrial? {
    var best: (value: Double, index: Int)?
    for index in trials.indices {
      guard let value = value(trials[index]) else { continue }
      if let current = best {
        let isEarlier = value == current.value && trials[index].number < trials[current.index].number
        guard isEarlier || design.isBetter(value, than: current.value) else { continue }
      }
      best = (value, index)
    }
    return best.map { trials[$0.index] }
  }

  /// The value of a trial that may be the best.
  func value(_ trial: SweepTrial) -> Double? {
    guard case .succeeded(let value, let violation) = trial.state, violation == 0, value.isFinite else { return nil }
    return value
  }

  /// What status says of a trial.
  func summary(_ trial: SweepTrial) -> TrainingSweep.TrialSummary {
    let run = trial.attempts.last?.run
    var metrics: [String: String] = [:]
    for constraint in design.constraints {
      if let value = run?.metrics[constraint.metric]?.last { metrics[constraint.metric] = Self.text(value) }
    }
    let value = value(trial).map(Self.text)
    if let value { metrics[design.objective.metric] = value }
    return TrainingSweep.TrialSummary(
      trial: Int64(trial.number), runID: run?.id, value: value, metrics: metrics, parameters: trial.parameters)
  }

  static func text(_ value: Double) -> String { DecimalText.text(value) ?? "\(value)" }
}
