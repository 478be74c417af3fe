import JSON
import KubernetesSchema

extension FieldSet {
  /// The fields that a configuration sets: what the manager that applies it owns.
  static func of(_ value: JSONValue, schema: Schema?) -> FieldSet {
    var set = FieldSet()
    switch value {
    case .object(let members):
      for (name, child) in members {
        let element = PathElement.field(name)
        let next = schema?.child(name)
        let below = isLeaf(child, next) ? FieldSet() : of(child, schema: next)
        if !below.isEmpty { set.children[element] = below }
        let isDeclared = schema?.declares(name) ?? false
        if isLeaf(child, next) || child.object?.isEmpty == true || child.isNull || !isDeclared {
          set.members.insert(element)
        }
      }
    case .array(let items):
      guard let schema else { break }
      for item in items {
        guard let element = schema.element(item) else { continue }
        set.members.insert(element)
        let below = isLeaf(item, schema.items) ? FieldSet() : of(item, schema: schema.items)
        if !below.isEmpty { set.children[element] = below }
      }
    default: break
    }
    return set
  }

  /// Whether a value is owned as one: a scalar, a list without keys, a map that is atomic.
  static func isLeaf(_ value: JSONValue, _ schema: Schema?) -> Bool {
    switch value {
    case .object: schema?.isAtomicMap ?? false
    case .array: (schema?.listType ?? .atomic) == .atomic
    default: true
    }
  }
}

/// How the fields of an object differ from those of another.
struct FieldComparison: Sendable, Hashable {
  var added = FieldSet()
  var removed = FieldSet()
  var modified = FieldSet()

  var changed: FieldSet { added.union(modified) }
  var isEmpty: Bool { added.isEmpty && removed.isEmpty && modified.isEmpty }

  init(from old: JSONValue, to new: JSONValue, schema: Schema?) {
    compare(old, new, schema, [])
  }

  private mutating func leaf(_ old: JSONValue?, _ new: JSONValue?, _ path: [PathElement]) {
    switch (old, new) {
    case (nil, nil): break
    case (nil, _): added.insert(path)
    case (_, nil): removed.insert(path)
    case (let old?, let new?): if old != new { modified.insert(path) }
    }
  }

  private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, _ schema: Schema?, _ path: [PathElement]) {
    if let old, let new, old == new { return }
    switch (old ?? new, new ?? old) {
    case (.object(let left)?, .object(let right)?):
      let oldMembers = old == nil ? [:] : left
      let newMembers = new == nil ? [:] : right
      // Two empty maps, or an empty and an absent one, are told apart as leaves.
      if schema?.isAtomicMap == true || (oldMembers.isEmpty && newMembers.isEmpty) { return leaf(old, new, path) }
      for name in Set(oldMembers.keys).union(newMembers.keys) {
        compare(oldMembers[name], newMembers[name], schema?.child(name), path + [.field(name)])
      }
      container(old, new, path)
    case (.array(let left)?, .array(let right)?):
      let oldItems = old == nil ? [] : left
      let newItems = new == nil ? [] : right
      guard let schema, schema.listType != .atomic, !(oldItems.isEmpty && newItems.isEmpty) else {
        return leaf(old, new, path)
      }
      let before = Self.keyed(oldItems, schema)
      let after = Self.keyed(newItems, schema)
      for element in Set(before.keys).union(after.keys) {
        compare(before[element], after[element], schema.items, path + [element])
      }
      container(old, new, path)
    default: leaf(old, new, path)
    }
  }

  /// A map or list that is on one side only is added or removed itself, beside what is in it.
  private mutating func container(_ old: JSONValue?, _ new: JSONValue?, _ path: [PathElement]) {
    if path.isEmpty { return }
    if old == nil { added.insert(path) } else if new == nil { removed.insert(path) }
  }

  private static func keyed(_ items: [JSONValue], _ schema: Schema) -> [PathElement: JSONValue] {
    var out: [PathElement: JSONValue] = [:]
    for item in items {
      if let element = schema.element(item), out[element] == nil { out[element] = item }
    }
    return out
  }
}
