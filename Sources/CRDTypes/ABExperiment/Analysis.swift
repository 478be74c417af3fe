public import JSON

extension ABExperiment {
  /// How the variants are compared.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Always-valid: looking often does not raise the error.
    case sequential = "Sequential"
    /// Once, when the planned number of samples is there.
    case fixedHorizon = "FixedHorizon"
    /// By posterior probabilities.
    case bayesian = "Bayesian"
  }

  /// How a bandit sets the weights.
  public enum BanditAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
    /// By the probability of being best.
    case thompson = "Thompson"
    /// By upper confidence bounds.
    case uCB = "UCB"
    /// Most to the best so far, a fixed share to the others.
    case epsilonGreedy = "EpsilonGreedy"
  }

  /// How and when it is decided which variant is better.
  public struct Analysis: Sendable, Hashable, Codable {
    /// Sequential (the default), FixedHorizon or Bayesian.
    public var method: Method?
    /// The chance of a false decision that is accepted, over all decision metrics and variants, above 0 and below 1.
    /// A decimal, as a string; 0.05 by default.
    public var alpha: String?
    /// The chance of finding an effect of minEffect, for the plan of a FixedHorizon, above 0 and below 1. A decimal,
    /// as a string; 0.8 by default.
    public var power: String?
    /// The least effect that matters, relative to the control. A decimal above 0, as a string. FixedHorizon needs it.
    public var minEffect: String?
    /// No decision before every variant has this many users. 100 by default.
    public var minSamples: Int64?
    /// The experiment ends without a decision after this long. A duration such as 14d; no limit by default.
    public var maxDuration: String?
    /// How often to look. A duration; 1m by default.
    public var every: String?

    public init(
      method: Method? = nil, alpha: String? = nil, power: String? = nil, minEffect: String? = nil,
      minSamples: Int64? = nil, maxDuration: String? = nil, every: String? = nil
    ) {
      self.method = method
      self.alpha = alpha
      self.power = power
      self.minEffect = minEffect
      self.minSamples = minSamples
      self.maxDuration = maxDuration
      self.every = every
    }
  }

  /// Weights that follow the results, instead of fixed ones.
  public struct Bandit: Sendable, Hashable, Codable {
    /// Thompson (the default), UCB or EpsilonGreedy.
    public var algorithm: BanditAlgorithm?
    /// How often the weights are set anew. A duration; 10m by default.
    public var every: String?
    /// The least share of each variant, in percent. 1 by default.
    public var minWeight: Int64?
    /// EpsilonGreedy's share for variants that are not the best, from 0 to 1. A decimal, as a string; 0.1 by default.
    public var epsilon: String?

    public init(
      algorithm: BanditAlgorithm? = nil, every: String? = nil, minWeight: Int64? = nil, epsilon: String? = nil
    ) {
      self.algorithm = algorithm
      self.every = every
      self.minWeight = minWeight
      self.epsilon = epsilon
    }
  }

  /// What happens when the experiment is decided.
  public struct OnDecision: Sendable, Hashable, Codable {
    /// The winner's model version gets an alias in the registry.
    public var promote: Promotion?
    /// Whether all traffic goes to the winner. Off by default.
    public var shiftTraffic: Bool?

    public init(promote: Promotion? = nil, shiftTraffic: Bool? = nil) {
      self.promote = promote
      self.shiftTraffic = shiftTraffic
    }
  }

  /// An alias for the winner.
  public struct Promotion: Sendable, Hashable, Codable {
    /// The alias, such as champion.
    public var alias: String
    /// The registered model that the winner must be a version of; the winner's own by default.
    public var model: String?

    public init(alias: String, model: String? = nil) {
      self.alias = alias
      self.model = model
    }
  }

  /// The proxy that splits the traffic.
  public struct RouterSettings: Sendable, Hashable, Codable {
    /// How many pods it has. 2 by default.
    public var replicas: Int64?
    /// Its container's resources: a Kubernetes ResourceRequirements.
    public var resources: JSONValue?

    public init(replicas: Int64? = nil, resources: JSONValue? = nil) {
      self.replicas = replicas
      self.resources = resources
    }
  }
}

