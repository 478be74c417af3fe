public import CRDTypes
public import KubernetesAPI
import Observability
import Threads

/// A cache of the objects of one kind that a watch keeps up to date, with indexes and subscribers.
///
/// Reads are from memory and may be behind the server; they are never half a list. Subscribers are called in the
/// order of events, by the task that runs the informer, and must return at once: they put keys into queues.
public final class Informer: Sendable {
  /// What happened to one object. Both sides are there for an update, one for an addition or a removal.
  public struct Change: Sendable, Hashable {
    public let key: ObjectKey
    public let old: DynamicObject?
    public let new: DynamicObject?

    public init(key: ObjectKey, old: DynamicObject?, new: DynamicObject?) {
      self.key = key
      self.old = old
      self.new = new
    }
  }

  public typealias Subscriber = @Sendable (Change) -> Void

  private struct State: Sendable {
    var store: ObjectStore
    var subscribers: [Subscriber] = []
    var lastTrouble: String?
  }

  /// What is watched: one kind; a request for each namespace, or one for all.
  public let requests: [WatchRequest]
  public let type: ResourceType
  private let state: Locked<State>
  private let synced = Latch()

  /// - Parameters:
  ///   - namespaces: where to watch; empty for the whole cluster.
  public init(
    _ type: ResourceType, namespaces: [String] = [], selector: ListSelector = .all, indexes: [ObjectIndex] = [],
    transform: ObjectTransform = ObjectTransform()
  ) {
    self.type = type
    let scopes: [String?] = namespaces.isEmpty || !type.namespaced ? [nil] : Set(namespaces).sorted()
    requests = scopes.map { WatchRequest(type, namespace: $0, selector: selector) }
    state = Locked(State(store: ObjectStore(indexes: indexes, transform: transform)))
  }

  // MARK: Reading

  /// Whether the first lists of all scopes have arrived.
  public var hasSynced: Bool { synced.isOpen }
  public var count: Int { state.withLock { $0.store.objects.count } }
  /// The last interruption of a watch, for messages.
  public var lastTrouble: String? { state.withLock { $0.lastTrouble } }

  public func object(_ key: ObjectKey) -> DynamicObject? { state.withLock { $0.store.objects[key] } }

  /// Every object (of a namespace), sorted by key.
  public func objects(namespace: String? = nil) -> [DynamicObject] {
    let objects = state.withLock { $0.store.objects }
    return objects.filter { namespace == nil || $0.key.namespace == namespace }
      .sorted { $0.key < $1.key }.map(\.value)
  }

  /// The objects that an index has under a value, sorted by key; none where there is no such index.
  public func objects(by index: String, _ value: String) -> [DynamicObject] {
    state.withLock { $0.store.objects(by: index, value) }
  }

  /// The objects that have an owner of this UID, sorted by key.
  public func objects(ownedBy uid: String) -> [DynamicObject] { objects(by: ObjectIndex.owner.name, uid) }

  /// What changed after a revision that an earlier answer gave; with nil, the revision to begin with.
  public func changes(since revision: UInt64?) -> CacheChanges { state.withLock { $0.store.changes(since: revision) } }

  /// Returns when the cache has its first lists, or when the task is cancelled.
  public func waitForSync() async { await synced.wait() }

  // MARK: Following

  /// Calls `subscriber` for every change from now on, first with what the cache already holds as additions.
  public func subscribe(_ subscriber: @escaping Subscriber) {
    let objects = state.withLock { state in
      state.subscribers.append(subscriber)
      return state.store.objects
    }
    for (key, object) in objects.sorted(by: { $0.key < $1.key }) {
      subscriber(Change(key: key, old: nil, new: object))
    }
  }

  /// Follows the source until the task is cancelled.
  ///
  /// - Parameter onTrouble: told of each interruption of a watch.
  public func run(
    from source: any WatchSource, onTrouble: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for request in requests {
        group.addTask {
          try await source.watch(
            request,
            trouble: { trouble in
              self.state.withLock { $0.lastTrouble = trouble }
              onTrouble(trouble)
            },
            receive: { event in self.receive(event, scope: request.namespace) })
        }
      }
      try await group.waitForAll()
    }
  }

  private func receive(_ event: WatchEvent, scope: String?) {
    let (changes, subscribers, complete) = state.withLock { state in
      (
        state.store.apply(event, scope: scope), state.subscribers,
        state.store.syncedScopes.count == requests.count
      )
    }
    for change in changes {
      let change = Change(key: change.key, old: change.old, new: change.new)
      for subscriber in subscribers { subscriber(change) }
    }
    // After the subscribers: who waits for the cache finds its queue filled.
    if complete, !synced.isOpen { synced.open() }
  }
}
