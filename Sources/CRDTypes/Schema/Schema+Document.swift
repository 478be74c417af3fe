public import JSON

extension Schema {
  /// The schema as a CustomResourceDefinition holds it.
  public var document: JSONValue {
    var members = shapeMembers
    members["description"] = .string(description)
    if let value = self.default { members["default"] = value }
    if !rules.isEmpty { members["x-kubernetes-validations"] = .array(rules.map(\.document)) }
    return .object(members)
  }

  private var shapeMembers: JSONObject {
    switch shape {
    case .object(let fields):
      var members: JSONObject = ["type": "object"]
      members["properties"] = .object(JSONObject(fields.map { ($0.name, $0.schema.document) }))
      let required = fields.filter(\.isRequired).map(\.name)
      if !required.isEmpty { members["required"] = JSONValue(required) }
      return members
    case .map(let value, let maxProperties):
      return ["type": "object", "additionalProperties": value.document, "maxProperties": JSONValue(maxProperties)]
    case .list(let element, let minItems, let maxItems, let kind):
      var members: JSONObject = [
        "type": "array", "items": element.document, "maxItems": JSONValue(maxItems),
      ]
      if minItems > 0 { members["minItems"] = JSONValue(minItems) }
      switch kind {
      case .atomic: members["x-kubernetes-list-type"] = "atomic"
      case .set: members["x-kubernetes-list-type"] = "set"
      case .map(let key):
        members["x-kubernetes-list-type"] = "map"
        members["x-kubernetes-list-map-keys"] = [.string(key)]
      }
      return members
    case .string(let bounds): return bounds.members
    case .integer(let bounds):
      return [
        "type": "integer", "format": .string(bounds.format), "minimum": .integer(bounds.minimum),
        "maximum": .integer(bounds.maximum),
      ]
    case .boolean: return ["type": "boolean"]
    case .anyObject: return ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    }
  }
}

extension Schema.StringBounds {
  fileprivate var members: JSONObject {
    var members: JSONObject = ["type": "string"]
    if !choices.isEmpty {
      members["enum"] = JSONValue(choices)
      return members
    }
    if minLength > 0 { members["minLength"] = JSONValue(minLength) }
    members["maxLength"] = JSONValue(maxLength)
    if let pattern { members["pattern"] = .string(pattern) }
    if let format { members["format"] = .string(format) }
    return members
  }
}

extension ValidationRule {
  var document: JSONValue {
    .compact([
      "rule": .string(rule), "message": .string(message),
      "reason": reason == .invalid ? nil : .string(reason.rawValue),
      "fieldPath": field.map { .string(".\($0)") },
    ])
  }
}
