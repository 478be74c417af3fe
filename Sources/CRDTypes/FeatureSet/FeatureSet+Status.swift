extension FeatureSet {
  /// What is online and how fresh it is.
  public struct Status: Sendable, Hashable, Codable {
    /// The generation of the spec that this status was made from.
    public var observedGeneration: Int64?
    /// Ready, Reconciling, Stalled, Materialized and Fresh.
    public var conditions: [Condition]?
    /// How many entities are online.
    public var rows: Int64?
    /// The online table, or the prefix of the keys.
    public var table: String?
    /// A digest of the definition that the online table was made from.
    public var version: String?
    /// When rows were last brought over with success.
    public var lastMaterializationTime: String?
    /// When it was last tried.
    public var lastAttemptTime: String?
    /// When it will be tried next.
    public var nextMaterializationTime: String?
    /// The time of the newest event that is online.
    public var newestEventTime: String?
    /// Rows of the source up to this time, by the created column or else by the event, are online.
    public var watermark: String?
    /// How far the online store was behind at the last materialisation, a duration such as 4m12s.
    public var lag: String?
    /// How many rows the last materialisation wrote.
    public var rowsWritten: Int64?
    /// How many attempts in a row have failed.
    public var failures: Int64?
    /// The latest result of each check.
    public var checks: [CheckResult]?

    public init(
      observedGeneration: Int64? = nil, conditions: [Condition]? = nil, rows: Int64? = nil, table: String? = nil,
      version: String? = nil, lastMaterializationTime: String? = nil, lastAttemptTime: String? = nil,
      nextMaterializationTime: String? = nil, newestEventTime: String? = nil, watermark: String? = nil,
      lag: String? = nil, rowsWritten: Int64? = nil, failures: Int64? = nil, checks: [CheckResult]? = nil
    ) {
      self.observedGeneration = observedGeneration
      self.conditions = conditions
      self.rows = rows
      self.table = table
      self.version = version
      self.lastMaterializationTime = lastMaterializationTime
      self.lastAttemptTime = lastAttemptTime
      self.nextMaterializationTime = nextMaterializationTime
      self.newestEventTime = newestEventTime
      self.watermark = watermark
      self.lag = lag
      self.rowsWritten = rowsWritten
      self.failures = failures
      self.checks = checks
    }
  }

  /// The latest result of the check of a feature.
  public struct CheckResult: Sendable, Hashable, Codable {
    /// The feature.
    public var feature: String
    /// Passed, Failed or Unknown.
    public var verdict: String
    /// The share of rows without a value, a decimal as a string.
    public var nullFraction: String?
    /// The least value, a decimal as a string.
    public var min: String?
    /// The greatest value, a decimal as a string.
    public var max: String?
    /// Which limit was broken, and by how much.
    public var message: String?

    public init(
      feature: String, verdict: String, nullFraction: String? = nil, min: String? = nil, max: String? = nil,
      message: String? = nil
    ) {
      self.feature = feature
      self.verdict = verdict
      self.nullFraction = nullFraction
      self.min = min
      self.max = max
      self.message = message
    }
  }
}

extension FeatureSet.Status {
  static let schema = Schema.object(
    "What is online and how fresh it is.",
    [
      .optional("observedGeneration", .int64("The generation of the spec that this status was made from.", minimum: 0)),
      .optional("conditions", .conditions("Ready, Reconciling, Stalled, Materialized and Fresh.")),
      .optional("rows", .int64("How many entities are online.", minimum: 0)),
      .optional("table", .string("The online table, or the prefix of the keys.", maxLength: 255)),
      .optional("version", .string("A digest of the definition that the online table was made from.", maxLength: 64)),
      .optional("lastMaterializationTime", .time("When rows were last brought over with success.")),
      .optional("lastAttemptTime", .time("When it was last tried.")),
      .optional("nextMaterializationTime", .time("When it will be tried next.")),
      .optional("newestEventTime", .time("The time of the newest event that is online.")),
      .optional(
        "watermark",
        .time(
          "Rows of the source up to this time, by the created column or else by the event, are online.")),
      .optional(
        "lag",
        .string(
          "How far the online store was behind at the last materialisation, a duration such as 4m12s.",
          maxLength: 32)),
      .optional("rowsWritten", .int64("How many rows the last materialisation wrote.", minimum: 0)),
      .optional("failures", .int64("How many attempts in a row have failed.", minimum: 0)),
      .optional(
        "checks",
        .list(
          "The latest result of each check.",
          of: FeatureSet.CheckResult.schema, maxItems: 500, kind: .map(key: "feature"))),
    ])
}

extension FeatureSet.CheckResult {
  static let schema = Schema.object(
    "The latest result of the check of a feature.",
    [
      .required("feature", .string("The feature.", maxLength: 63)),
      .required("verdict", .string("Passed, Failed or Unknown.", maxLength: 32)),
      .optional("nullFraction", .string("The share of rows without a value, a decimal as a string.", maxLength: 32)),
      .optional("min", .string("The least value, a decimal as a string.", maxLength: 32)),
      .optional("max", .string("The greatest value, a decimal as a string.", maxLength: 32)),
      .optional("message", .string("Which limit was broken, and by how much.", maxLength: 1024)),
    ])
}
