import CRDTypes
import JSON

/// What happened to one stored object.
struct StoredEvent: Sendable {
  enum Kind: Sendable { case added, modified, deleted }

  /// The store's revision after the change; also the object's `resourceVersion`.
  let revision: Int64
  let kind: Kind
  let key: ObjectKey
  /// The object after the change; the last state of a deleted one.
  let object: JSONValue
  /// The object before the change.
  let previous: JSONValue?
}

/// All objects of the cluster, with one revision that grows by one with every change, and for each resource the
/// last changes, from which watches continue.
struct ObjectStore: Sendable {
  /// The revision of the last change.
  private(set) var revision: Int64 = 1
  private var tables: [GroupResource: ObjectTable] = [:]
  /// How many changes of a resource are kept for watches that continue.
  let historyLimit: Int

  init(historyLimit: Int = 4096) { self.historyLimit = historyLimit }

  func object(_ resource: GroupResource, _ key: ObjectKey) -> JSONValue? {
    tables[resource]?.objects[key]
  }

  /// The objects of a resource in the order of namespace and name, after `start` where it is given.
  func objects(_ resource: GroupResource, namespace: String? = nil, after start: ObjectKey? = nil) -> [JSONValue] {
    tables[resource]?.list(namespace: namespace, after: start) ?? []
  }

  /// The resources that have objects.
  var resources: [GroupResource] { tables.keys.filter { tables[$0]?.objects.isEmpty == false } }

  /// Stores an object, new or changed, under the next revision. Gives the object as stored, and the change.
  mutating func put(_ resource: GroupResource, _ key: ObjectKey, _ object: JSONValue) -> StoredEvent {
    revision += 1
    var stored = object
    stored[meta: "resourceVersion"] = .string(String(revision))
    let previous = tables[resource, default: ObjectTable()].set(key, stored)
    let event = StoredEvent(
      revision: revision, kind: previous == nil ? .added : .modified, key: key, object: stored, previous: previous)
    tables[resource]?.record(event, limit: historyLimit)
    return event
  }

  /// Removes an object. Gives the change, or nil where there was none.
  mutating func remove(_ resource: GroupResource, _ key: ObjectKey) -> StoredEvent? {
    guard let previous = tables[resource]?.remove(key) else { return nil }
    revision += 1
    var last = previous
    last[meta: "resourceVersion"] = .string(String(revision))
    let event = StoredEvent(revision: revision, kind: .deleted, key: key, object: last, previous: previous)
    tables[resource]?.record(event, limit: historyLimit)
    return event
  }

  /// The changes of a resource after a revision, oldest first; nil where some of them are no longer kept.
  func events(_ resource: GroupResource, after start: Int64) -> [StoredEvent]? {
    guard let table = tables[resource] else { return [] }
    return table.events(after: start)
  }
}
