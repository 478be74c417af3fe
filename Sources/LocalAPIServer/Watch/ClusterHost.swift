import CRDTypes
import FoundationEssentials
import JSON

/// Owns the cluster: takes requests one after the other and tells the watches what changed, in order.
actor ClusterHost {
  /// What a watch is told.
  enum Signal: Sendable {
    case change(StoredEvent, SharedEncoding)
    /// Everything up to this revision was told.
    case bookmark(Int64)
  }

  /// A watch that listens.
  struct Subscription: Sendable {
    let id: Int
    let request: WatchRequest
    let signals: AsyncStream<Signal>
    private let continuation: AsyncStream<Signal>.Continuation

    init(id: Int, request: WatchRequest, signals: AsyncStream<Signal>, continuation: AsyncStream<Signal>.Continuation) {
      self.id = id
      self.request = request
      self.signals = signals
      self.continuation = continuation
    }

    /// Ends the stream of signals.
    func end() { continuation.finish() }
  }

  /// What a request is answered with, a watch being subscribed already.
  enum Answer: Sendable {
    case reply(APIReply)
    case watch(Subscription)
  }

  private struct Watcher {
    let storage: GroupResource
    let namespace: String?
    let continuation: AsyncStream<Signal>.Continuation
  }

  private var cluster: Cluster
  private var watchers: [Int: Watcher] = [:]
  private var lastWatcher = 0
  private let clock: @Sendable () -> Date

  /// Changes that a watch may lag behind before the server ends it; its client lists anew.
  private static let backlog = 10_000

  init(identity: ClusterIdentity, clock: @escaping @Sendable () -> Date) {
    self.clock = clock
    cluster = Cluster(identity: identity, now: clock())
    _ = cluster.takeChanges()
  }

  func answer(_ request: APIRequest) -> Answer {
    let reply = cluster.handle(request, now: clock())
    publish()
    guard case .watch(let watch) = reply else { return .reply(reply) }
    return .watch(subscribe(watch))
  }

  /// Who a bearer token belongs to.
  func user(token: String) -> User? { cluster.tokens.user(token: token, now: clock()) }

  /// The token of the cluster's owner.
  var adminToken: String { cluster.tokens.adminToken }

  private func subscribe(_ watch: WatchRequest) -> Subscription {
    lastWatcher += 1
    let (signals, continuation) = AsyncStream.makeStream(
      of: Signal.self, bufferingPolicy: .bufferingOldest(Self.backlog))
    if watch.isRefused {
      continuation.finish()
    } else {
      watchers[lastWatcher] = Watcher(
        storage: watch.resource.storage, namespace: watch.filter.namespace, continuation: continuation)
    }
    return Subscription(id: lastWatcher, request: watch, signals: signals, continuation: continuation)
  }

  func unsubscribe(_ id: Int) { watchers.removeValue(forKey: id)?.continuation.finish() }

  /// Tells one watch how far it has come.
  func bookmark(_ id: Int) { _ = watchers[id]?.continuation.yield(.bookmark(cluster.store.revision)) }

  /// How many watches listen.
  var watchCount: Int { watchers.count }

  private func publish() {
    let changes = cluster.takeChanges().map { storage, event in
      (storage, event.key, Signal.change(event, SharedEncoding(event.object)))
    }
    guard !changes.isEmpty else { return }
    for (id, watcher) in watchers {
      for (storage, key, signal) in changes where storage == watcher.storage {
        if let namespace = watcher.namespace, namespace != key.namespace { continue }
        if case .dropped = watcher.continuation.yield(signal) {
          watcher.continuation.finish()
          watchers[id] = nil
          break
        }
      }
    }
  }
}
