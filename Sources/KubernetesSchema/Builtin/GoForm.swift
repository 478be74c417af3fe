import JSON

/// Objects of built-in kinds as Go writes them after reading them.
enum GoForm {
  /// The value in that form; nil where Go would leave it out. (A bare `nil` would be read as JSON's null.)
  static func normalized(_ value: JSONValue, _ schema: Schema) -> JSONValue? {
    if schema.isQuantity { return quantity(value) }
    if schema.type == .any { return value.isNull ? Optional.none : value }
    let omitsZero = schema.presence == .omitsZero
    switch value {
    case .null: return schema.presence == .always ? normalized([:], schema) : nil
    case .string(let text): return omitsZero && text.isEmpty ? Optional.none : value
    case .bool(let flag): return omitsZero && !flag ? Optional.none : value
    case .integer(let number): return omitsZero && number == 0 ? Optional.none : value
    case .number(let number):
      if schema.type == .integer, let whole = Int64(exactly: number) { return normalized(.integer(whole), schema) }
      return omitsZero && number == 0 ? Optional.none : value
    case .array(let elements):
      guard let items = schema.items else { return value }
      let kept = elements.map { element -> JSONValue in
        if items.type == .string || items.type == .integer { return element }
        return normalized(element, items) ?? element
      }
      return omitsZero && kept.isEmpty ? Optional.none : .array(kept)
    case .object(let members): return object(members, schema, omitsZero: omitsZero)
    }
  }

  private static func object(_ members: JSONObject, _ schema: Schema, omitsZero: Bool) -> JSONValue? {
    var out: JSONObject = [:]
    if let values = schema.additionalProperties {
      for (name, member) in members {
        if values.type == .string {
          out[name] = member.isNull ? "" : member
        } else {
          out[name] = normalized(member, values)
        }
      }
      return omitsZero && out.isEmpty ? Optional.none : .object(out)
    }
    for (name, property) in schema.properties {
      if let member = members[name] {
        out[name] = normalized(member, property)
      } else if property.presence == .always {
        out[name] = normalized([:], property)
      }
    }
    return .object(out)
  }

  private static func quantity(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .null: Optional.none
    case .string(let text): .string(Quantity(text)?.canonical ?? text)
    default: .string(Quantity(GoText.map(value))?.canonical ?? value.text())
    }
  }
}
