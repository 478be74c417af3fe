import JSON
import KubernetesSchema

/// A set of paths to fields: which fields a manager owns (`fieldsV1`).
struct FieldSet: Sendable, Hashable {
  /// The paths of length one in the set.
  var members: Set<PathElement> = []
  /// The longer paths, by their first step; never with an empty set.
  var children: [PathElement: FieldSet] = [:]

  var isEmpty: Bool { members.isEmpty && children.isEmpty }

  mutating func insert(_ path: some Collection<PathElement>) {
    guard let first = path.first else { return }
    if path.count == 1 {
      members.insert(first)
    } else {
      children[first, default: FieldSet()].insert(path.dropFirst())
    }
  }

  func contains(_ path: some Collection<PathElement>) -> Bool {
    guard let first = path.first else { return false }
    return path.count == 1 ? members.contains(first) : children[first]?.contains(path.dropFirst()) ?? false
  }

  private mutating func setChild(_ element: PathElement, _ child: FieldSet) {
    children[element] = child.isEmpty ? nil : child
  }

  func union(_ other: FieldSet) -> FieldSet {
    var out = self
    out.members.formUnion(other.members)
    for (element, child) in other.children {
      out.children[element] = out.children[element].map { $0.union(child) } ?? child
    }
    return out
  }

  func intersection(_ other: FieldSet) -> FieldSet {
    var out = FieldSet(members: members.intersection(other.members))
    for (element, child) in children {
      if let match = other.children[element] { out.setChild(element, child.intersection(match)) }
    }
    return out
  }

  func subtracting(_ other: FieldSet) -> FieldSet {
    var out = FieldSet(members: members.subtracting(other.members))
    for (element, child) in children {
      out.setChild(element, other.children[element].map { child.subtracting($0) } ?? child)
    }
    return out
  }

  /// Without the paths of `other` and everything below them.
  func removing(subtrees other: FieldSet) -> FieldSet {
    var out = FieldSet(members: members.subtracting(other.members))
    for (element, child) in children where !other.members.contains(element) {
      out.setChild(element, other.children[element].map { child.removing(subtrees: $0) } ?? child)
    }
    return out
  }

  /// Also with every declared member that has paths below it, so that it counts as owned itself.
  func withNamedParents(_ schema: Schema?) -> FieldSet {
    var out = FieldSet(members: members)
    for (element, child) in children {
      var next: Schema?
      switch element {
      case .field(let name):
        if schema?.declares(name) == true { out.members.insert(element) }
        next = schema?.child(name)
      default: next = schema?.items
      }
      out.children[element] = child.withNamedParents(next)
    }
    return out
  }

  /// All paths, parents before what is below them, in the order of `fieldsV1`.
  var paths: [[PathElement]] {
    var out: [[PathElement]] = []
    let elements = members.union(children.keys).sorted(by: PathElement.precedes)
    for element in elements {
      if members.contains(element) { out.append([element]) }
      for path in children[element]?.paths ?? [] { out.append([element] + path) }
    }
    return out
  }
}

extension FieldSet {
  /// Reads `fieldsV1`; steps of unknown form are left out.
  init(_ fields: JSONValue) {
    for (text, below) in fields.object ?? [:] where text != "." {
      guard let element = PathElement(text) else { continue }
      let members = below.object ?? [:]
      if members.isEmpty || members["."] != nil { self.members.insert(element) }
      let child = FieldSet(below)
      if !child.isEmpty { children[element] = child }
    }
  }

  /// As `fieldsV1` writes it.
  var json: JSONValue {
    var out: JSONObject = [:]
    for member in members { out[member.text] = .object([:]) }
    for (element, child) in children {
      var below = child.json
      if members.contains(element) { below["."] = .object([:]) }
      out[element.text] = below
    }
    return .object(out)
  }
}
