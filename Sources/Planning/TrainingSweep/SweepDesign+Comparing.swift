import CRDTypes
import Search

extension SweepDesign {
  /// Whether one value of the only objective is better than another.
  func isBetter(_ left: Double, than right: Double) -> Bool {
    objectives[0].goal == .maximize ? left > right : left < right
  }

  /// Whether a trial is good enough to end the sweep: it reaches all targets, of which there is at least one.
  func reachesTarget(_ values: [Double]) -> Bool {
    guard targets.contains(where: { $0 != nil }), values.count == objectives.count else { return false }
    return zip(zip(objectives, targets), values).allSatisfy { pair, value in
      guard let target = pair.1 else { return true }
      return pair.0.goal == .maximize ? value >= target : value <= target
    }
  }
}

extension TrainingSweep.Objective {
  var direction: Direction { goal == .maximize ? .maximize : .minimize }
}

extension StoppingRule {
  /// The rule that a spec asks for, by earlyStopping or by Hyperband; nil where nothing is stopped.
  init?(_ spec: TrainingSweep.Spec) throws(TrialProblem) {
    if let brackets = spec.search?.hyperband, spec.search?.algorithm == .hyperband {
      self = .hyperband(
        minSteps: brackets.minSteps ?? 1, maxSteps: brackets.maxSteps,
        reductionFactor: Int(brackets.reductionFactor ?? 3))
    } else if let asha = spec.earlyStopping?.asha {
      self = .asha(minSteps: asha.minSteps ?? 1, reductionFactor: Int(asha.reductionFactor ?? 4))
    } else if let median = spec.earlyStopping?.median {
      self = .median(minSteps: median.minSteps ?? 0, minTrials: Int(median.minTrials ?? 5))
    } else if let patience = spec.earlyStopping?.patience {
      guard let delta = DecimalText.value(patience.minDelta ?? "0") else {
        throw TrialProblem(
          "InvalidSpec", "spec.earlyStopping.patience.minDelta: \(patience.minDelta ?? "") is not a decimal number")
      }
      self = .patience(steps: patience.steps, minDelta: delta, minSteps: patience.minSteps ?? 0)
    } else {
      return nil
    }
  }
}
