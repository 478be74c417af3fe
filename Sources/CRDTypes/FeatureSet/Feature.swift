extension FeatureSet {
  /// The type of a key or a feature.
  public enum ValueType: String, Sendable, Hashable, Codable, CaseIterable {
    /// A 64-bit integer.
    case int64 = "Int64"
    /// A 64-bit floating-point number.
    case double = "Double"
    /// Text.
    case string = "String"
    /// True or false.
    case bool = "Bool"
    /// A point in time.
    case timestamp = "Timestamp"
  }

  /// Whether a row counts at the very time of its event.
  public enum TimeBound: String, Sendable, Hashable, Codable, CaseIterable {
    /// It does.
    case inclusive = "Inclusive"
    /// Only after it.
    case strict = "Strict"
  }

  /// What the features describe.
  public struct Entity: Sendable, Hashable, Codable {
    /// The name of the entity, such as user.
    public var name: String
    /// The columns that together name one entity.
    public var keys: [Key]

    public init(name: String, keys: [Key]) {
      self.name = name
      self.keys = keys
    }
  }

  /// A column that names the entity.
  public struct Key: Sendable, Hashable, Codable {
    /// The column of the source.
    public var name: String
    /// Its type: Int64, Double, String, Bool or Timestamp.
    public var type: ValueType

    public init(name: String, type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// The table that features are computed from.
  public struct Source: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, dbname).
    public var secret: String
    /// The table or view, with its schema if that is not on the search path.
    public var table: String
    /// The column with the time of the event.
    public var timestamp: String
    /// The column with the time at which the row was written. With it, rows that arrive late are found, and training
    /// sees only what was known at the time.
    public var created: String?

    public init(secret: String, table: String, timestamp: String, created: String? = nil) {
      self.secret = secret
      self.table = table
      self.timestamp = timestamp
      self.created = created
    }
  }

  /// One feature.
  public struct Feature: Sendable, Hashable, Codable {
    /// The name of the feature; also the column of the source, where sql is left out.
    public var name: String
    /// Its type: Int64, Double, String, Bool or Timestamp.
    public var type: ValueType
    /// An SQL expression over the columns of one row of the source; the column of the feature's name by default.
    public var sql: String?
    /// What the feature means.
    public var description: String?

    public init(name: String, type: ValueType, sql: String? = nil, description: String? = nil) {
      self.name = name
      self.type = type
      self.sql = sql
      self.description = description
    }
  }

  /// What the values of a feature must be like. Where they are not, the condition ChecksPassed is False and says
  /// which.
  public struct FeatureCheck: Sendable, Hashable, Codable {
    /// The name of a feature of this set.
    public var feature: String
    /// The greatest share of rows without a value, from 0 to 1. A decimal, as a string.
    public var nullFraction: String?
    /// The least value. A decimal, as a string.
    public var min: String?
    /// The greatest value. A decimal, as a string.
    public var max: String?

    public init(feature: String, nullFraction: String? = nil, min: String? = nil, max: String? = nil) {
      self.feature = feature
      self.nullFraction = nullFraction
      self.min = min
      self.max = max
    }
  }
}

extension FeatureSet.Entity {
  static let schema = Schema.object(
    "What the features describe.",
    [
      .required(
        "name",
        .string(
          "The name of the entity, such as user.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .required(
        "keys",
        .list(
          "The columns that together name one entity.",
          of: FeatureSet.Key.schema, minItems: 1, maxItems: 8, kind: .map(key: "name"))),
    ])
}

extension FeatureSet.Key {
  static let schema = Schema.object(
    "A column that names the entity.",
    [
      .required(
        "name",
        .string(
          "The column of the source.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .required("type", .choice("Its type: Int64, Double, String, Bool or Timestamp.", of: FeatureSet.ValueType.self)),
    ])
}

extension FeatureSet.Source {
  static let schema = Schema.object(
    "The table that features are computed from.",
    [
      .required(
        "secret",
        .objectName(
          """
          The name of a Secret in the same namespace with the connection (uri, or host, port, user, password, \
          dbname).
          """)),
      .required(
        "table",
        .string(
          "The table or view, with its schema if that is not on the search path.",
          minLength: 1, maxLength: 127, pattern: #"^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$"#)),
      .required(
        "timestamp",
        .string(
          "The column with the time of the event.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .optional(
        "created",
        .string(
          """
          The column with the time at which the row was written. With it, rows that arrive late are found, and \
          training sees only what was known at the time.
          """,
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
    ])
}

extension FeatureSet.Feature {
  static let schema = Schema.object(
    "One feature.",
    [
      .required(
        "name",
        .string(
          "The name of the feature; also the column of the source, where sql is left out.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .required("type", .choice("Its type: Int64, Double, String, Bool or Timestamp.", of: FeatureSet.ValueType.self)),
      .optional(
        "sql",
        .string(
          """
          An SQL expression over the columns of one row of the source; the column of the feature's name by \
          default.
          """,
          minLength: 1, maxLength: 4096)),
      .optional("description", .string("What the feature means.", maxLength: 1024)),
    ])
}

extension FeatureSet.FeatureCheck {
  static let schema = Schema.object(
    """
    What the values of a feature must be like. Where they are not, the condition ChecksPassed is False and says \
    which.
    """,
    [
      .required(
        "feature",
        .string(
          "The name of a feature of this set.",
          minLength: 1, maxLength: 63, pattern: "^[A-Za-z_][A-Za-z0-9_]*$")),
      .optional(
        "nullFraction",
        .decimal(
          "The greatest share of rows without a value, from 0 to 1. A decimal, as a string.")),
      .optional("min", .decimal("The least value. A decimal, as a string.")),
      .optional("max", .decimal("The greatest value. A decimal, as a string.")),
    ],
    rules: [
      ValidationRule(
        "has(self.nullFraction) || has(self.min) || has(self.max)",
        message: "a check needs a limit: set nullFraction, min or max"),
      ValidationRule(
        "!has(self.nullFraction) || (double(self.nullFraction) >= 0.0 && double(self.nullFraction) <= 1.0)",
        message: "nullFraction must be from 0 to 1", field: "nullFraction"),
      ValidationRule(
        "!has(self.min) || !has(self.max) || double(self.min) <= double(self.max)",
        message: "min is above max: lower min or raise max"),
    ])
}
