extension TrainingSweep {
  /// Which values of a metric are better.
  public enum Goal: String, Sendable, Hashable, Codable, CaseIterable {
    /// Higher is better.
    case maximize = "Maximize"
    /// Lower is better.
    case minimize = "Minimize"
  }

  /// Which point of a metric's curve is the trial's value.
  public enum Statistic: String, Sendable, Hashable, Codable, CaseIterable {
    /// The value of the greatest step.
    case last = "Last"
    /// The least value of the curve.
    case min = "Min"
    /// The greatest value of the curve.
    case max = "Max"
  }

  /// A metric that the sweep optimises.
  public struct Objective: Sendable, Hashable, Codable {
    /// The name under which the training code logs the metric in MLflow.
    public var metric: String
    /// Whether the metric is to be as high (Maximize) or as low (Minimize) as possible.
    public var goal: Goal
    /// A value that is good enough: the sweep ends when a trial reaches it. A decimal, as a string.
    public var target: String?
    /// Which point of the metric's curve is the trial's value: the Last step (the default), the Min or the Max.
    public var statistic: Statistic?

    public init(metric: String, goal: Goal, target: String? = nil, statistic: Statistic? = nil) {
      self.metric = metric
      self.goal = goal
      self.target = target
      self.statistic = statistic
    }
  }

  /// A bound on a metric: a trial that breaks it, or does not log the metric, is never the best.
  public struct Constraint: Sendable, Hashable, Codable {
    /// The name of the metric in MLflow.
    public var metric: String
    /// The least value that is allowed. A decimal, as a string.
    public var min: String?
    /// The greatest value that is allowed. A decimal, as a string.
    public var max: String?

    public init(metric: String, min: String? = nil, max: String? = nil) {
      self.metric = metric
      self.min = min
      self.max = max
    }
  }
}

extension TrainingSweep.Objective {
  static let schema = Schema.object(
    "A metric that the sweep optimises.",
    [
      .required(
        "metric",
        .string(
          "The name under which the training code logs the metric in MLflow.",
          minLength: 1, maxLength: 250)),
      .required(
        "goal",
        .choice(
          "Whether the metric is to be as high (Maximize) or as low (Minimize) as possible.",
          of: TrainingSweep.Goal.self)),
      .optional(
        "target",
        .decimal(
          "A value that is good enough: the sweep ends when a trial reaches it. A decimal, as a string.")),
      .optional(
        "statistic",
        .choice(
          "Which point of the metric's curve is the trial's value: the Last step (the default), the Min or the Max.",
          of: TrainingSweep.Statistic.self, default: .last)),
    ])
}

extension TrainingSweep.Constraint {
  static let schema = Schema.object(
    "A bound on a metric: a trial that breaks it, or does not log the metric, is never the best.",
    [
      .required("metric", .string("The name of the metric in MLflow.", minLength: 1, maxLength: 250)),
      .optional("min", .decimal("The least value that is allowed. A decimal, as a string.")),
      .optional("max", .decimal("The greatest value that is allowed. A decimal, as a string.")),
    ],
    rules: [
      ValidationRule(
        "has(self.min) || has(self.max)",
        message: "a constraint needs min, max or both: set at least one"),
      ValidationRule(
        "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
        message: "min is above max: lower min or raise max"),
    ])
}
