extension FeatureSet {
  /// Where serving reads the newest values. Exactly one of postgres and redis is set.
  public struct OnlineStore: Sendable, Hashable, Codable {
    /// A wide table in PostgreSQL, one row for each entity.
    public var postgres: PostgresStore?
    /// A hash for each entity in Redis.
    public var redis: RedisStore?
    /// How often new rows of the source are brought over. A duration; 5m by default.
    public var every: String?

    public init(postgres: PostgresStore? = nil, redis: RedisStore? = nil, every: String? = nil) {
      self.postgres = postgres
      self.redis = redis
      self.every = every
    }
  }

  /// A table in PostgreSQL.
  public struct PostgresStore: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, dbname).
    public var secret: String
    /// The table's name; made from the set's name by default.
    public var table: String?
    /// The table's schema. public by default.
    public var schema: String?

    public init(secret: String, table: String? = nil, schema: String? = nil) {
      self.secret = secret
      self.table = table
      self.schema = schema
    }
  }

  /// Keys in Redis.
  public struct RedisStore: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the connection (uri, or host, port, user, password).
    public var secret: String
    /// What keys begin with; the namespace and name of the set by default.
    public var prefix: String?

    public init(secret: String, prefix: String? = nil) {
      self.secret = secret
      self.prefix = prefix
    }
  }
}

extension FeatureSet.OnlineStore {
  static let schema = Schema.object(
    "Where serving reads the newest values. Exactly one of postgres and redis is set.",
    [
      .optional(
        "postgres",
        FeatureSet.PostgresStore.schema.described(
          "A wide table in PostgreSQL, one row for each entity.")),
      .optional("redis", FeatureSet.RedisStore.schema.described("A hash for each entity in Redis.")),
      .optional(
        "every",
        .duration(
          "How often new rows of the source are brought over. A duration; 5m by default.",
          default: "5m")),
    ],
    rules: [
      ValidationRule(
        "has(self.postgres) != has(self.redis)",
        message: "the online store is postgres or redis: set exactly one of them")
    ])
}

extension FeatureSet.PostgresStore {
  static let schema = Schema.object(
    "A table in PostgreSQL.",
    [
      .required(
        "secret",
        .objectName(
          """
          The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, \
          dbname).
          """)),
      .optional(
        "table",
        .string(
          "The table's name; made from the set's name by default.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .optional(
        "schema",
        .string(
          "The table's schema. public by default.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$", default: "public")),
    ])
}

extension FeatureSet.RedisStore {
  static let schema = Schema.object(
    "Keys in Redis.",
    [
      .required(
        "secret",
        .objectName(
          "The name of a Secret in the same namespace with the connection (uri, or host, port, user, password).")),
      .optional(
        "prefix",
        .string(
          "What keys begin with; the namespace and name of the set by default.",
          minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9:._-]+$")),
    ])
}
