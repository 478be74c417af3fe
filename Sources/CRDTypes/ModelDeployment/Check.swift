extension ModelDeployment {
  /// Something that must hold. Exactly one of prometheus, sql, router and metric is set.
  public struct Check: Sendable, Hashable, Codable {
    /// The name of the check.
    public var name: String
    /// The result of a Prometheus query.
    public var prometheus: PrometheusCheck?
    /// The result of an SQL query.
    public var sql: SQLCheck?
    /// What the operator's router counts.
    public var router: RouterCheck?
    /// A metric of the new version's MLflow run.
    public var metric: MetricCheck?

    public init(
      name: String, prometheus: PrometheusCheck? = nil, sql: SQLCheck? = nil, router: RouterCheck? = nil,
      metric: MetricCheck? = nil
    ) {
      self.name = name
      self.prometheus = prometheus
      self.sql = sql
      self.router = router
      self.metric = metric
    }
  }

  /// A Prometheus query with one number as its result.
  public struct PrometheusCheck: Sendable, Hashable, Codable {
    /// The query. $(service), $(stableService) and $(window) stand for the new and the stable revision's Service and
    /// the time since the step began.
    public var query: String
    /// The address of Prometheus; that of the operator's configuration by default.
    public var address: String?
    /// The least result that passes. A decimal, as a string.
    public var min: String?
    /// The greatest result that passes. A decimal, as a string.
    public var max: String?

    public init(query: String, address: String? = nil, min: String? = nil, max: String? = nil) {
      self.query = query
      self.address = address
      self.min = min
      self.max = max
    }
  }

  /// An SQL query on PostgreSQL with one number as its result.
  public struct SQLCheck: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, dbname).
    public var secret: String
    /// The query; $1 is the new revision's Service and $2 the time at which the step began.
    public var query: String
    /// The least result that passes. A decimal, as a string.
    public var min: String?
    /// The greatest result that passes. A decimal, as a string.
    public var max: String?

    public init(secret: String, query: String, min: String? = nil, max: String? = nil) {
      self.secret = secret
      self.query = query
      self.min = min
      self.max = max
    }
  }

  /// Limits on what the operator's router counts for the new revision in the window since the step began.
  public struct RouterCheck: Sendable, Hashable, Codable {
    /// The greatest share of 5xx answers, from 0 to 1. A decimal, as a string.
    public var maxErrorShare: String?
    /// By how much the share of 4xx and 5xx answers may exceed that of the stable revision in the same window. A
    /// decimal, as a string.
    public var maxErrorShareAboveStable: String?
    /// The greatest mean time to answer. A duration.
    public var maxMeanLatency: String?
    /// How many requests it takes to judge; fewer is Unknown. 100 by default.
    public var minRequests: Int64?

    public init(
      maxErrorShare: String? = nil, maxErrorShareAboveStable: String? = nil, maxMeanLatency: String? = nil,
      minRequests: Int64? = nil
    ) {
      self.maxErrorShare = maxErrorShare
      self.maxErrorShareAboveStable = maxErrorShareAboveStable
      self.maxMeanLatency = maxMeanLatency
      self.minRequests = minRequests
    }
  }

  /// A metric in MLflow of the new version, compared with the stable version's.
  public struct MetricCheck: Sendable, Hashable, Codable {
    /// The name of the metric.
    public var name: String
    /// The least value that passes. A decimal, as a string.
    public var min: String?
    /// The greatest value that passes. A decimal, as a string.
    public var max: String?
    /// Whether the value must be at least the stable version's. Off by default.
    public var notBelowStable: Bool?
    /// Whether the value must be at most the stable version's. Off by default.
    public var notAboveStable: Bool?

    public init(
      name: String, min: String? = nil, max: String? = nil, notBelowStable: Bool? = nil, notAboveStable: Bool? = nil
    ) {
      self.name = name
      self.min = min
      self.max = max
      self.notBelowStable = notBelowStable
      self.notAboveStable = notAboveStable
    }
  }
}

