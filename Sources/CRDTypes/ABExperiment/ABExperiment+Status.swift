extension ABExperiment {
  /// How traffic is split, and what is known.
  public struct Status: Sendable, Hashable, Codable {
    /// The generation of the spec that this status was made from.
    public var observedGeneration: Int64?
    /// Ready, Reconciling, Stalled, Running and Concluded.
    public var conditions: [Condition]?
    /// Where requests go.
    public var url: String?
    /// The weights in the order of the variants, such as 90/10.
    public var split: String?
    /// Each variant's part.
    public var variants: [VariantStatus]?
    /// Each metric's result for each variant.
    public var metrics: [MetricResult]?
    /// How many users were seen in all.
    public var samples: Int64?
    /// The variant that is ahead.
    public var leader: String?
    /// Whether the users split as the weights say.
    public var sampleRatio: SampleRatio?
    /// How the experiment was decided.
    public var decision: Decision?
    /// When the experiment began.
    public var startTime: String?
    /// When it ended.
    public var endTime: String?
    /// When the metrics were last looked at.
    public var lastAnalysisTime: String?

    public init(
      observedGeneration: Int64? = nil, conditions: [Condition]? = nil, url: String? = nil, split: String? = nil,
      variants: [VariantStatus]? = nil, metrics: [MetricResult]? = nil, samples: Int64? = nil, leader: String? = nil,
      sampleRatio: SampleRatio? = nil, decision: Decision? = nil, startTime: String? = nil, endTime: String? = nil,
      lastAnalysisTime: String? = nil
    ) {
      self.observedGeneration = observedGeneration
      self.conditions = conditions
      self.url = url
      self.split = split
      self.variants = variants
      self.metrics = metrics
      self.samples = samples
      self.leader = leader
      self.sampleRatio = sampleRatio
      self.decision = decision
      self.startTime = startTime
      self.endTime = endTime
      self.lastAnalysisTime = lastAnalysisTime
    }
  }

  /// One variant's part of the traffic.
  public struct VariantStatus: Sendable, Hashable, Codable {
    /// The name of the variant.
    public var name: String
    /// The ModelDeployment.
    public var deployment: String?
    /// The share that it has now, in percent.
    public var weight: Int64?
    /// Whether it can take traffic.
    public var ready: Bool?
    /// The share of the requests that the router has seen, in percent, a decimal as a string.
    public var observedShare: String?
    /// How many requests the router has assigned to it.
    public var requests: Int64?
    /// The model version that it serves.
    public var modelVersion: String?
    /// Why it is not ready.
    public var message: String?

    public init(
      name: String, deployment: String? = nil, weight: Int64? = nil, ready: Bool? = nil,
      observedShare: String? = nil, requests: Int64? = nil, modelVersion: String? = nil, message: String? = nil
    ) {
      self.name = name
      self.deployment = deployment
      self.weight = weight
      self.ready = ready
      self.observedShare = observedShare
      self.requests = requests
      self.modelVersion = modelVersion
      self.message = message
    }
  }

  /// One metric of one variant.
  public struct MetricResult: Sendable, Hashable, Codable {
    /// The metric.
    public var name: String
    /// The variant.
    public var variant: String
    /// How many users it is from.
    public var samples: Int64?
    /// The value, a decimal as a string.
    public var value: String?
    /// The difference from the control, relative to it, a decimal as a string.
    public var effect: String?
    /// The lower end of the effect's confidence interval, a decimal as a string.
    public var low: String?
    /// The upper end of the effect's confidence interval, a decimal as a string.
    public var high: String?
    /// The p value, or the posterior probability of being worse, a decimal as a string.
    public var pValue: String?
    /// Better, Worse, Unclear, Passed, Failed or NoData.
    public var verdict: String?

    public init(
      name: String, variant: String, samples: Int64? = nil, value: String? = nil, effect: String? = nil,
      low: String? = nil, high: String? = nil, pValue: String? = nil, verdict: String? = nil
    ) {
      self.name = name
      self.variant = variant
      self.samples = samples
      self.value = value
      self.effect = effect
      self.low = low
      self.high = high
      self.pValue = pValue
      self.verdict = verdict
    }
  }

  /// The test for a sample ratio mismatch.
  public struct SampleRatio: Sendable, Hashable, Codable {
    /// The p value of the observed split under the weights, a decimal as a string.
    public var pValue: String?
    /// Matched, Mismatched or NoData.
    public var verdict: String

    public init(pValue: String? = nil, verdict: String) {
      self.pValue = pValue
      self.verdict = verdict
    }
  }

  /// How the experiment was decided.
  public struct Decision: Sendable, Hashable, Codable {
    /// Winner, NoDifference, GuardrailBroken or TimedOut.
    public var verdict: String
    /// The variant that won.
    public var winner: String?
    /// Why, with the numbers.
    public var message: String?
    /// When.
    public var time: String?
    /// The model version that got the alias.
    public var promoted: String?

    public init(
      verdict: String, winner: String? = nil, message: String? = nil, time: String? = nil, promoted: String? = nil
    ) {
      self.verdict = verdict
      self.winner = winner
      self.message = message
      self.time = time
      self.promoted = promoted
    }
  }
}

