import JSON

/// Types of built-in kinds, written as a table:
///
///     Container -- A container of a pod.
///      name string! -- What it is called.
///      ports [ContainerPort] map=containerPort,protocol
///
/// A line without indentation begins a type; the others are its fields: name, type, flags, description.
/// Types are `string bool int32 int64 float64 time quantity intstr bytes json`, another type's name, `[T]` and `{T}`
/// (a map from strings); `!` marks what is required, `*` what keeps its zero value (a pointer in Go), `&` a struct
/// that is always written. Flags: `map=KEYS` (a list of type map, merged by its first key), `set`, `merge` or
/// `merge=KEY`, `retain` (patch strategy retainKeys), `atomic`, `=VALUE` (default).
struct TypeTable: Sendable {
  var package: String
  var text: String

  init(_ package: String, _ text: String) {
    self.package = package
    self.text = text
  }
}

/// What a table says of a type.
struct TypeEntry: Sendable {
  var name: String
  var package: String
  var summary: String
  var isAtomic: Bool
  var fields: [FieldEntry] = []
}

struct FieldEntry: Sendable {
  var name: String
  var type: String
  var flags: [String]
  var summary: String
}

extension TypeTable {
  func entries() -> [TypeEntry] {
    var out: [TypeEntry] = []
    for line in text.split(separator: "\n") {
      let isField = line.first == " "
      let halves = Self.cut(line)
      let words = halves.row.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      if isField {
        guard words.count > 1, !out.isEmpty else { continue }
        let field = FieldEntry(name: first, type: words[1], flags: Array(words.dropFirst(2)), summary: halves.summary)
        out[out.count - 1].fields.append(field)
      } else {
        let isAtomic = words.contains("atomic")
        out.append(TypeEntry(name: first, package: package, summary: halves.summary, isAtomic: isAtomic))
      }
    }
    return out
  }

  private static func cut(_ line: Substring) -> (row: Substring, summary: String) {
    var index = line.startIndex
    while index < line.endIndex {
      if line[index...].hasPrefix(" -- ") { return (line[..<index], String(line[index...].dropFirst(4))) }
      index = line.index(after: index)
    }
    return (line, "")
  }
}

/// The types of all tables as schemas.
struct TypeLibrary: Sendable {
  private(set) var schemas: [String: Schema] = [:]
  /// Names that no table defines; a test keeps it empty.
  private(set) var missing: Set<String> = []
  private let entries: [String: TypeEntry]

  init(_ tables: [TypeTable]) {
    var entries: [String: TypeEntry] = [:]
    for entry in tables.flatMap({ $0.entries() }) { entries[entry.name] = entry }
    self.entries = entries
    for name in entries.keys.sorted() { _ = resolve(name) }
  }

  private mutating func resolve(_ name: String) -> Schema {
    if let known = schemas[name] { return known }
    guard let entry = entries[name] else {
      missing.insert(name)
      return .anything
    }
    var node = SchemaNode(.object)
    node.typeName = name
    node.package = entry.package
    node.summary = entry.summary
    node.mapType = entry.isAtomic ? .atomic : .granular
    for field in entry.fields {
      if field.name == "..." {
        let included = resolve(field.type)
        node.properties.merge(included.properties) { own, _ in own }
        node.required += included.required
        continue
      }
      let isRequired = field.type.contains("!")
      if isRequired { node.required.append(field.name) }
      node.properties[field.name] = self.field(field)
    }
    let schema = Schema(node)
    schemas[name] = schema
    return schema
  }

  private mutating func field(_ field: FieldEntry) -> Schema {
    let bare = field.type.filter { !"!*&".contains($0) }
    return schema(for: bare).with { node in
      if !field.summary.isEmpty { node.summary = field.summary }
      if field.type.contains("*") { node.presence = .pointer }
      if field.type.contains("&") { node.presence = .always }
      if field.type.contains("!") && !field.type.contains("&") { node.presence = .pointer }
      for flag in field.flags { Self.apply(flag, to: &node) }
    }
  }

  private static func apply(_ flag: String, to node: inout SchemaNode) {
    let parts = flag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let value = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case "map":
      node.listType = .map
      node.listMapKeys = value.split(separator: ",").map(String.init)
      node.patchStrategy.insert(.merge)
      node.patchMergeKey = node.listMapKeys.first
    case "set": node.listType = .set
    case "merge":
      node.patchStrategy.insert(.merge)
      if !value.isEmpty { node.patchMergeKey = value }
    case "retain": node.patchStrategy.insert(.retainKeys)
    case "atomic": node.mapType = .atomic
    case "": node.defaultValue = Self.literal(value, node.type)
    default: break
    }
  }

  private static func literal(_ text: String, _ type: SchemaType) -> JSONValue {
    switch type {
    case .boolean: .bool(text == "true")
    case .integer: .integer(Int64(text) ?? 0)
    case .any: Int64(text).map(JSONValue.integer) ?? .string(text)
    default: .string(text)
    }
  }

  private mutating func schema(for type: String) -> Schema {
    if type.hasPrefix("["), type.hasSuffix("]") {
      var node = SchemaNode(.array)
      node.items = schema(for: String(type.dropFirst().dropLast()))
      return Schema(node)
    }
    if type.hasPrefix("{"), type.hasSuffix("}") {
      var node = SchemaNode(.object)
      node.additionalProperties = schema(for: String(type.dropFirst().dropLast()))
      return Schema(node)
    }
    return Self.scalar(type) ?? resolve(type)
  }

  private static func scalar(_ type: String) -> Schema? {
    var node: SchemaNode
    switch type {
    case "string": node = SchemaNode(.string)
    case "bool": node = SchemaNode(.boolean)
    case "int32", "int64":
      node = SchemaNode(.integer)
      node.format = type
    case "float64":
      node = SchemaNode(.number)
      node.format = "double"
    case "time":
      node = SchemaNode(.string)
      node.format = "date-time"
      node.presence = .pointer
    case "bytes":
      node = SchemaNode(.string)
      node.format = "byte"
      node.presence = .pointer
    case "quantity":
      node = SchemaNode(.any)
      node.isQuantity = true
      node.presence = .pointer
    case "intstr":
      node = SchemaNode(.any)
      node.intOrString = true
      node.presence = .pointer
    case "json": return .anything
    default: return nil
    }
    return Schema(node)
  }
}