extension ModelDeployment.Check {
  static let schema = Schema.object(
    "Something that must hold. Exactly one of prometheus, sql, router and metric is set.",
    [
      .required(
        "name",
        .string(
          "The name of the check.",
          minLength: 1, maxLength: 63, pattern: "^[a-z0-9A-Z]([-a-z0-9A-Z_]*[a-z0-9A-Z])?$")),
      .optional("prometheus", ModelDeployment.PrometheusCheck.schema.described("The result of a Prometheus query.")),
      .optional("sql", ModelDeployment.SQLCheck.schema.described("The result of an SQL query.")),
      .optional("router", ModelDeployment.RouterCheck.schema.described("What the operator's router counts.")),
      .optional("metric", ModelDeployment.MetricCheck.schema.described("A metric of the new version's MLflow run.")),
    ],
    rules: [
      ValidationRule(
        """
        (has(self.prometheus) ? 1 : 0) + (has(self.sql) ? 1 : 0) + (has(self.router) ? 1 : 0) + (has(self.metric) \
        ? 1 : 0) == 1
        """,
        message: "a check is one of prometheus, sql, router and metric: set exactly one of them")
    ])
}

extension ModelDeployment.PrometheusCheck {
  static let schema = Schema.object(
    "A Prometheus query with one number as its result.",
    [
      .required(
        "query",
        .string(
          """
          The query. $(service), $(stableService) and $(window) stand for the new and the stable revision's \
          Service and the time since the step began.
          """,
          minLength: 1, maxLength: 4096)),
      .optional(
        "address",
        .string(
          "The address of Prometheus; that of the operator's configuration by default.",
          minLength: 1, maxLength: 1024, pattern: "^https?://.+$")),
      .optional("min", .decimal("The least result that passes. A decimal, as a string.")),
      .optional("max", .decimal("The greatest result that passes. A decimal, as a string.")),
    ],
    rules: [
      ValidationRule("has(self.min) || has(self.max)", message: "a check needs min, max or both: set at least one"),
      ValidationRule(
        "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
        message: "min is above max: lower min or raise max"),
    ])
}

extension ModelDeployment.SQLCheck {
  static let schema = Schema.object(
    "An SQL query on PostgreSQL with one number as its result.",
    [
      .required(
        "secret",
        .objectName(
          """
          The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, \
          dbname).
          """)),
      .required(
        "query",
        .string(
          "The query; $1 is the new revision's Service and $2 the time at which the step began.",
          minLength: 1, maxLength: 8192)),
      .optional("min", .decimal("The least result that passes. A decimal, as a string.")),
      .optional("max", .decimal("The greatest result that passes. A decimal, as a string.")),
    ],
    rules: [
      ValidationRule("has(self.min) || has(self.max)", message: "a check needs min, max or both: set at least one"),
      ValidationRule(
        "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
        message: "min is above max: lower min or raise max"),
    ])
}

extension ModelDeployment.RouterCheck {
  static let schema = Schema.object(
    "Limits on what the operator's router counts for the new revision in the window since the step began.",
    [
      .optional("maxErrorShare", .decimal("The greatest share of 5xx answers, from 0 to 1. A decimal, as a string.")),
      .optional(
        "maxErrorShareAboveStable",
        .decimal(
          """
          By how much the share of 4xx and 5xx answers may exceed that of the stable revision in the same window. \
          A decimal, as a string.
          """)),
      .optional("maxMeanLatency", .duration("The greatest mean time to answer. A duration.")),
      .optional(
        "minRequests",
        .int64(
          "How many requests it takes to judge; fewer is Unknown. 100 by default.",
          minimum: 1, default: 100)),
    ],
    rules: [
      ValidationRule(
        "has(self.maxErrorShare) || has(self.maxErrorShareAboveStable) || has(self.maxMeanLatency)",
        message: "a router check needs a limit: set maxErrorShare, maxErrorShareAboveStable or maxMeanLatency")
    ])
}

extension ModelDeployment.MetricCheck {
  static let schema = Schema.object(
    "A metric in MLflow of the new version, compared with the stable version's.",
    [
      .required("name", .string("The name of the metric.", minLength: 1, maxLength: 250)),
      .optional("min", .decimal("The least value that passes. A decimal, as a string.")),
      .optional("max", .decimal("The greatest value that passes. A decimal, as a string.")),
      .optional("notBelowStable", .boolean("Whether the value must be at least the stable version's. Off by default.")),
      .optional("notAboveStable", .boolean("Whether the value must be at most the stable version's. Off by default.")),
    ],
    rules: [
      ValidationRule(
        "has(self.min) || has(self.max) || has(self.notBelowStable) || has(self.notAboveStable)",
        message: "a metric check needs a limit: set min, max, notBelowStable or notAboveStable"),
      ValidationRule(
        "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
        message: "min is above max: lower min or raise max"),
    ])
}
