import JSON
import KubernetesSchema

/// Merging and removing by type, as server-side apply does it
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
enum TypedMerge {
  /// The live object with an applied configuration in it: maps are merged by member, lists that are maps or sets by
  /// element, everything else is replaced.
  static func merge(_ live: JSONValue?, _ config: JSONValue, schema: Schema?) -> JSONValue {
    guard let live else { return config }
    switch (live, config) {
    case (.object(let left), .object(let right)):
      if schema?.isAtomicMap == true { return config }
      var out = left
      for (name, value) in right { out[name] = merge(left[name], value, schema: schema?.child(name)) }
      return .object(out)
    case (.array(let left), .array(let right)):
      guard let schema, schema.listType != .atomic else { return config }
      return .array(mergeItems(left, right, schema))
    default: return config
    }
  }

  /// Elements of both, in the order of the configuration where it has them, and the live object's own elements
  /// where they were, between their neighbours.
  private static func mergeItems(_ left: [JSONValue], _ right: [JSONValue], _ schema: Schema) -> [JSONValue] {
    let leftElements = left.map(schema.element)
    let rightElements = right.map(schema.element)
    var leftItems: [PathElement: JSONValue] = [:]
    for (element, item) in zip(leftElements, left) {
      if let element, leftItems[element] == nil { leftItems[element] = item }
    }
    let inRight = Set(rightElements.compactMap(\.self))
    var shared = rightElements.compactMap(\.self).filter { leftItems[$0] != nil }[...]
    var nextShared = shared.popFirst()
    var merged: Set<PathElement> = []
    var out: [JSONValue] = []
    var leftIndex = 0
    var rightIndex = 0
    func combined(_ index: Int) -> JSONValue {
      merge(rightElements[index].flatMap { leftItems[$0] }, right[index], schema: schema.items)
    }
    while leftIndex < left.count || rightIndex < right.count {
      if leftIndex < left.count, rightIndex < right.count, let element = leftElements[leftIndex] {
        if element == rightElements[rightIndex] {
          merged.insert(element)
          out.append(combined(rightIndex))
          leftIndex += 1
          rightIndex += 1
          nextShared = shared.popFirst()
          continue
        }
        // In both lists, but the configuration wants another shared element first.
        if inRight.contains(element), let next = nextShared, next != element {
          leftIndex += 1
          continue
        }
      }
      if leftIndex < left.count {
        guard let element = leftElements[leftIndex], inRight.contains(element) else {
          out.append(left[leftIndex])
          leftIndex += 1
          continue
        }
        if merged.contains(element) { leftIndex += 1 }
      }
      if rightIndex < right.count {
        if let element = rightElements[rightIndex] {
          merged.insert(element)
          if element == nextShared { nextShared = shared.popFirst() }
        }
        out.append(combined(rightIndex))
        rightIndex += 1
      }
    }
    return out
  }

  /// The object without the fields of a set and what is below them; maps and lists that become empty go too.
  static func removing(_ fields: FieldSet, from value: JSONValue, schema: Schema?) -> JSONValue? {
    if fields.isEmpty { return value }
    switch value {
    case .object(let members):
      var out = members
      for (name, child) in members {
        let element = PathElement.field(name)
        if fields.members.contains(element) {
          out[name] = nil
        } else if let below = fields.children[element] {
          out[name] = removing(below, from: child, schema: schema?.child(name))
        }
      }
      return out.isEmpty && !members.isEmpty ? nil : .object(out)
    case .array(let items):
      guard let schema, schema.listType != .atomic else { return value }
      let out = items.compactMap { item -> JSONValue? in
        guard let element = schema.element(item) else { return item }
        if fields.members.contains(element) { return nil }
        guard let below = fields.children[element] else { return item }
        return removing(below, from: item, schema: schema.items)
      }
      return out.isEmpty && !items.isEmpty ? nil : .array(out)
    default: return value
    }
  }
}
