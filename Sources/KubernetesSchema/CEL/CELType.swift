/// A static type of an expression, as far as a schema tells.
indirect enum CELType: Sendable, CustomStringConvertible {
  case dyn, null, bool, int, uint, double, string, bytes, timestamp, duration, type, quantity
  case list(CELType)
  case map(CELType, CELType)
  case object(Schema, isRoot: Bool)
  case optional(CELType)

  /// The type of a schema's values; nil for what expressions cannot see.
  init?(_ schema: Schema, isRoot: Bool = false) {
    if schema.intOrString {
      self = .dyn
      return
    }
    switch schema.type {
    case .any: return nil
    case .boolean: self = .bool
    case .integer: self = .int
    case .number: self = .double
    case .string:
      switch schema.format {
      case "date-time", "datetime", "date": self = .timestamp
      case "duration": self = .duration
      default: self = .string
      }
    case .array:
      guard let items = schema.items, let element = CELType(items, isRoot: items.embeddedResource) else { return nil }
      self = .list(element)
    case .object:
      if let values = schema.additionalProperties, schema.properties.isEmpty {
        guard let value = CELType(values, isRoot: values.embeddedResource) else { return nil }
        self = .map(.string, value)
      } else {
        self = .object(schema, isRoot: isRoot)
      }
    }
  }

  var description: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .type: "type"
    case .quantity: "kubernetes.Quantity"
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .object: "object"
    case .optional(let inner): "optional_type(\(inner))"
    }
  }

  var isDyn: Bool { if case .dyn = self { true } else { false } }
  var isBool: Bool { if case .bool = self { true } else { isDyn } }
  var isString: Bool { if case .string = self { true } else { isDyn } }
  var isNumber: Bool {
    switch self {
    case .int, .uint, .double, .dyn: true
    default: false
    }
  }

  /// Whether a value may be of both types.
  func meets(_ other: CELType) -> Bool {
    switch (self, other) {
    case (.dyn, _), (_, .dyn), (.null, .object), (.object, .null), (.null, .null), (.bool, .bool), (.int, .int),
      (.uint, .uint), (.double, .double), (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp),
      (.duration, .duration), (.type, .type), (.quantity, .quantity), (.object, .object), (.object, .map),
      (.map, .object):
      true
    case (.list(let one), .list(let two)): one.meets(two)
    case (.map(let oneKey, let one), .map(let twoKey, let two)): oneKey.meets(twoKey) && one.meets(two)
    case (.optional(let one), .optional(let two)): one.meets(two)
    default: false
    }
  }
}
