import JSON

/// Objects inside custom resources (`x-kubernetes-embedded-resource`): each has a type and valid metadata.
enum EmbeddedResources {
  static func errors(_ value: JSONValue, _ schema: Schema, at path: FieldPath = .root) -> [FieldError] {
    if schema.typeName != nil { return [] }
    var out: [FieldError] = []
    if schema.embeddedResource, let members = value.object {
      for name in ["apiVersion", "kind"] where members[name]?.string?.isEmpty ?? true {
        out.append(.required(path.child(name), "must not be empty"))
      }
    }
    switch value {
    case .object(let members):
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        guard let child = schema.child(name) else { continue }
        let isProperty = schema.properties[name] != nil
        out += errors(member, child, at: isProperty ? path.child(name) : path.key(name))
      }
    case .array(let elements):
      guard let items = schema.items else { break }
      for (index, element) in elements.enumerated() { out += errors(element, items, at: path.index(index)) }
    default: break
    }
    return out
  }
}
