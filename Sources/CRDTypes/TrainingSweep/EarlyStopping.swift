extension TrainingSweep {
  /// The rule by which running trials that lag behind are stopped. Exactly one of asha, median and patience is set.
  public struct EarlyStopping: Sendable, Hashable, Codable {
    /// Asynchronous successive halving: at each rung only the best share goes on.
    public var asha: ASHA?
    /// A trial is stopped when it is worse than the median of the others at the same step.
    public var median: MedianRule?
    /// A trial is stopped when it has not improved for a number of steps.
    public var patience: Patience?

    public init(asha: ASHA? = nil, median: MedianRule? = nil, patience: Patience? = nil) {
      self.asha = asha
      self.median = median
      self.patience = patience
    }
  }

  /// Asynchronous successive halving, the stopping variant (Li et al., A System for Massively Parallel Hyperparameter
  /// Tuning, 2020).
  public struct ASHA: Sendable, Hashable, Codable {
    /// The step of the first rung. 1 by default.
    public var minSteps: Int64?
    /// One in this many trials goes on at each rung; rungs are this factor apart. 4 by default.
    public var reductionFactor: Int64?

    public init(minSteps: Int64? = nil, reductionFactor: Int64? = nil) {
      self.minSteps = minSteps
      self.reductionFactor = reductionFactor
    }
  }

  /// The median stopping rule.
  public struct MedianRule: Sendable, Hashable, Codable {
    /// No trial is stopped before this step. 0 by default.
    public var minSteps: Int64?
    /// No trial is stopped before this many have finished. 5 by default.
    public var minTrials: Int64?

    public init(minSteps: Int64? = nil, minTrials: Int64? = nil) {
      self.minSteps = minSteps
      self.minTrials = minTrials
    }
  }

  /// The patience rule: each trial is compared with its own past only.
  public struct Patience: Sendable, Hashable, Codable {
    /// A trial is stopped when this many steps have brought no improvement.
    public var steps: Int64
    /// By how much the metric must change to count as an improvement. A decimal of at least 0, as a string; 0 by
    /// default.
    public var minDelta: String?
    /// No trial is stopped before this step. 0 by default.
    public var minSteps: Int64?

    public init(steps: Int64, minDelta: String? = nil, minSteps: Int64? = nil) {
      self.steps = steps
      self.minDelta = minDelta
      self.minSteps = minSteps
    }
  }
}

extension TrainingSweep.EarlyStopping {
  static let schema = Schema.object(
    "The rule by which running trials that lag behind are stopped. Exactly one of asha, median and patience is set.",
    [
      .optional(
        "asha",
        TrainingSweep.ASHA.schema.described(
          "Asynchronous successive halving: at each rung only the best share goes on.")),
      .optional(
        "median",
        TrainingSweep.MedianRule.schema.described(
          "A trial is stopped when it is worse than the median of the others at the same step.")),
      .optional(
        "patience",
        TrainingSweep.Patience.schema.described(
          "A trial is stopped when it has not improved for a number of steps.")),
    ],
    rules: [
      ValidationRule(
        "(has(self.asha) ? 1 : 0) + (has(self.median) ? 1 : 0) + (has(self.patience) ? 1 : 0) == 1",
        message: "earlyStopping is one of asha, median and patience: set exactly one of them")
    ])
}

extension TrainingSweep.ASHA {
  static let schema = Schema.object(
    """
    Asynchronous successive halving, the stopping variant (Li et al., A System for Massively Parallel \
    Hyperparameter Tuning, 2020).
    """,
    [
      .optional("minSteps", .int64("The step of the first rung. 1 by default.", minimum: 1, default: 1)),
      .optional(
        "reductionFactor",
        .int64(
          "One in this many trials goes on at each rung; rungs are this factor apart. 4 by default.",
          minimum: 2, maximum: 100, default: 4)),
    ])
}

extension TrainingSweep.MedianRule {
  static let schema = Schema.object(
    "The median stopping rule.",
    [
      .optional("minSteps", .int64("No trial is stopped before this step. 0 by default.", minimum: 0, default: 0)),
      .optional(
        "minTrials",
        .int64(
          "No trial is stopped before this many have finished. 5 by default.",
          minimum: 1, maximum: 1000, default: 5)),
    ])
}

extension TrainingSweep.Patience {
  static let schema = Schema.object(
    "The patience rule: each trial is compared with its own past only.",
    [
      .required("steps", .int64("A trial is stopped when this many steps have brought no improvement.", minimum: 1)),
      .optional(
        "minDelta",
        .decimal(
          """
          By how much the metric must change to count as an improvement. A decimal of at least 0, as a string; 0 \
          by default.
          """,
          default: "0")),
      .optional("minSteps", .int64("No trial is stopped before this step. 0 by default.", minimum: 0, default: 0)),
    ],
    rules: [
      ValidationRule(
        "!has(self.minDelta) || double(self.minDelta) >= 0.0",
        message: "minDelta must not be below 0: raise it")
    ])
}
