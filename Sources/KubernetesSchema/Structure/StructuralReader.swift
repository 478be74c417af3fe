import JSON

/// Reads a CRD's `openAPIV3Schema` into a structural schema and collects what breaks the rules of structural schemas
/// (KEP-1002 and apiextensions' validation).
struct StructuralReader {
  private(set) var errors: [FieldError] = []

  private static let types = ["array", "boolean", "integer", "number", "object", "string"]

  /// The schema of a whole object, with the fields that every object has.
  mutating func root(_ json: JSONValue, at path: FieldPath) -> Schema {
    let typePath = path.child("type")
    switch json["type"]?.string ?? "" {
    case "object": break
    case "": errors.append(.required(typePath, "must not be empty at the root"))
    case let other: errors.append(.invalid(typePath, .string(other), "must be object at the root"))
    }
    if json["x-kubernetes-preserve-unknown-fields"] == false {
      errors.append(.invalid(path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined"))
    }
    return Self.withObjectFields(node(json, at: path, position: .root))
  }

  /// Adds `apiVersion`, `kind` and `metadata`, which are implied at the root and in embedded objects.
  static func withObjectFields(_ schema: Schema) -> Schema {
    schema.with { node in
      let stated = node.properties["metadata"]
      node.properties["metadata"] = BuiltinTypes.objectMeta.with { meta in
        if let stated { meta.allOf = [stated] }
      }
      for name in ["apiVersion", "kind"] where node.properties[name] == nil {
        node.properties[name] = Schema(SchemaNode(.string))
      }
    }
  }

  private enum Position { case root, property, item, value }

  private mutating func node(_ json: JSONValue, at path: FieldPath, position: Position) -> Schema {
    var node = SchemaNode(.any)
    node.source = json
    readExtensions(json, into: &node, at: path)
    readType(json, into: &node, at: path, position: position)
    readValueRules(json, into: &node, at: path)
    readChildren(json, into: &node, at: path)
    readListType(json, into: &node, at: path)
    readForbidden(json, at: path)
    node.validations = Self.rules(json)
    node.defaultValue = json["default"]
    node.nullable = json["nullable"]?.bool ?? false
    if node.nullable, position == .root {
      errors.append(.forbidden(path.child("nullable"), "nullable cannot be true at the root"))
    }
    let schema = Schema(node)
    return node.embeddedResource ? Self.withObjectFields(schema) : schema
  }

  private mutating func readType(
    _ json: JSONValue, into node: inout SchemaNode, at path: FieldPath, position: Position
  ) {
    let text = json["type"]?.string ?? ""
    if let type = SchemaType(rawValue: text), type != .any {
      node.type = type
      if node.intOrString {
        errors.append(.forbidden(path.child("type"), "must be empty if x-kubernetes-int-or-string is true"))
      }
      return
    }
    if !text.isEmpty {
      errors.append(.notSupported(path.child("type"), .string(text), Self.types))
      return
    }
    if node.intOrString || node.preserveUnknownFields { return }
    switch position {
    case .root: break
    case .item: errors.append(.required(path.child("type"), "must not be empty for specified array items"))
    case .property, .value:
      errors.append(.required(path.child("type"), "must not be empty for specified object fields"))
    }
  }

  private mutating func readExtensions(_ json: JSONValue, into node: inout SchemaNode, at path: FieldPath) {
    node.intOrString = json["x-kubernetes-int-or-string"]?.bool ?? false
    node.preserveUnknownFields = json["x-kubernetes-preserve-unknown-fields"]?.bool ?? false
    node.embeddedResource = json["x-kubernetes-embedded-resource"]?.bool ?? false
    if node.embeddedResource, json["type"]?.string != "object" {
      errors.append(
        .invalid(path.child("type"), json["type"] ?? "", "must be object if x-kubernetes-embedded-resource is true"))
    }
    if let text = json["x-kubernetes-map-type"]?.string {
      if let type = MapType(rawValue: text) {
        node.mapType = type
      } else {
        errors.append(.notSupported(path.child("x-kubernetes-map-type"), .string(text), ["atomic", "granular"]))
      }
    }
  }

  private mutating func readChildren(_ json: JSONValue, into node: inout SchemaNode, at path: FieldPath) {
    for (name, child) in (json["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      node.properties[name] = self.node(child, at: path.child("properties").key(name), position: .property)
    }
    if let items = json["items"] {
      if node.type == .array || node.type == .any {
        node.items = self.node(items, at: path.child("items"), position: .item)
      }
    } else if node.type == .array {
      errors.append(.required(path.child("items"), "must be specified"))
    }
    switch json["additionalProperties"] {
    case .bool(true)?:
      node.additionalProperties = Schema.anything
      if node.properties.isEmpty { node.preserveUnknownFields = true }
    case .bool(false)?:
      errors.append(.forbidden(path.child("additionalProperties"), "additionalProperties cannot be set to false"))
    case .object(let members)?:
      let childPath = path.child("additionalProperties")
      node.additionalProperties = self.node(.object(members), at: childPath, position: .value)
      if !node.properties.isEmpty {
        errors.append(.forbidden(childPath, "additionalProperties and properties are mutual exclusive"))
      }
    default: break
    }
  }

  private mutating func readListType(_ json: JSONValue, into node: inout SchemaNode, at path: FieldPath) {
    let typePath = path.child("x-kubernetes-list-type")
    let keysPath = path.child("x-kubernetes-list-map-keys")
    node.listMapKeys = (json["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
    guard let text = json["x-kubernetes-list-type"]?.string else {
      if !node.listMapKeys.isEmpty {
        errors.append(.required(typePath, "must be map if x-kubernetes-list-map-keys is non-empty"))
      }
      return
    }
    guard let type = ListType(rawValue: text) else {
      errors.append(.notSupported(typePath, .string(text), ["atomic", "map", "set"]))
      return
    }
    node.listType = type
    node.listTypeIsStated = true
    if node.type != .array {
      errors.append(
        .invalid(path.child("type"), json["type"] ?? "", "must be array if x-kubernetes-list-type is specified"))
      return
    }
    if type == .map {
      if node.listMapKeys.isEmpty {
        errors.append(.required(keysPath, "must not be empty if x-kubernetes-list-type is map"))
      }
      readMapKeys(node, at: path)
    } else if !node.listMapKeys.isEmpty {
      errors.append(
        .invalid(
          keysPath, .array(node.listMapKeys.map(JSONValue.string)),
          "must be empty if x-kubernetes-list-type is not map"))
    }
    if type == .set, node.items?.type == .object, node.items?.mapType != .atomic {
      errors.append(
        .invalid(
          path.child("items").child("x-kubernetes-map-type"), "",
          "must be atomic as item of a list with x-kubernetes-list-type=set"))
    }
  }

  private mutating func readMapKeys(_ node: SchemaNode, at path: FieldPath) {
    guard let items = node.items else { return }
    if items.type != .object {
      errors.append(
        .invalid(
          path.child("items").child("type"), .string(items.type.rawValue),
          "must be object if parent array's x-kubernetes-list-type is map"))
    }
    for (index, key) in node.listMapKeys.enumerated() {
      guard let property = items.properties[key] else {
        errors.append(
          .invalid(
            path.child("x-kubernetes-list-map-keys").index(index), .string(key),
            "entries must all be names of item properties"))
        continue
      }
      let propertyPath = path.child("items", "properties").key(key)
      if property.type == .object || property.type == .array {
        errors.append(
          .invalid(
            propertyPath.child("type"), .string(property.type.rawValue),
            "must be a scalar type if parent array's x-kubernetes-list-type is map"))
      }
      if property.defaultValue == nil, !items.required.contains(key) {
        errors.append(
          .required(
            propertyPath.child("default"),
            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"))
      }
    }
  }

  private mutating func readForbidden(_ json: JSONValue, at path: FieldPath) {
    if json["uniqueItems"] == true {
      errors.append(
        .forbidden(
          path.child("uniqueItems"),
          "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
    }
    for name in [
      "definitions", "dependencies", "deprecated", "discriminator", "id", "patternProperties", "readOnly",
      "writeOnly", "xml", "$ref", "$schema", "additionalItems",
    ] where json[name].map({ !$0.isNull }) ?? false {
      errors.append(.forbidden(path.child(name), "\(name) is not supported"))
    }
  }

  private mutating func readValueRules(_ json: JSONValue, into node: inout SchemaNode, at path: FieldPath) {
    node.readPlainRules(json)
    if let pattern = node.pattern {
      do throws(PatternError) {
        node.compiledPattern = try Pattern(pattern)
      } catch {
        errors.append(
          .invalid(
            path.child("pattern"), .string(pattern),
            "must be a valid regular expression, but isn't: \(error.description)"))
      }
    }
    for (name, keyPath) in [("allOf", \SchemaNode.allOf), ("anyOf", \.anyOf), ("oneOf", \.oneOf)] {
      for (index, part) in (json[name]?.array ?? []).enumerated() {
        node[keyPath: keyPath].append(nested(part, at: path.child(name).index(index)))
      }
    }
    if let not = json["not"] { node.not = nested(not, at: path.child("not")) }
  }

  /// A schema inside `allOf` and the like: rules for values only.
  private mutating func nested(_ json: JSONValue, at path: FieldPath) -> Schema {
    var node = SchemaNode(.any)
    node.preserveUnknownFields = true
    if let text = json["type"]?.string, let type = SchemaType(rawValue: text) { node.type = type }
    for name in [
      "description", "default", "additionalProperties", "nullable", "x-kubernetes-preserve-unknown-fields",
      "x-kubernetes-embedded-resource",
    ] where json[name] != nil {
      errors.append(.forbidden(path.child(name), "must be undefined to be structural"))
    }
    if let text = json["type"]?.string, !text.isEmpty, json["x-kubernetes-int-or-string"] == nil,
      !path.raw.contains("anyOf"), !path.raw.contains("oneOf")
    {
      errors.append(.forbidden(path.child("type"), "must be empty to be structural"))
    }
    readValueRules(json, into: &node, at: path)
    for (name, child) in json["properties"]?.object ?? [:] {
      node.properties[name] = nested(child, at: path.child("properties").key(name))
    }
    if let items = json["items"] { node.items = nested(items, at: path.child("items")) }
    node.validations = Self.rules(json)
    return Schema(node)
  }

  static func rules(_ json: JSONValue) -> [ValidationRule] {
    (json["x-kubernetes-validations"]?.array ?? []).map { rule in
      var out = ValidationRule(rule: rule["rule"]?.string ?? "")
      out.message = rule["message"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      out.messageExpression = rule["messageExpression"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      out.reason = rule["reason"]?.string
      out.fieldPath = rule["fieldPath"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      out.optionalOldSelf = rule["optionalOldSelf"]?.bool ?? false
      return out
    }
  }
}

extension SchemaNode {
  /// The keywords of JSON schema that constrain a value without nesting.
  mutating func readPlainRules(_ json: JSONValue) {
    summary = json["description"]?.string ?? ""
    title = json["title"]?.string
    required = (json["required"]?.array ?? []).compactMap(\.string)
    enumeration = json["enum"]?.array ?? []
    minimum = json["minimum"]?.double
    maximum = json["maximum"]?.double
    exclusiveMinimum = json["exclusiveMinimum"]?.bool ?? false
    exclusiveMaximum = json["exclusiveMaximum"]?.bool ?? false
    multipleOf = json["multipleOf"]?.double
    pattern = json["pattern"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    format = json["format"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    minLength = json["minLength"]?.int
    maxLength = json["maxLength"]?.int
    minItems = json["minItems"]?.int
    maxItems = json["maxItems"]?.int
    minProperties = json["minProperties"]?.int
    maxProperties = json["maxProperties"]?.int
  }
}
