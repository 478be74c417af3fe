public import JSON

/// Why a strategic merge patch cannot be applied.
public struct StrategicMergeError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
}

/// Strategic merge patches: JSON merge patches that merge lists by key where the schema says so, with directives
/// (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
public enum StrategicMerge {
  private static let deletePrefix = "$deleteFromPrimitiveList/"
  private static let orderPrefix = "$setElementOrder/"

  /// The object after the patch.
  public static func apply(
    _ patch: JSONValue, to object: JSONValue, schema: Schema
  ) throws(StrategicMergeError) -> JSONValue {
    try merge(patch, object, schema)
  }

  private static func merge(
    _ patch: JSONValue, _ object: JSONValue, _ schema: Schema?
  ) throws(StrategicMergeError) -> JSONValue {
    guard var changes = patch.object else { return patch }
    switch changes.removeValue(forKey: "$patch")?.string {
    case "replace": return withoutDirectives(.object(changes))
    case "delete": return [:]
    case nil, "merge": break
    case let other?: throw StrategicMergeError(description: "unknown patch type found: \(other)")
    }
    var members = object.object ?? [:]
    if let kept = changes.removeValue(forKey: "$retainKeys")?.array {
      let names = Set(kept.compactMap(\.string))
      members = members.filter { names.contains($0.key) }
    }
    var orders: [String: [JSONValue]] = [:]
    for (key, value) in changes where key.hasPrefix(orderPrefix) {
      orders[String(key.dropFirst(orderPrefix.count))] = value.array ?? []
      changes[key] = nil
    }
    for (key, value) in changes where key.hasPrefix(deletePrefix) {
      let field = String(key.dropFirst(deletePrefix.count))
      let removed = value.array ?? []
      if let list = members[field]?.array { members[field] = .array(list.filter { !removed.contains($0) }) }
      changes[key] = nil
    }
    for (key, change) in changes {
      if change.isNull {
        members[key] = nil
        continue
      }
      members[key] = try merge(field: change, members[key], schema?.child(key), order: orders[key])
    }
    for (key, order) in orders where changes[key] == nil {
      if let list = members[key]?.array {
        members[key] = .array(sorted(list, by: order, previous: list, schema?.child(key)))
      }
    }
    return .object(members)
  }

  private static func merge(
    field change: JSONValue, _ current: JSONValue?, _ schema: Schema?, order: [JSONValue]?
  ) throws(StrategicMergeError) -> JSONValue {
    let strategy = schema?.patchStrategy ?? []
    switch (change, current) {
    case (.object, .object?) where !strategy.contains(.replace): return try merge(change, current ?? [:], schema)
    case (.object, nil): return try merge(change, [:], schema)
    case (.array(let changes), _) where strategy.contains(.merge):
      let list = current?.array ?? []
      let merged = try merge(list: changes, list, schema)
      guard let order else { return .array(merged) }
      return .array(sorted(merged, by: order, previous: list, schema))
    default: return withoutDirectives(change)
    }
  }

  private static func merge(
    list changes: [JSONValue], _ list: [JSONValue], _ schema: Schema?
  ) throws(StrategicMergeError) -> [JSONValue] {
    guard changes.contains(where: { $0.object != nil }) || list.contains(where: { $0.object != nil }) else {
      var out = list
      for change in changes where !out.contains(change) { out.append(change) }
      return out
    }
    if changes.contains(where: { $0["$patch"] == "replace" }) {
      return changes.filter { $0["$patch"] == nil }.map(withoutDirectives)
    }
    guard let key = schema?.patchMergeKey else { return changes.map(withoutDirectives) }
    var out = list
    for change in changes {
      guard let identity = change[key] else {
        throw StrategicMergeError(
          description: "map: \(GoText.map(change)) does not contain declared merge key: \(key)")
      }
      let position = out.firstIndex { $0[key] == identity }
      if change["$patch"] == "delete" {
        out.removeAll { $0[key] == identity }
      } else if let position {
        out[position] = try merge(change, out[position], schema?.items)
      } else {
        out.append(try merge(change, [:], schema?.items))
      }
    }
    return out
  }

  /// Elements in the order that the patch asks for; those it does not name keep their place among the old neighbours.
  private static func sorted(
    _ list: [JSONValue], by order: [JSONValue], previous: [JSONValue], _ schema: Schema?
  ) -> [JSONValue] {
    func identity(_ element: JSONValue) -> JSONValue {
      guard let key = schema?.patchMergeKey, element.object != nil else { return element }
      return element[key] ?? .null
    }
    let wanted = order.map(identity)
    let old = previous.map(identity)
    var named = wanted.compactMap { wish in list.first { identity($0) == wish } }[...]
    var others = list.filter { !wanted.contains(identity($0)) }[...]
    var out: [JSONValue] = []
    while let left = named.first, let right = others.first {
      let leftIndex = old.firstIndex(of: identity(left))
      let rightIndex = old.firstIndex(of: identity(right)) ?? .max
      if let leftIndex, rightIndex < leftIndex {
        out.append(others.removeFirst())
      } else {
        out.append(named.removeFirst())
      }
      _ = right
    }
    return out + named + others
  }

  private static func withoutDirectives(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let members):
      .object(members.filter { !$0.key.hasPrefix("$") && !$0.value.isNull }.mapValues(withoutDirectives))
    case .array(let elements): .array(elements.filter { $0["$patch"] == nil }.map(withoutDirectives))
    default: value
    }
  }
}
