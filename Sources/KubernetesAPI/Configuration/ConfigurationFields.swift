import JSON

/// The members of one object of a configuration file, read with errors that name the file and the field.
struct ConfigurationFields: Sendable {
  /// What the file is and where: `kubeconfig /path`.
  let file: String
  /// Where in the file this object is: `users[0].user`; empty at the root.
  let field: String
  let json: JSONValue

  /// The path of a member.
  func name(of member: String) -> String { field.isEmpty ? member : "\(field).\(member)" }

  func error(
    _ member: String, _ problem: String, code: ConfigurationError.Code = .malformed
  ) -> ConfigurationError {
    ConfigurationError(code: code, file: file, field: name(of: member), problem: problem)
  }

  /// A string; nil where it is absent, null or empty (which Kubernetes takes for absent).
  func string(_ member: String) throws(ConfigurationError) -> String? {
    switch json[member] {
    case nil, .null: return nil
    case .string(let text): return text.isEmpty ? nil : text
    case let other?: throw error(member, "must be a string, not \(other.typeName)")
    }
  }

  func bool(_ member: String) throws(ConfigurationError) -> Bool {
    switch json[member] {
    case nil, .null: return false
    case .bool(let flag): return flag
    case let other?: throw error(member, "must be true or false, not \(other.typeName)")
    }
  }

  func strings(_ member: String) throws(ConfigurationError) -> [String] {
    var out: [String] = []
    for (index, element) in try elements(member).enumerated() {
      guard let text = element.string else { throw error("\(member)[\(index)]", "must be a string") }
      out.append(text)
    }
    return out
  }

  /// An object; nil where it is absent or null.
  func object(_ member: String) throws(ConfigurationError) -> ConfigurationFields? {
    switch json[member] {
    case nil, .null: return nil
    case let value? where value.object != nil:
      return ConfigurationFields(file: file, field: name(of: member), json: value)
    case let other?: throw error(member, "must be an object, not \(other.typeName)")
    }
  }

  /// The objects of a list.
  func objects(_ member: String) throws(ConfigurationError) -> [ConfigurationFields] {
    var out: [ConfigurationFields] = []
    for (index, element) in try elements(member).enumerated() {
      guard element.object != nil else { throw error("\(member)[\(index)]", "must be an object") }
      out.append(ConfigurationFields(file: file, field: "\(name(of: member))[\(index)]", json: element))
    }
    return out
  }

  private func elements(_ member: String) throws(ConfigurationError) -> [JSONValue] {
    switch json[member] {
    case nil, .null: return []
    case .array(let elements): return elements
    case let other?: throw error(member, "must be a list, not \(other.typeName)")
    }
  }
}
