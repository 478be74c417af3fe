import CRDTypes
import Postgres

/// Features, where they come from and how long they hold: what all SQL of this module is made of.
public struct FeatureSetDefinition: Sendable, Hashable {
  /// A type of a key or a feature.
  public enum ValueType: String, Sendable, Hashable, CaseIterable {
    case int64 = "Int64"
    case double = "Double"
    case string = "String"
    case bool = "Bool"
    case timestamp = "Timestamp"

    /// The column's type in PostgreSQL.
    public var sqlType: String {
      switch self {
      case .int64: "bigint"
      case .double: "double precision"
      case .string: "text"
      case .bool: "boolean"
      case .timestamp: "timestamptz"
      }
    }
  }

  /// A column that names the entity.
  public struct Key: Sendable, Hashable {
    public let name: String
    public let type: ValueType

    public init(_ name: String, _ type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  public struct Feature: Sendable, Hashable {
    public let name: String
    public let type: ValueType
    /// An SQL expression over the columns of one source row; nil takes the column of the feature's name.
    public let expression: String?

    public init(_ name: String, _ type: ValueType, expression: String? = nil) {
      self.name = name
      self.type = type
      self.expression = expression
    }
  }

  public var keys: [Key]
  /// The source table or view, which may be qualified by a schema.
  public var table: String
  /// The source's column with the time of the event.
  public var timestamp: String
  /// The source's column with the time at which the row was written; nil where it has none.
  public var created: String?
  public var features: [Feature]
  /// How long a value is valid after its event, both ends included; nil for ever.
  public var ttl: Duration?
  /// The name that the online tables begin with.
  public var onlineName: String

  public init(
    keys: [Key], table: String, timestamp: String, created: String? = nil, features: [Feature], ttl: Duration? = nil,
    onlineName: String
  ) {
    self.keys = keys
    self.table = table
    self.timestamp = timestamp
    self.created = created
    self.features = features
    self.ttl = ttl
    self.onlineName = onlineName
  }

  /// Sixteen hexadecimal digits that change with anything that changes the online values: the name of the online
  /// table ends with them, so an old table never receives values of a new definition.
  public var version: String {
    var fields = [table, timestamp, created ?? "\u{0}", ttl.map { "\($0)" } ?? "\u{0}"]
    for key in keys { fields += ["key", key.name, key.type.rawValue] }
    for feature in features {
      fields += ["feature", feature.name, feature.type.rawValue, feature.expression ?? "\u{0}"]
    }
    // FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): stable between processes, unlike Hasher.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for field in fields {
      for byte in Array(field.utf8) + [0xFF] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The online table of this version. PostgreSQL's names have at most 63 bytes.
  public var onlineTable: String {
    var name = onlineName
    while name.utf8.count > 46 { name.removeLast() }
    return "\(name)_\(version)"
  }

  /// Columns of the online table that are not features.
  public static let eventTime = FeatureSet.eventTimeColumn
  public static let createdTime = FeatureSet.createdTimeColumn
}