extension ABExperiment.Analysis {
  static let schema = Schema.object(
    "How and when it is decided which variant is better.",
    [
      .optional(
        "method",
        .choice(
          "Sequential (the default), FixedHorizon or Bayesian.",
          of: ABExperiment.Method.self, default: .sequential)),
      .optional(
        "alpha",
        .decimal(
          """
          The chance of a false decision that is accepted, over all decision metrics and variants, above 0 and \
          below 1. A decimal, as a string; 0.05 by default.
          """,
          default: "0.05")),
      .optional(
        "power",
        .decimal(
          """
          The chance of finding an effect of minEffect, for the plan of a FixedHorizon, above 0 and below 1. A \
          decimal, as a string; 0.8 by default.
          """,
          default: "0.8")),
      .optional(
        "minEffect",
        .decimal(
          """
          The least effect that matters, relative to the control. A decimal above 0, as a string. FixedHorizon \
          needs it.
          """,
          positive: true)),
      .optional(
        "minSamples",
        .int64(
          "No decision before every variant has this many users. 100 by default.",
          minimum: 1, default: 100)),
      .optional(
        "maxDuration",
        .duration(
          "The experiment ends without a decision after this long. A duration such as 14d; no limit by default.")),
      .optional("every", .duration("How often to look. A duration; 1m by default.", default: "1m")),
    ],
    rules: [
      ValidationRule(
        "!has(self.alpha) || (double(self.alpha) > 0.0 && double(self.alpha) < 1.0)",
        message: "alpha must be above 0 and below 1: choose such as 0.05", field: "alpha"),
      ValidationRule(
        "!has(self.power) || (double(self.power) > 0.0 && double(self.power) < 1.0)",
        message: "power must be above 0 and below 1: choose such as 0.8", field: "power"),
      ValidationRule(
        "!has(self.method) || self.method != 'FixedHorizon' || has(self.minEffect)",
        message: "method FixedHorizon needs the effect to plan for: set minEffect"),
    ])
}

extension ABExperiment.Bandit {
  static let schema = Schema.object(
    "Weights that follow the results, instead of fixed ones.",
    [
      .optional(
        "algorithm",
        .choice(
          "Thompson (the default), UCB or EpsilonGreedy.",
          of: ABExperiment.BanditAlgorithm.self, default: .thompson)),
      .optional("every", .duration("How often the weights are set anew. A duration; 10m by default.", default: "10m")),
      .optional(
        "minWeight",
        .int64(
          "The least share of each variant, in percent. 1 by default.",
          minimum: 0, maximum: 50, default: 1)),
      .optional(
        "epsilon",
        .decimal(
          """
          EpsilonGreedy's share for variants that are not the best, from 0 to 1. A decimal, as a string; 0.1 by \
          default.
          """,
          default: "0.1")),
    ],
    rules: [
      ValidationRule(
        "!has(self.epsilon) || (double(self.epsilon) >= 0.0 && double(self.epsilon) <= 1.0)",
        message: "epsilon must be from 0 to 1", field: "epsilon")
    ])
}

extension ABExperiment.OnDecision {
  static let schema = Schema.object(
    "What happens when the experiment is decided.",
    [
      .optional(
        "promote",
        ABExperiment.Promotion.schema.described(
          "The winner's model version gets an alias in the registry.")),
      .optional("shiftTraffic", .boolean("Whether all traffic goes to the winner. Off by default.", default: false)),
    ])
}

extension ABExperiment.Promotion {
  static let schema = Schema.object(
    "An alias for the winner.",
    [
      .required(
        "alias",
        .string(
          "The alias, such as champion.",
          minLength: 1, maxLength: 250, pattern: "^[A-Za-z0-9_-]+$")),
      .optional(
        "model",
        .string(
          "The registered model that the winner must be a version of; the winner's own by default.",
          minLength: 1, maxLength: 250)),
    ])
}

extension ABExperiment.RouterSettings {
  static let schema = Schema.object(
    "The proxy that splits the traffic.",
    [
      .optional("replicas", .int64("How many pods it has. 2 by default.", minimum: 1, maximum: 100, default: 2)),
      .optional("resources", .anyObject("Its container's resources: a Kubernetes ResourceRequirements.")),
    ])
}
