import JSON

extension Schema {
  /// The value without members that the schema does not know.
  func pruning(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      var out: JSONObject = [:]
      for (name, member) in members {
        if let child = child(name) {
          out[name] = child.pruning(member)
        } else if keepsUnknown {
          out[name] = member
        }
      }
      return .object(out)
    case .array(let elements):
      guard let items = node.items else { return value }
      return .array(elements.map(items.pruning))
    default: return value
    }
  }

  /// Whether members without a schema stay.
  var keepsUnknown: Bool { node.preserveUnknownFields || (node.type == .any && node.properties.isEmpty) }

  /// The paths of members that the schema does not know.
  func unknownPaths(_ value: JSONValue, at path: String = "") -> [String] {
    switch value {
    case .object(let members):
      var out: [String] = []
      for (name, member) in members {
        let inner = path.isEmpty ? name : path + "." + name
        if let child = child(name) {
          out += child.unknownPaths(member, at: inner)
        } else if !keepsUnknown {
          out.append(inner)
        }
      }
      return out
    case .array(let elements):
      guard let items = node.items else { return [] }
      return elements.enumerated().flatMap { items.unknownPaths($1, at: path + "[\($0)]") }
    default: return []
    }
  }

  /// What strict decoding says of members that the schema does not know, sorted by path.
  func strictProblems(_ object: JSONValue) -> [String] {
    unknownPaths(object).sorted().map { "unknown field \(GoText.quoted($0))" }
  }
}
