import CRDTypes
import KubernetesAPI

/// The objects of one kind, by key and by index, as the watch events tell them. Pure.
///
/// The store may be fed by several watches, each of a scope: a namespace, or (nil) the whole cluster. A new initial
/// list of a scope is built aside and swapped in at once, so readers never see half of it.
struct ObjectStore: Sendable {
  /// What happened to one object. Both sides are there for an update, one for an addition or a removal.
  struct Change: Sendable, Hashable {
    let key: ObjectKey
    let old: DynamicObject?
    let new: DynamicObject?
  }

  private(set) var objects: [ObjectKey: DynamicObject] = [:]
  private var indexes: [String: ObjectIndex]
  /// The list that is being built, by scope.
  private var staged: [String?: [ObjectKey: DynamicObject]] = [:]
  private(set) var syncedScopes: Set<String?> = []
  private let transform: ObjectTransform
  private var journal = ChangeJournal()

  init(indexes: [ObjectIndex] = [], transform: ObjectTransform = ObjectTransform()) {
    self.indexes = Dictionary(indexes.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    self.indexes[ObjectIndex.owner.name] = ObjectIndex.owner
    self.transform = transform
  }

  /// The objects that an index has under a value, sorted by key.
  func objects(by index: String, _ value: String) -> [DynamicObject] {
    let keys = indexes[index]?.keys(for: value) ?? []
    return keys.sorted().compactMap { objects[$0] }
  }

  /// What changed after a revision, which an earlier answer gave.
  func changes(since revision: UInt64?) -> CacheChanges { journal.changes(since: revision) }

  mutating func apply(_ event: WatchEvent, scope: String?) -> [Change] {
    switch event {
    case .restarted:
      staged[scope] = [:]
      return []
    case .initial(let object):
      staged[scope, default: [:]][object.key] = transform(object)
      return []
    case .synced:
      syncedScopes.insert(scope)
      // Without a list before it, this confirms what is there.
      guard let next = staged.removeValue(forKey: scope) else { return [] }
      return swap(next, scope: scope)
    case .applied(let object):
      if staged[scope] != nil {
        staged[scope]?[object.key] = transform(object)
        return []
      }
      return set(object.key, transform(object)).map { [$0] } ?? []
    case .deleted(let object):
      if staged[scope] != nil {
        staged[scope]?[object.key] = nil
        return []
      }
      return set(object.key, nil).map { [$0] } ?? []
    }
  }

  private mutating func swap(_ next: [ObjectKey: DynamicObject], scope: String?) -> [Change] {
    var changes: [Change] = []
    for key in objects.keys where next[key] == nil && (scope == nil || key.namespace == scope) {
      if let change = set(key, nil) { changes.append(change) }
    }
    for (key, object) in next {
      if let change = set(key, object) { changes.append(change) }
    }
    return changes.sorted { $0.key < $1.key }
  }

  /// Nil where nothing changed, which the resource version tells.
  private mutating func set(_ key: ObjectKey, _ new: DynamicObject?) -> Change? {
    let old = objects[key]
    if old == nil, new == nil { return nil }
    if let old, let new, old.uid == new.uid, !new.resourceVersion.isEmpty, old.resourceVersion == new.resourceVersion {
      return nil
    }
    objects[key] = new
    for name in indexes.keys { indexes[name]?.update(key, old: old, new: new) }
    journal.note(key, [old, new].compactMap { $0?.controllerReference })
    return Change(key: key, old: old, new: new)
  }
}
