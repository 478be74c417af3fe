import JSON

extension Schema {
  /// Elements of lists of type set or map that occur twice, as the API server reports them.
  func listErrors(_ value: JSONValue, at path: FieldPath = .root) -> [FieldError] {
    if node.typeName != nil { return [] }
    switch value {
    case .object(let members):
      return members.sorted { $0.key < $1.key }.flatMap { name, member -> [FieldError] in
        guard let child = child(name) else { return [] }
        let inner = node.properties[name] != nil ? path.child(name) : path.key(name)
        return child.listErrors(member, at: inner)
      }
    case .array(let elements):
      var errors: [FieldError] = []
      if node.listType == .map,
        let index = elements.firstIndex(where: { $0.object == nil && !$0.isNull })
      {
        errors.append(.invalid(path.index(index), elements[index], "must be an object for an array of list-type map"))
      } else {
        // A value that comes three times is told once.
        var seen: [JSONValue: Int] = [:]
        for (index, element) in elements.enumerated() {
          guard let key = identity(of: element) else { continue }
          seen[key, default: 0] += 1
          if seen[key] == 2 { errors.append(.duplicate(path.index(index), key)) }
        }
      }
      if let items = node.items {
        for (index, element) in elements.enumerated() { errors += items.listErrors(element, at: path.index(index)) }
      }
      return errors
    default: return []
    }
  }

  /// What tells an element from its siblings; nil where nothing has to.
  private func identity(of element: JSONValue) -> JSONValue? {
    switch node.listType {
    case .atomic: return nil
    case .set: return element
    case .map:
      guard element.object != nil else { return nil }
      var keys: JSONObject = [:]
      for key in node.listMapKeys { keys[key] = element[key] ?? node.items?.properties[key]?.defaultValue }
      return .object(keys)
    }
  }
}
