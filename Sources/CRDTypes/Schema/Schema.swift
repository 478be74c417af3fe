public import JSON

/// The structural OpenAPI schema of one field, as a CustomResourceDefinition holds it: what the API server
/// prunes, defaults and validates by, and what `kubectl explain` prints.
public struct Schema: Sendable, Hashable {
  public indirect enum Shape: Sendable, Hashable {
    case object([SchemaField])
    /// Keys are free, values have one schema.
    case map(of: Schema, maxProperties: Int)
    case list(of: Schema, minItems: Int, maxItems: Int, kind: ListKind)
    case string(StringBounds)
    case integer(IntegerBounds)
    case boolean
    /// An object that is kept as it is, such as a pod template.
    case anyObject
  }

  /// How server-side apply merges a list.
  public enum ListKind: Sendable, Hashable {
    /// The list is replaced as a whole.
    case atomic
    /// Scalars without duplicates.
    case set
    /// Objects that are told apart by a field.
    case map(key: String)
  }

  public struct StringBounds: Sendable, Hashable {
    public var minLength = 0
    public var maxLength: Int
    public var pattern: String?
    public var format: String?
    /// The only values that are allowed; empty where any is.
    public var choices: [String] = []
  }

  public struct IntegerBounds: Sendable, Hashable {
    public var minimum: Int64
    public var maximum: Int64
    /// `int32` or `int64`.
    public var format: String
  }

  public var description: String
  public var shape: Shape
  public var `default`: JSONValue?
  public var rules: [ValidationRule]

  init(_ description: String, _ shape: Shape, default: JSONValue? = nil, rules: [ValidationRule] = []) {
    self.description = description
    self.shape = shape
    self.default = `default`
    self.rules = rules
  }

  /// The same schema with the description that the field which uses it wants.
  public func described(_ description: String) -> Schema {
    var copy = self
    copy.description = description
    return copy
  }

  /// The same schema with the value that the API server sets where there is none.
  public func defaulting(to value: JSONValue) -> Schema {
    var copy = self
    copy.default = value
    return copy
  }
}

/// One member of an object's schema.
public struct SchemaField: Sendable, Hashable {
  public var name: String
  public var schema: Schema
  public var isRequired: Bool

  static func required(_ name: String, _ schema: Schema) -> SchemaField {
    SchemaField(name: name, schema: schema, isRequired: true)
  }

  static func optional(_ name: String, _ schema: Schema) -> SchemaField {
    SchemaField(name: name, schema: schema, isRequired: false)
  }
}
