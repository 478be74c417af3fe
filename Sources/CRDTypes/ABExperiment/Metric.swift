extension ABExperiment {
  /// Which way a metric is to go.
  public enum Goal: String, Sendable, Hashable, Codable, CaseIterable {
    /// Higher is better.
    case increase = "Increase"
    /// Lower is better.
    case decrease = "Decrease"
  }

  /// What a metric is for.
  public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    /// It decides the experiment.
    case decision = "Decision"
    /// A variant that breaks it loses.
    case guardrail = "Guardrail"
    /// It is measured and shown.
    case observe = "Observe"
  }

  /// What kind of number a metric is.
  public enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
    /// The share of users with an event, 0 or 1 for each user.
    case proportion = "Proportion"
    /// The mean over users.
    case mean = "Mean"
  }

  /// Something that is measured for each variant. It comes from sql or prometheus; without either, its name is one of
  /// the router's own: requests, error_share, latency_mean_ms, latency_p50_ms, latency_p95_ms and latency_p99_ms.
  public struct Metric: Sendable, Hashable, Codable {
    /// The name of the metric.
    public var name: String
    /// Which way the metric is to go: Increase or Decrease.
    public var goal: Goal
    /// Decision, Guardrail or Observe (the default).
    public var role: Role?
    /// Mean (the default) over users, or the Proportion of users.
    public var measure: Measure?
    /// Values from an SQL query on PostgreSQL.
    public var sql: SQLSource?
    /// A value for each variant from a Prometheus query.
    public var prometheus: PrometheusSource?
    /// The least value that a variant may have. A decimal, as a string.
    public var min: String?
    /// The greatest value that a variant may have. A decimal, as a string.
    public var max: String?
    /// By how much a variant may be worse than the control, relative to it: 0.02 is two percent. A decimal, as a
    /// string.
    public var margin: String?

    public init(
      name: String, goal: Goal, role: Role? = nil, measure: Measure? = nil, sql: SQLSource? = nil,
      prometheus: PrometheusSource? = nil, min: String? = nil, max: String? = nil, margin: String? = nil
    ) {
      self.name = name
      self.goal = goal
      self.role = role
      self.measure = measure
      self.sql = sql
      self.prometheus = prometheus
      self.min = min
      self.max = max
      self.margin = margin
    }
  }

  /// An SQL query on PostgreSQL that gives a row for each user and value.
  public struct SQLSource: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, dbname).
    public var secret: String
    /// The query; $1 is the time at which the experiment began. Its columns: unit (the user id, as in the header or
    /// cookie), value and, if wanted, time.
    public var query: String

    public init(secret: String, query: String) {
      self.secret = secret
      self.query = query
    }
  }

  /// A Prometheus query with one number as its result.
  public struct PrometheusSource: Sendable, Hashable, Codable {
    /// The query; $(variant), $(service) and $(window) stand for the variant's name, its Service and the time since
    /// the experiment began.
    public var query: String
    /// The address of Prometheus; that of the operator's configuration by default.
    public var address: String?

    public init(query: String, address: String? = nil) {
      self.query = query
      self.address = address
    }
  }
}

extension ABExperiment.Metric {
  static let schema = Schema.object(
    """
    Something that is measured for each variant. It comes from sql or prometheus; without either, its name is one \
    of the router's own: requests, error_share, latency_mean_ms, latency_p50_ms, latency_p95_ms and \
    latency_p99_ms.
    """,
    [
      .required(
        "name",
        .string(
          "The name of the metric.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .required("goal", .choice("Which way the metric is to go: Increase or Decrease.", of: ABExperiment.Goal.self)),
      .optional(
        "role",
        .choice(
          "Decision, Guardrail or Observe (the default).",
          of: ABExperiment.Role.self, default: .observe)),
      .optional(
        "measure",
        .choice(
          "Mean (the default) over users, or the Proportion of users.",
          of: ABExperiment.Measure.self, default: .mean)),
      .optional("sql", ABExperiment.SQLSource.schema.described("Values from an SQL query on PostgreSQL.")),
      .optional(
        "prometheus",
        ABExperiment.PrometheusSource.schema.described(
          "A value for each variant from a Prometheus query.")),
      .optional("min", .decimal("The least value that a variant may have. A decimal, as a string.")),
      .optional("max", .decimal("The greatest value that a variant may have. A decimal, as a string.")),
      .optional(
        "margin",
        .decimal(
          """
          By how much a variant may be worse than the control, relative to it: 0.02 is two percent. A decimal, as \
          a string.
          """)),
    ],
    rules: [
      ValidationRule(
        "!(has(self.sql) && has(self.prometheus))",
        message: "a metric comes from sql or prometheus: remove one of them"),
      ValidationRule(
        """
        has(self.sql) || has(self.prometheus) || self.name in ['requests', 'error_share', 'latency_mean_ms', \
        'latency_p50_ms', 'latency_p95_ms', 'latency_p99_ms']
        """,
        message: """
          a metric needs a source: set sql or prometheus, or use one of the router's own names (requests, \
          error_share, latency_mean_ms, latency_p50_ms, latency_p95_ms, latency_p99_ms)
          """),
      ValidationRule(
        "!has(self.role) || self.role != 'Guardrail' || has(self.min) || has(self.max) || has(self.margin)",
        message: "a Guardrail needs a limit: set min, max or margin"),
      ValidationRule(
        "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
        message: "min is above max: lower min or raise max"),
    ])
}

extension ABExperiment.SQLSource {
  static let schema = Schema.object(
    "An SQL query on PostgreSQL that gives a row for each user and value.",
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
          """
          The query; $1 is the time at which the experiment began. Its columns: unit (the user id, as in the \
          header or cookie), value and, if wanted, time.
          """,
          minLength: 1, maxLength: 8192)),
    ])
}

extension ABExperiment.PrometheusSource {
  static let schema = Schema.object(
    "A Prometheus query with one number as its result.",
    [
      .required(
        "query",
        .string(
          """
          The query; $(variant), $(service) and $(window) stand for the variant's name, its Service and the time \
          since the experiment began.
          """,
          minLength: 1, maxLength: 4096)),
      .optional(
        "address",
        .string(
          "The address of Prometheus; that of the operator's configuration by default.",
          minLength: 1, maxLength: 1024, pattern: "^https?://.+$")),
    ])
}
