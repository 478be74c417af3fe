import CRDTypes
import ControllerKit
import FoundationEssentials
import JSON
import KubernetesAPI
import MLflow
import Observability
import Planning
import Transport

@testable import Operator

/// Objects in memory, as far as controllers need a cluster; caches are filled from it when a test says so.
actor TestCluster: ObjectClient {
  private(set) var objects: [ObjectReference: DynamicObject] = [:]
  /// One line a write, in order.
  private(set) var writes: [String] = []
  private var version = 0
  private var refusals: [ResourceType: APIError] = [:]

  func object(_ type: ResourceType, _ name: String) -> DynamicObject? {
    objects[ObjectReference(type, ObjectKey(namespace: "ml", name: name))]
  }

  func objects(_ type: ResourceType) -> [DynamicObject] {
    objects.filter { $0.key.type == type }.map(\.value).sorted { $0.name < $1.name }
  }

  /// Puts an object there, as somebody else's doing.
  @discardableResult
  func put(_ object: DynamicObject, as type: ResourceType) -> DynamicObject {
    version += 1
    var object = object
    object.resourceVersion = String(version)
    if object.uid.isEmpty { object.json[path: "metadata", "uid"] = .string("uid-\(version)") }
    if object.creationTimestamp == nil {
      object.json[path: "metadata", "creationTimestamp"] = .string(Timestamp.text(Date()))
    }
    objects[ObjectReference(type, object.key)] = object
    return object
  }

  func setStatus(_ type: ResourceType, _ name: String, _ status: JSONValue) {
    guard var object = object(type, name) else { return }
    object.status = status
    put(object, as: type)
  }

  func forgetWrites() { writes = [] }

  /// Takes no more objects of a kind, with an answer such as a quota's.
  func refuse(_ type: ResourceType, status: Int, reason: String, message: String) {
    refusals[type] = APIError(httpStatus: status, reason: reason, message: message, path: "/\(type.plural)")
  }

  private func note(_ verb: String, _ type: ResourceType, _ key: ObjectKey) {
    writes.append("\(verb) \(type.plural) \(key.name)")
  }

  private func existing(_ type: ResourceType, _ key: ObjectKey) throws -> DynamicObject {
    guard let object = objects[ObjectReference(type, key)] else {
      throw APIError(httpStatus: 404, reason: "NotFound", message: "\(type) \(key) not found")
    }
    return object
  }

  func find(_ type: ResourceType, _ key: ObjectKey) async throws -> DynamicObject? {
    objects[ObjectReference(type, key)]
  }

  func create(_ object: DynamicObject, as type: ResourceType, fieldManager: String) async throws -> DynamicObject {
    note("create", type, object.key)
    if let refusal = refusals[type] { throw refusal }
    guard objects[ObjectReference(type, object.key)] == nil else {
      throw APIError(httpStatus: 409, reason: "AlreadyExists", message: "exists")
    }
    var object = object
    for (key, value) in object.json["stringData"]?.stringMap ?? [:] {
      object.json[path: "data", key] = .string(Data(value.utf8).base64EncodedString())
    }
    return put(object, as: type)
  }

  func replace(
    _ object: DynamicObject, as type: ResourceType, subresource: String?, fieldManager: String
  ) async throws -> DynamicObject {
    note("replace", type, object.key)
    return put(object, as: type)
  }

  func apply(
    _ object: DynamicObject, as type: ResourceType, fieldManager: String, force: Bool, subresource: String?
  ) async throws -> DynamicObject {
    note(subresource == "status" ? "status" : "apply", type, object.key)
    if let refusal = refusals[type] { throw refusal }
    let current = objects[ObjectReference(type, object.key)]
    guard subresource == "status" else {
      return put(DynamicObject((current?.json ?? .object([:])).merging(patch: object.json)), as: type)
    }
    var next = try existing(type, object.key)
    next.status = object.status
    return put(next, as: type)
  }

  func patch(
    _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, fieldManager: String
  ) async throws -> DynamicObject {
    note("patch", type, key)
    var next = try existing(type, key)
    switch patch {
    case .merge(let change), .strategic(let change): next.json = next.json.merging(patch: change)
    case .json(let change): next.json = try change.applied(to: next.json)
    }
    guard next.isDeleting, next.finalizers.isEmpty else { return put(next, as: type) }
    objects[ObjectReference(type, key)] = nil
    return next
  }

  func delete(_ type: ResourceType, _ key: ObjectKey, options: DeleteOptions) async throws {
    note("delete", type, key)
    objects[ObjectReference(type, key)] = nil
  }
}

/// Gives an informer one list, and ends.
struct OneList: WatchSource {
  let objects: [DynamicObject]

  func watch(
    _ request: WatchRequest, trouble: @escaping @Sendable (String) -> Void, receive: (WatchEvent) async -> Void
  ) async throws {
    await receive(.restarted)
    for object in objects { await receive(.initial(object)) }
    await receive(.synced(resourceVersion: "1"))
  }
}

/// What controllers share, on a cluster in memory and on real databases.
struct Workplace: Sendable {
  let cluster = TestCluster()
  let caches = Caches(namespaces: [])
  let pools = DatabasePools()
  let http = HTTPClient(HTTPClientConfiguration(retry: .never))
  let secrets: SecretReader
  let directory: TrackingDirectory
  let connections: TrackingConnections
  /// The runs of MLflow, wherever it is.
  var stores: RunStores {
    { [connections] in MLflowRuns(connection: try await connections.connection(to: $0), date: { Date() }) }
  }
  let children: ChildReader
  let context = ReconcileContext(log: Logger("test", to: LogOutput(level: .error)), reconcileID: "1")

  init(_ defaults: TrackingDefaults = TrackingDefaults()) {
    secrets = SecretReader(cluster)
    directory = TrackingDirectory(defaults: defaults, secrets: secrets)
    connections = TrackingConnections(pools: pools, client: http)
    children = ChildReader(caches: caches, client: cluster, secrets: secrets)
  }

  var routers: RouterGather { RouterGather(caches: caches, client: RouterClient(client: http)) }

  func shell(_ name: String) -> ApplyShell { ApplyShell(client: cluster, controller: name) }

  /// Fills the caches with what the cluster has.
  func refresh() async throws {
    for informer in caches.all {
      let selector = informer.requests.first?.selector.labels
      let objects = await cluster.objects(informer.type).filter { object in
        selector == nil || object.labels["app.kubernetes.io/managed-by"] == "martlet"
      }
      try await informer.run(from: OneList(objects: objects))
    }
  }

  func close() async {
    await pools.closeAll()
    await http.shutdown()
  }

  static func secret(_ name: String, _ fields: [String: String]) -> DynamicObject {
    var secret = DynamicObject(.secret, ObjectKey(namespace: "ml", name: name))
    secret.json["data"] = JSONValue(fields.mapValues { Data($0.utf8).base64EncodedString() })
    return secret
  }

  /// A resource of this project's kinds with a UID and a generation.
  static func resource(_ type: ResourceType, _ name: String, _ spec: JSONValue) -> DynamicObject {
    var object = DynamicObject(type, ObjectKey(namespace: "ml", name: name))
    object.json[path: "metadata", "uid"] = .string("uid-\(name)-\(UInt64.random(in: 0 ... .max))")
    object.json[path: "metadata", "generation"] = 1
    object.spec = spec
    return object
  }
}

extension DynamicObject {
  func statusCondition(_ type: String) -> JSONValue? {
    status["conditions"]?.array?.first { $0["type"]?.string == type }
  }
}
