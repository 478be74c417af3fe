extension TrainingSweep {
  /// How the next parameters are chosen.
  public enum Algorithm: String, Sendable, Hashable, Codable, CaseIterable {
    /// Chosen by the space and the budget; status says which and why.
    case auto = "Auto"
    /// Every combination, in order.
    case grid = "Grid"
    /// Independent draws.
    case random = "Random"
    /// A scrambled low-discrepancy sequence.
    case sobol = "Sobol"
    /// The multivariate tree-structured Parzen estimator.
    case tpe = "TPE"
    /// Covariance matrix adaptation.
    case cmaes = "CMAES"
    /// Bayesian optimisation with a Gaussian process.
    case gp = "GP"
    /// Brackets of successive halving.
    case hyperband = "Hyperband"
  }

  /// How parameters are chosen.
  public struct Search: Sendable, Hashable, Codable {
    /// Auto (the default) picks by the space and the budget and says in status what it picked; or one of Grid,
    /// Random, Sobol, TPE, CMAES, GP and Hyperband.
    public var algorithm: Algorithm?
    /// Where the random streams begin. The same seed and the same results lead to the same suggestions. 0 by default.
    public var seed: Int64?
    /// Known configurations to try first, each a map from parameter name to value. Parameters that are left out are
    /// chosen by the algorithm.
    public var points: [[String: String]]?
    /// Earlier sweeps whose results are history for this one.
    public var warmStart: [WarmStart]?
    /// The resources of the brackets; only with algorithm Hyperband, which needs it.
    public var hyperband: HyperbandSettings?

    public init(
      algorithm: Algorithm? = nil, seed: Int64? = nil, points: [[String: String]]? = nil,
      warmStart: [WarmStart]? = nil, hyperband: HyperbandSettings? = nil
    ) {
      self.algorithm = algorithm
      self.seed = seed
      self.points = points
      self.warmStart = warmStart
      self.hyperband = hyperband
    }
  }

  /// An earlier sweep to learn from.
  public struct WarmStart: Sendable, Hashable, Codable {
    /// The name of a TrainingSweep in the same namespace. Its parameters are matched by name and range.
    public var sweep: String

    public init(sweep: String) {
      self.sweep = sweep
    }
  }

  /// The resources that Hyperband's brackets share out, in steps of the objective's metric.
  public struct HyperbandSettings: Sendable, Hashable, Codable {
    /// The step at which a trial that is never stopped has finished.
    public var maxSteps: Int64
    /// The first step at which a trial may be stopped. 1 by default.
    public var minSteps: Int64?
    /// One in this many trials goes on at each rung. 3 by default.
    public var reductionFactor: Int64?

    public init(maxSteps: Int64, minSteps: Int64? = nil, reductionFactor: Int64? = nil) {
      self.maxSteps = maxSteps
      self.minSteps = minSteps
      self.reductionFactor = reductionFactor
    }
  }
}

extension TrainingSweep.Search {
  static let schema = Schema.object(
    "How parameters are chosen.",
    [
      .optional(
        "algorithm",
        .choice(
          """
          Auto (the default) picks by the space and the budget and says in status what it picked; or one of Grid, \
          Random, Sobol, TPE, CMAES, GP and Hyperband.
          """,
          of: TrainingSweep.Algorithm.self, default: .auto)),
      .optional(
        "seed",
        .int64(
          """
          Where the random streams begin. The same seed and the same results lead to the same suggestions. 0 by \
          default.
          """,
          minimum: 0, default: 0)),
      .optional(
        "points",
        .list(
          """
          Known configurations to try first, each a map from parameter name to value. Parameters that are left out \
          are chosen by the algorithm.
          """,
          of: .map(
            "The values of one trial by parameter name.", of: .string("The value.", maxLength: 250), maxProperties: 64),
          minItems: 1, maxItems: 64)),
      .optional(
        "warmStart",
        .list(
          "Earlier sweeps whose results are history for this one.",
          of: TrainingSweep.WarmStart.schema, minItems: 1, maxItems: 10, kind: .map(key: "sweep"))),
      .optional(
        "hyperband",
        TrainingSweep.HyperbandSettings.schema.described(
          "The resources of the brackets; only with algorithm Hyperband, which needs it.")),
    ],
    rules: [
      ValidationRule(
        "has(self.hyperband) == (has(self.algorithm) && self.algorithm == 'Hyperband')",
        message: "hyperband belongs to algorithm Hyperband, which needs it: set both or neither")
    ])
}

extension TrainingSweep.WarmStart {
  static let schema = Schema.object(
    "An earlier sweep to learn from.",
    [
      .required(
        "sweep",
        .objectName(
          "The name of a TrainingSweep in the same namespace. Its parameters are matched by name and range."))
    ])
}

extension TrainingSweep.HyperbandSettings {
  static let schema = Schema.object(
    "The resources that Hyperband's brackets share out, in steps of the objective's metric.",
    [
      .required("maxSteps", .int64("The step at which a trial that is never stopped has finished.", minimum: 1)),
      .optional(
        "minSteps",
        .int64(
          "The first step at which a trial may be stopped. 1 by default.",
          minimum: 1, default: 1)),
      .optional(
        "reductionFactor",
        .int64(
          "One in this many trials goes on at each rung. 3 by default.",
          minimum: 2, maximum: 100, default: 3)),
    ],
    rules: [
      ValidationRule(
        "!has(self.minSteps) || self.minSteps <= self.maxSteps",
        message: "minSteps is above maxSteps: lower minSteps or raise maxSteps")
    ])
}
