import CRDTypes
import FoundationEssentials

/// Reads a trial's objectives and constraints from what its runs have logged.
struct TrialMeasurement: Sendable {
  let design: SweepDesign

  enum Finding: Sendable, Hashable {
    case measured(TrialResult)
    /// A value is there and cannot be used.
    case unusable(TrialProblem)
    /// A value is not there, and may yet come.
    case missing(TrialProblem)
  }

  func result(_ attempt: TrialAttempt) -> Finding {
    var values: [Double] = []
    var spread: Double?
    for objective in design.objectives {
      switch samples(attempt, { $0.metrics[objective.metric].map { Self.value($0, objective) } }, objective.metric) {
      case .failure(let problem): return .missing(problem)
      case .success(let samples):
        if let (fold, bad) = samples.first(where: { !$0.value.isFinite }) {
          let place = fold.map { " in fold \($0)" } ?? ""
          let message = "the run's \(objective.metric) is \(bad.isNaN ? "NaN" : "infinite")\(place)"
          return .unusable(TrialProblem("ObjectiveNotFinite", message))
        }
        let numbers = samples.map(\.value)
        let mean = Self.mean(numbers)
        values.append(mean)
        if spread == nil, numbers.count > 1 {
          let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
          spread = (squares / Double(numbers.count - 1)).squareRoot()
        }
      }
    }
    return .measured(TrialResult(values: values, violation: violation(attempt), spread: spread))
  }

  /// The values of a metric, one without cross-validation, else one for each fold.
  private func samples(
    _ attempt: TrialAttempt, _ read: (RunRecord) -> Double?, _ metric: String
  ) -> Result<[(fold: Int?, value: Double)], TrialProblem> {
    guard let folds = design.folds else {
      guard let run = attempt.run, let value = read(run) else {
        return .failure(Self.missing(metric, in: attempt.run, "the run"))
      }
      return .success([(nil, value)])
    }
    var out: [(fold: Int?, value: Double)] = []
    for fold in 0..<folds {
      guard let run = attempt.folds[fold] else {
        let message = "fold \(fold) has no MLflow run: its pod is to call mlflow.start_run() without a run's id"
        return .failure(TrialProblem("MetricMissing", message))
      }
      guard let value = read(run) else { return .failure(Self.missing(metric, in: run, "the run of fold \(fold)")) }
      out.append((fold, value))
    }
    return .success(out)
  }

  private static func value(_ metric: RunRecord.Metric, _ objective: TrainingSweep.Objective) -> Double {
    switch objective.statistic ?? .last {
    case .last: metric.last
    case .min: metric.min ?? metric.last
    case .max: metric.max ?? metric.last
    }
  }

  /// Which metrics there are instead.
  private static func missing(_ metric: String, in run: RunRecord?, _ place: String) -> TrialProblem {
    let names = run?.metrics.keys.sorted() ?? []
    let present =
      names.isEmpty
      ? "it logged none"
      : "it logged " + names.prefix(20).joined(separator: ", ")
        + (names.count > 20 ? " and \(names.count - 20) more" : "")
    return TrialProblem("MetricMissing", "the metric \(metric) was not logged to \(place); \(present)")
  }

  /// The value of a constraint's metric: its last one, and the mean of those over the folds.
  func constrained(_ metric: String, _ attempt: TrialAttempt) -> Double? {
    guard case .success(let samples) = samples(attempt, { $0.metrics[metric]?.last }, metric) else { return nil }
    return Self.mean(samples.map(\.value))
  }

  /// The mean, to the 15 digits that a sum of decimals has: 0.8 rather than 0.7999999999999999.
  private static func mean(_ values: [Double]) -> Double {
    guard let first = values.first, values.count > 1 else { return values.first ?? .nan }
    let mean = values.reduce(0, +) / Double(values.count)
    if values.allSatisfy({ $0 == first }) { return first }
    guard mean.isFinite, mean != 0 else { return mean }
    // The power of ten by which the mean has 15 digits before the point.
    var scale = 1.0
    while abs(mean) * scale < 1e14, scale < 1e200 { scale *= 10 }
    guard abs(mean) * scale < 1e16 else { return mean }
    return (mean * scale).rounded() / scale
  }

  /// By how much the constraints are broken in total; infinite where a metric of one is missing or not finite.
  private func violation(_ attempt: TrialAttempt) -> Double {
    var total = 0.0
    for constraint in design.constraints {
      guard let value = constrained(constraint.metric, attempt), value.isFinite else { return .infinity }
      if let min = constraint.min { total += max(0, min - value) }
      if let max = constraint.max { total += Swift.max(0, value - max) }
    }
    return total
  }
}
