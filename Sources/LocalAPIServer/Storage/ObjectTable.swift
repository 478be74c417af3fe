import CRDTypes
import JSON

/// The objects of one resource and its last changes.
struct ObjectTable: Sendable {
  private(set) var objects: [ObjectKey: JSONValue] = [:]
  /// The keys in the order of lists.
  private var order: [ObjectKey] = []
  private var history: [StoredEvent] = []
  /// The revision of the last change that history no longer holds.
  private var forgotten: Int64 = 0

  private func position(_ key: ObjectKey) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if order[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Sets an object and gives the one before.
  mutating func set(_ key: ObjectKey, _ object: JSONValue) -> JSONValue? {
    let previous = objects.updateValue(object, forKey: key)
    if previous == nil { order.insert(key, at: position(key)) }
    return previous
  }

  mutating func remove(_ key: ObjectKey) -> JSONValue? {
    guard let previous = objects.removeValue(forKey: key) else { return nil }
    order.remove(at: position(key))
    return previous
  }

  func list(namespace: String?, after start: ObjectKey?) -> [JSONValue] {
    var index = 0
    if let start {
      index = position(start)
      if index < order.count, order[index] == start { index += 1 }
    } else if let namespace {
      index = position(ObjectKey(namespace: namespace, name: ""))
    }
    var out: [JSONValue] = []
    while index < order.count {
      let key = order[index]
      if let namespace, key.namespace != namespace { break }
      if let object = objects[key] { out.append(object) }
      index += 1
    }
    return out
  }

  mutating func record(_ event: StoredEvent, limit: Int) {
    history.append(event)
    // Trimmed in blocks, so that a change costs constant time on average.
    guard history.count >= limit * 2 else { return }
    let surplus = history.count - limit
    forgotten = history[surplus - 1].revision
    history.removeFirst(surplus)
  }

  func events(after start: Int64) -> [StoredEvent]? {
    guard start >= forgotten else { return nil }
    var low = 0
    var high = history.count
    while low < high {
      let middle = (low + high) / 2
      if history[middle].revision <= start { low = middle + 1 } else { high = middle }
    }
    return Array(history[low...])
  }
}
