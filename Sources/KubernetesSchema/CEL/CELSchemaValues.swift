import JSON

/// Custom resources as values of expressions: declared fields only, formats as their types, names escaped.
enum CELSchemaValues {
  private static let reserved: Set<String> = [
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
    "loop", "package", "namespace", "return", "var", "void", "while",
  ]
  private static let identifier = KnownPattern("^[_a-zA-Z][_a-zA-Z0-9]*$")

  /// The name under which expressions reach a property; nil where they cannot. `.`, `-`, `/` and `__` are escaped and
  /// reserved words wrapped: `__namespace__`.
  static func escaped(_ name: String) -> String? {
    if reserved.contains(name) { return "__\(name)__" }
    guard let first = name.unicodeScalars.first, !ScalarSet.digit.contains(first) else { return nil }
    var out = ""
    var rest = name[...]
    while let scalar = rest.unicodeScalars.first {
      if rest.hasPrefix("__") {
        out += "__underscores__"
        rest = rest.dropFirst(2)
        continue
      }
      switch scalar {
      case ".": out += "__dot__"
      case "-": out += "__dash__"
      case "/": out += "__slash__"
      default: out.unicodeScalars.append(scalar)
      }
      rest = Substring(rest.unicodeScalars.dropFirst())
    }
    return identifier.matches(out) ? out : nil
  }

  static func value(_ json: JSONValue, _ schema: Schema, isRoot: Bool = false) -> CELValue {
    if schema.intOrString || schema.type == .any { return plain(json) }
    switch json {
    case .null: return .null
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return schema.type == .number ? .double(Double(number)) : .int(number)
    case .number(let number):
      if schema.type == .integer, let whole = Int64(exactly: number) { return .int(whole) }
      return .double(number)
    case .string(let text): return string(text, schema.format)
    case .array(let elements):
      guard let items = schema.items else { return .list(elements.map(plain)) }
      return .list(elements.map { value($0, items, isRoot: items.embeddedResource) })
    case .object(let members): return object(members, schema)
    }
  }

  private static func object(_ members: JSONObject, _ schema: Schema) -> CELValue {
    var out: [CELValue: CELValue] = [:]
    if let values = schema.additionalProperties, schema.properties.isEmpty {
      for (name, member) in members { out[.string(name)] = value(member, values, isRoot: values.embeddedResource) }
      return .map(out)
    }
    for (name, property) in schema.properties {
      guard let member = members[name], !member.isNull || property.nullable, let key = escaped(name) else { continue }
      if property.typeName == "ObjectMeta" {
        out[.string(key)] = metadata(member)
      } else {
        out[.string(key)] = value(member, property, isRoot: property.embeddedResource)
      }
    }
    return .map(out)
  }

  /// Of the metadata, rules may look at the name and generateName only.
  private static func metadata(_ json: JSONValue) -> CELValue {
    var out: [CELValue: CELValue] = [:]
    for name in ["name", "generateName"] {
      if let text = json[name]?.string { out[.string(name)] = .string(text) }
    }
    return .map(out)
  }

  private static func string(_ text: String, _ format: String?) -> CELValue {
    switch format {
    case "date-time", "datetime": CELTimestamp(text).map(CELValue.timestamp) ?? .string(text)
    case "date": CELTimestamp(text + "T00:00:00Z").map(CELValue.timestamp) ?? .string(text)
    case "duration": GoDuration(text).map { .duration(nanoseconds: $0.nanoseconds) } ?? .string(text)
    default: .string(text)
    }
  }

  /// JSON without a schema.
  static func plain(_ json: JSONValue) -> CELValue {
    switch json {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .int(number)
    case .number(let number): .double(number)
    case .string(let text): .string(text)
    case .array(let elements): .list(elements.map(plain))
    case .object(let members):
      .map(Dictionary(members.map { (CELValue.string($0.key), plain($0.value)) }, uniquingKeysWith: { one, _ in one }))
    }
  }
}
