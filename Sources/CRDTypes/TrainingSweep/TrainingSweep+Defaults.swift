/// What a spec means where it is silent. The API server sets the same values from the schema; these hold for
/// specs that were not read from one.
extension TrainingSweep.Spec {
  /// The metrics to optimise: one, or two or three.
  public var allObjectives: [TrainingSweep.Objective] { objective.map { [$0] } ?? objectives ?? [] }

  public var algorithm: TrainingSweep.Algorithm { search?.algorithm ?? .auto }
  public var seed: Int64 { search?.seed ?? 0 }

  public var maxTrials: Int64 { trials?.max ?? 20 }
  public var parallelTrials: Int64 { trials?.parallel ?? 1 }
  /// Nil for no limit.
  public var maxFailedTrials: Int64? { trials?.maxFailed }
  public var retriesPerTrial: Int64 { trials?.retries ?? 0 }
  /// Nil for no limit.
  public var trialTimeout: Duration? { trials?.timeout.flatMap(DurationText.duration) }
  public var metricGracePeriod: Duration {
    trials?.metricGracePeriod.flatMap(DurationText.duration) ?? .seconds(60)
  }
  public var rerunFailed: Int64 { trials?.rerunFailed ?? 0 }

  public var folds: Int64 { crossValidation?.folds ?? 1 }
  public var nodeCount: Int64 { nodes ?? 1 }
  /// How many pods a trial has: its folds or its nodes.
  public var podsPerTrial: Int64 { max(folds, nodeCount) }

  /// How many GPUs each pod of a trial requests; 0 where the spec does not ask for any.
  public var gpusPerPod: Int64 { gpus.map { $0.perTrial ?? 1 } ?? 0 }
  public var gpuResource: String { gpus?.resource ?? "nvidia.com/gpu" }

  /// Nil for no limit.
  public var gpuHourBudget: Double? { budget?.gpuHours.flatMap(DecimalText.value) }
  /// Nil for no limit.
  public var wallClockBudget: Duration? { budget?.wallClock.flatMap(DurationText.duration) }

  /// How long the Jobs of finished trials are kept.
  public var jobRetention: Duration { keepJobs.flatMap(DurationText.duration) ?? .seconds(3600) }
  public var isSuspended: Bool { suspend ?? false }
  public var finishPolicy: TrainingSweep.FinishPolicy { onFinish ?? .stop }
}

extension TrainingSweep.Objective {
  public var curveStatistic: TrainingSweep.Statistic { statistic ?? .last }
  /// Nil where there is none.
  public var targetValue: Double? { target.flatMap(DecimalText.value) }
}

extension TrainingSweep.Constraint {
  /// Whether a value keeps within the bounds; NaN never does.
  public func admits(_ value: Double) -> Bool {
    if value.isNaN { return false }
    if let low = min.flatMap(DecimalText.value), value < low { return false }
    if let high = max.flatMap(DecimalText.value), value > high { return false }
    return true
  }
}

extension TrainingSweep.ASHA {
  public var firstRung: Int64 { minSteps ?? 1 }
  public var factor: Int64 { reductionFactor ?? 4 }
}