extension ABExperiment.Status {
  static let schema = Schema.object(
    "How traffic is split, and what is known.",
    [
      .optional("observedGeneration", .int64("The generation of the spec that this status was made from.", minimum: 0)),
      .optional("conditions", .conditions("Ready, Reconciling, Stalled, Running and Concluded.")),
      .optional("url", .string("Where requests go.", maxLength: 1024)),
      .optional("split", .string("The weights in the order of the variants, such as 90/10.", maxLength: 64)),
      .optional(
        "variants",
        .list(
          "Each variant's part.",
          of: ABExperiment.VariantStatus.schema, maxItems: 16, kind: .map(key: "name"))),
      .optional(
        "metrics",
        .list(
          "Each metric's result for each variant.",
          of: ABExperiment.MetricResult.schema, maxItems: 320)),
      .optional("samples", .int64("How many users were seen in all.", minimum: 0)),
      .optional("leader", .string("The variant that is ahead.", maxLength: 30)),
      .optional(
        "sampleRatio",
        ABExperiment.SampleRatio.schema.described(
          "Whether the users split as the weights say.")),
      .optional("decision", ABExperiment.Decision.schema.described("How the experiment was decided.")),
      .optional("startTime", .time("When the experiment began.")),
      .optional("endTime", .time("When it ended.")),
      .optional("lastAnalysisTime", .time("When the metrics were last looked at.")),
    ])
}

extension ABExperiment.VariantStatus {
  static let schema = Schema.object(
    "One variant's part of the traffic.",
    [
      .required("name", .string("The name of the variant.", maxLength: 30)),
      .optional("deployment", .string("The ModelDeployment.", maxLength: 253)),
      .optional("weight", .int64("The share that it has now, in percent.", minimum: 0, maximum: 100)),
      .optional("ready", .boolean("Whether it can take traffic.")),
      .optional(
        "observedShare",
        .string(
          "The share of the requests that the router has seen, in percent, a decimal as a string.",
          maxLength: 32)),
      .optional("requests", .int64("How many requests the router has assigned to it.", minimum: 0)),
      .optional("modelVersion", .string("The model version that it serves.", maxLength: 250)),
      .optional("message", .string("Why it is not ready.", maxLength: 1024)),
    ])
}

extension ABExperiment.MetricResult {
  static let schema = Schema.object(
    "One metric of one variant.",
    [
      .required("name", .string("The metric.", maxLength: 63)),
      .required("variant", .string("The variant.", maxLength: 30)),
      .optional("samples", .int64("How many users it is from.", minimum: 0)),
      .optional("value", .string("The value, a decimal as a string.", maxLength: 32)),
      .optional(
        "effect",
        .string(
          "The difference from the control, relative to it, a decimal as a string.",
          maxLength: 32)),
      .optional(
        "low",
        .string(
          "The lower end of the effect's confidence interval, a decimal as a string.",
          maxLength: 32)),
      .optional(
        "high",
        .string(
          "The upper end of the effect's confidence interval, a decimal as a string.",
          maxLength: 32)),
      .optional(
        "pValue",
        .string(
          "The p value, or the posterior probability of being worse, a decimal as a string.",
          maxLength: 32)),
      .optional("verdict", .string("Better, Worse, Unclear, Passed, Failed or NoData.", maxLength: 32)),
    ])
}

extension ABExperiment.SampleRatio {
  static let schema = Schema.object(
    "The test for a sample ratio mismatch.",
    [
      .optional(
        "pValue",
        .string(
          "The p value of the observed split under the weights, a decimal as a string.",
          maxLength: 32)),
      .required("verdict", .string("Matched, Mismatched or NoData.", maxLength: 32)),
    ])
}

extension ABExperiment.Decision {
  static let schema = Schema.object(
    "How the experiment was decided.",
    [
      .required("verdict", .string("Winner, NoDifference, GuardrailBroken or TimedOut.", maxLength: 32)),
      .optional("winner", .string("The variant that won.", maxLength: 30)),
      .optional("message", .string("Why, with the numbers.", maxLength: 2048)),
      .optional("time", .time("When.")),
      .optional("promoted", .string("The model version that got the alias.", maxLength: 300)),
    ])
}
