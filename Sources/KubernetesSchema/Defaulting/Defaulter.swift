import JSON

extension Schema {
  /// The value with defaults where members are absent, or null without being nullable; other such nulls are dropped.
  func defaulting(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members):
      for (name, property) in node.properties {
        let isMissing = members[name] == nil || (members[name] == .null && !property.nullable)
        if isMissing, let fallback = property.defaultValue { members[name] = fallback }
      }
      for (name, member) in members {
        guard let child = child(name) else { continue }
        if member.isNull, !child.nullable {
          members[name] = node.properties[name] == nil ? child.defaultValue : nil
        } else {
          members[name] = child.defaulting(member)
        }
      }
      return .object(members)
    case .array(let elements):
      guard let items = node.items else { return value }
      return .array(
        elements.map { element in
          if element.isNull, !items.nullable, let fallback = items.defaultValue { return items.defaulting(fallback) }
          return items.defaulting(element)
        })
    default: return value
    }
  }
}
