import JSON

/// Writes schemas as OpenAPI; types of built-in kinds become components that are referred to.
struct OpenAPISchemaWriter {
  /// Where references point: `#/components/schemas/` or `#/definitions/`.
  let prefix: String
  private(set) var components: JSONObject = [:]

  init(prefix: String) { self.prefix = prefix }

  mutating func add(_ kind: OpenAPIKind) {
    var json = body(kind.schema.schema)
    json["x-kubernetes-group-version-kind"] = [kind.gvk]
    components[kind.componentName] = json
  }

  /// A schema where it is used.
  private mutating func reference(_ schema: Schema) -> JSONValue {
    guard let type = schema.typeName, let package = schema.package else { return body(schema) }
    let name = "\(package).\(type)"
    if components[name] == nil {
      components[name] = [:]
      components[name] = body(BuiltinTypes.schema(type))
    }
    var out: JSONValue = ["allOf": [["$ref": .string(prefix + name)]]]
    if !schema.summary.isEmpty { out["description"] = .string(schema.summary) }
    return out
  }

  private mutating func body(_ schema: Schema) -> JSONValue {
    var out: JSONValue = schema.source.map(Self.plain) ?? [:]
    if schema.type != .any { out["type"] = .string(schema.type.rawValue) }
    if !schema.summary.isEmpty { out["description"] = .string(schema.summary) }
    if let format = schema.format { out["format"] = .string(format) }
    if schema.source == nil { describe(schema, into: &out) }
    if !schema.required.isEmpty { out["required"] = .array(schema.required.sorted().map(JSONValue.string)) }
    var properties: JSONObject = [:]
    for (name, property) in schema.properties { properties[name] = reference(property) }
    if !properties.isEmpty { out["properties"] = .object(properties) }
    if let items = schema.items { out["items"] = reference(items) }
    if let values = schema.additionalProperties, schema.source?["additionalProperties"] != true {
      out["additionalProperties"] = reference(values)
    }
    return out
  }

  private func describe(_ schema: Schema, into out: inout JSONValue) {
    if schema.intOrString {
      out["format"] = "int-or-string"
      out["oneOf"] = [["type": "integer"], ["type": "string"]]
    } else if schema.isQuantity {
      out["oneOf"] = [["type": "string"], ["type": "number"]]
    } else if schema.preserveUnknownFields {
      out["x-kubernetes-preserve-unknown-fields"] = true
    }
    if schema.type == .array { out["x-kubernetes-list-type"] = .string(schema.listType.rawValue) }
    if schema.listType == .map { out["x-kubernetes-list-map-keys"] = JSONValue(schema.listMapKeys) }
    if schema.mapType == .atomic { out["x-kubernetes-map-type"] = "atomic" }
    if !schema.patchStrategy.isEmpty {
      out["x-kubernetes-patch-strategy"] = .string(schema.patchStrategy.map(\.rawValue).sorted().joined(separator: ","))
    }
    if let key = schema.patchMergeKey { out["x-kubernetes-patch-merge-key"] = .string(key) }
    if let value = schema.defaultValue { out["default"] = value }
  }

  /// What a CRD says of a node, without what is written anew.
  private static func plain(_ source: JSONValue) -> JSONValue {
    var out = source
    for name in ["properties", "items", "required"] { out[name] = nil }
    if out["additionalProperties"]?.object != nil { out["additionalProperties"] = nil }
    return out
  }
}
