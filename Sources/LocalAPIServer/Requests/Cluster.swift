import CRDTypes
import FoundationEssentials
import JSON
import KubernetesSchema

/// The whole state of the API server and everything it decides: a request and the time in, a reply out.
///
/// A value without I/O; the HTTP layer owns one through an actor and hands the changes that a request made to the
/// watches.
struct Cluster: Sendable {
  var store: ObjectStore
  var registry = ResourceRegistry()
  let tokens = TokenIssuer()
  let identity: ClusterIdentity
  /// Changes since the last `takeChanges`.
  private var changes: [(GroupResource, StoredEvent)] = []
  /// Changes whose consequences (a namespace's default objects, a CRD's resources) are still to be drawn.
  private var unsettled: [(GroupResource, StoredEvent)] = []
  private var documents = OpenAPICache()
  /// When old Events were last looked for.
  private var lastEventSweep: Date

  init(identity: ClusterIdentity, now: Date) {
    self.identity = identity
    lastEventSweep = now
    store = ObjectStore()
    bootstrap(now: now)
  }

  /// Answers a request. Refusals are replies too.
  mutating func handle(_ request: APIRequest, now: Date) -> APIReply {
    if now.timeIntervalSince(lastEventSweep) > Self.eventSweepInterval {
      lastEventSweep = now
      expireEvents(now: now)
    }
    do {
      defer { settle(now: now) }
      return try route(request, now: now)
    } catch {
      let refusal = Self.refusal(error)
      return .json(code: refusal.code, refusal.status)
    }
  }

  /// The refusal that an error stands for.
  static func refusal(_ error: any Error) -> StatusError {
    switch error {
    case let error as StatusError: error
    case let error as InvalidObject: StatusError(status: error.status)
    case let error as JSONPatch.Failure: .unprocessableOrMalformed(error)
    default: .plain("\(error)")
    }
  }

  /// The changes since the last call, oldest first.
  mutating func takeChanges() -> [(GroupResource, StoredEvent)] {
    defer { changes = [] }
    return changes
  }

  // MARK: Storing

  /// Stores an object and notes the change.
  @discardableResult
  mutating func put(_ resource: GroupResource, _ object: JSONValue) -> JSONValue {
    let key = ObjectKey(namespace: object.namespace, name: object.name)
    let event = store.put(resource, key, object)
    changes.append((resource, event))
    unsettled.append((resource, event))
    return event.object
  }

  /// Removes an object and notes the change. Gives the last state.
  @discardableResult
  mutating func remove(_ resource: GroupResource, _ key: ObjectKey) -> JSONValue? {
    guard let event = store.remove(resource, key) else { return nil }
    changes.append((resource, event))
    unsettled.append((resource, event))
    return event.object
  }

  /// Draws the consequences of changes until there are none left.
  private mutating func settle(now: Date) {
    while !unsettled.isEmpty {
      let (resource, event) = unsettled.removeFirst()
      react(to: event, of: resource, now: now)
    }
  }

  /// Publishes what follows from the objects that the cluster starts with.
  mutating func settleNow(_ now: Date) { settle(now: now) }

  mutating func openAPI(_ groupVersion: GroupVersion?) -> JSONValue? {
    documents.document(groupVersion, registry: registry)
  }

  mutating func forgetDocuments() { documents = OpenAPICache() }
}

/// What the server says of itself.
struct ClusterIdentity: Sendable {
  /// `gitVersion` of `/version`.
  var version = "v1.36.0+martlet"
  var host = "127.0.0.1"
  var port = 0
  var addresses = AddressRange(network: "127.96")
  /// The certificate authority of the server, PEM: what `kube-root-ca.crt` holds.
  var authorityPEM = ""
}

extension StatusError {
  /// How a JSON patch that cannot be applied is refused.
  static func unprocessableOrMalformed(_ failure: JSONPatch.Failure) -> StatusError {
    switch failure.kind {
    case .malformed: .badRequest(failure.description)
    case .testFailed, .missing: .unprocessable
    }
  }
}
