import CRDTypes
import JSON

extension Schema {
  /// What in a value goes against the schema, rules left out.
  func objections(to value: JSONValue, at path: String) -> [String] {
    switch (shape, value) {
    case (.object(let fields), .object(let members)):
      let unknown = members.keys.filter { name in !fields.contains { $0.name == name } }
      return unknown.map { "\(path).\($0) is unknown" }
        + fields.flatMap { field -> [String] in
          guard let member = members[field.name] else {
            return field.isRequired ? ["\(path).\(field.name) is missing"] : []
          }
          return field.schema.objections(to: member, at: "\(path).\(field.name)")
        }
    case (.map(let element, let most), .object(let members)):
      return (members.count > most ? ["\(path) is too large"] : [])
        + members.flatMap { element.objections(to: $0.value, at: "\(path).\($0.key)") }
    case (.list(let element, let least, let most, _), .array(let elements)):
      return ((least...most).contains(elements.count) ? [] : ["\(path) has \(elements.count) elements"])
        + elements.enumerated().flatMap { element.objections(to: $0.element, at: "\(path)[\($0.offset)]") }
    case (.string(let bounds), .string(let text)):
      if !bounds.choices.isEmpty { return bounds.choices.contains(text) ? [] : ["\(path): \(text) is no choice"] }
      guard (bounds.minLength...bounds.maxLength).contains(text.count) else { return ["\(path) has a bad length"] }
      if let pattern = bounds.pattern, let regex = try? Regex(pattern), (try? regex.wholeMatch(in: text)) == nil {
        return ["\(path): \(text) does not match \(pattern)"]
      }
      return []
    case (.integer(let bounds), .integer(let number)):
      return (bounds.minimum...bounds.maximum).contains(number) ? [] : ["\(path): \(number) is out of bounds"]
    case (.boolean, .bool), (.anyObject, .object): return []
    default: return ["\(path) is a \(value.typeName)"]
    }
  }

  /// The value with the schema's defaults filled in, as the API server does it.
  func defaulted(_ value: JSONValue) -> JSONValue {
    switch (shape, value) {
    case (.object(let fields), .object(var members)):
      for field in fields {
        if let member = members[field.name] ?? field.schema.default {
          members[field.name] = field.schema.defaulted(member)
        }
      }
      return .object(members)
    case (.list(let element, _, _, _), .array(let elements)): return .array(elements.map(element.defaulted))
    default: return value
    }
  }
}
