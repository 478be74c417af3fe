public import JSON

extension Schema {
  /// What structured-merge-diff refuses when an applied configuration is read against the schema, in its words, such
  /// as `.spec.parts: duplicate entries for key [name="a"]`.
  public func typedPatchErrors(_ object: JSONValue) -> [String] {
    var errors: [String] = []
    checkTyped(object, at: "", into: &errors)
    return errors
  }

  private func checkTyped(_ value: JSONValue, at path: String, into errors: inout [String]) {
    if value.isNull { return }
    switch node.type {
    case .object:
      guard let members = value.object else {
        errors.append("\(path): expected map, got \(Self.shown(value))")
        return
      }
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        guard let child = child(name) else {
          if !keepsUnknown { errors.append("\(path).\(name): field not declared in schema") }
          continue
        }
        child.checkTyped(member, at: path + "." + name, into: &errors)
      }
    case .array:
      guard let elements = value.array else {
        errors.append("\(path): expected list, got \(Self.shown(value))")
        return
      }
      checkElements(elements, at: path, into: &errors)
    case .string:
      if value.string == nil { errors.append("\(path): expected string, got \(Self.shown(value))") }
    case .boolean:
      if value.bool == nil { errors.append("\(path): expected boolean, got \(Self.shown(value))") }
    case .integer, .number:
      if value.double == nil { errors.append("\(path): expected numeric (int or float), got \(Self.shown(value))") }
    case .any: break
    }
  }

  private func checkElements(_ elements: [JSONValue], at path: String, into errors: inout [String]) {
    var seen: Set<String> = []
    for (index, element) in elements.enumerated() {
      let key: String?
      switch node.listType {
      case .map: key = element.object == nil ? nil : keyText(of: element)
      case .set: key = "[=\(element.text())]"
      case .atomic: key = nil
      }
      if let key, !seen.insert(key).inserted {
        let shown = node.listType == .set ? String(key.dropFirst(2).dropLast()) : key
        errors.append("\(path): duplicate entries for key \(node.listType == .set ? "[=\(shown)]" : key)")
        continue
      }
      if node.listType == .map, element.object == nil {
        errors.append("\(path): element \(index): associative list with keys may not have non-map elements")
        continue
      }
      if let missing = missingKey(of: element) {
        errors.append(
          "\(path): element \(index): associative list with keys has an element that omits key field "
            + "\(GoText.quoted(missing)) (and doesn't have default value)")
        continue
      }
      node.items?.checkTyped(element, at: path + (key ?? "[\(index)]"), into: &errors)
    }
  }

  private func missingKey(of element: JSONValue) -> String? {
    guard node.listType == .map else { return nil }
    return node.listMapKeys.first { element[$0] == nil && node.items?.properties[$0]?.defaultValue == nil }
  }

  /// The path element of an element of a list of type map: `[containerPort=80,protocol="TCP"]`.
  func keyText(of element: JSONValue) -> String {
    let parts = node.listMapKeys.sorted().compactMap { key -> String? in
      guard let value = element[key] ?? node.items?.properties[key]?.defaultValue else { return nil }
      return key + "=" + value.text()
    }
    return "[" + parts.joined(separator: ",") + "]"
  }

  private static func shown(_ value: JSONValue) -> String { "&value.valueUnstructured{Value:\(goSyntax(value))}" }

  /// `%#v` of an unstructured value.
  private static func goSyntax(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): return GoText.quoted(text)
    case .array(let elements): return "[]interface {}{" + elements.map(goSyntax).joined(separator: ", ") + "}"
    case .object(let members):
      let parts = members.sorted { $0.key < $1.key }.map { GoText.quoted($0.key) + ":" + goSyntax($0.value) }
      return "map[string]interface {}{" + parts.joined(separator: ", ") + "}"
    case .null: return "interface {}(nil)"
    default: return GoText.map(value)
    }
  }
}
