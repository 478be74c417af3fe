import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI

/// Objects in memory with the rules that this module relies on: unique names, resource versions, UID preconditions,
/// finalizers, and status as a subresource. Server-side apply is a merge here.
actor MemoryCluster: ObjectClient {
  private(set) var objects: [String: DynamicObject] = [:]
  /// One line a write, in order.
  private(set) var writes: [String] = []
  private var version = 0
  private var refusals: [String: APIError] = [:]

  static func refusal(_ status: Int, _ reason: String) -> APIError {
    APIError(httpStatus: status, reason: reason, message: reason)
  }

  /// Every write whose line begins with `prefix` is refused; nil lets them through again.
  func refuse(_ prefix: String, with error: APIError?) { refusals[prefix] = error }

  func object(_ type: ResourceType, _ name: String) -> DynamicObject? { objects["\(type) a/\(name)"] }

  func put(_ object: DynamicObject, as type: ResourceType) { store(object, "\(type) \(object.key)") }

  private func store(_ object: DynamicObject, _ id: String) {
    version += 1
    var object = object
    object.resourceVersion = String(version)
    if object.uid.isEmpty { object.json[path: "metadata", "uid"] = .string("uid-\(version)") }
    objects[id] = object
  }

  private func note(_ line: String) throws {
    writes.append(line)
    for (prefix, error) in refusals where line.hasPrefix(prefix) { throw error }
  }

  private func existing(_ id: String) throws -> DynamicObject {
    guard let object = objects[id] else { throw Self.refusal(404, "NotFound") }
    return object
  }

  func find(_ type: ResourceType, _ key: ObjectKey) async throws -> DynamicObject? { objects["\(type) \(key)"] }

  func create(_ object: DynamicObject, as type: ResourceType, fieldManager: String) async throws -> DynamicObject {
    let id = "\(type) \(object.key)"
    try note("create \(id)")
    guard objects[id] == nil else { throw Self.refusal(409, "AlreadyExists") }
    store(object, id)
    return try existing(id)
  }

  func replace(
    _ object: DynamicObject, as type: ResourceType, subresource: String?, fieldManager: String
  ) async throws -> DynamicObject {
    let id = "\(type) \(object.key)"
    try note("replace \(id)")
    guard try existing(id).resourceVersion == object.resourceVersion else { throw Self.refusal(409, "Conflict") }
    store(object, id)
    return try existing(id)
  }

  func apply(
    _ object: DynamicObject, as type: ResourceType, fieldManager: String, force: Bool, subresource: String?
  ) async throws -> DynamicObject {
    let id = "\(type) \(object.key)"
    try note("apply \(id)\(subresource.map { "/" + $0 } ?? "") by \(fieldManager)")
    if subresource == "status" {
      var current = try existing(id)
      if !object.uid.isEmpty, object.uid != current.uid { throw Self.refusal(409, "Conflict") }
      current.status = object.status
      store(current, id)
    } else {
      store(DynamicObject((objects[id]?.json ?? .object([:])).merging(patch: object.json)), id)
    }
    return try existing(id)
  }

  func patch(
    _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, fieldManager: String
  ) async throws -> DynamicObject {
    let id = "\(type) \(key)"
    try note("patch \(id)")
    let current = try existing(id)
    var next = current
    switch patch {
    case .merge(let change), .strategic(let change): next.json = current.json.merging(patch: change)
    case .json(let change):
      do { next.json = try change.applied(to: current.json) } catch { throw Self.refusal(422, "Invalid") }
    }
    if next.isDeleting, next.finalizers.isEmpty {
      objects[id] = nil
      return next
    }
    store(next, id)
    return try existing(id)
  }

  func delete(_ type: ResourceType, _ key: ObjectKey, options: DeleteOptions) async throws {
    let id = "\(type) \(key)"
    try note("delete \(id)")
    let current = try existing(id)
    if let uid = options.uid, uid != current.uid { throw Self.refusal(409, "Conflict") }
    objects[id] = nil
  }
}

/// A watch whose events a test sends.
final class ScriptedSource: WatchSource, CollectionProbe {
  private let streams: [String: (stream: AsyncStream<WatchEvent>, input: AsyncStream<WatchEvent>.Continuation)]
  let refusals: [String: APIError]

  init(_ types: [ResourceType], refusing refusals: [String: APIError] = [:]) {
    self.refusals = refusals
    streams = Dictionary(
      uniqueKeysWithValues: types.map { type in
        let (stream, input) = AsyncStream.makeStream(of: WatchEvent.self, bufferingPolicy: .bufferingOldest(1000))
        return (type.qualifiedName, (stream, input))
      })
  }

  func send(_ type: ResourceType, _ events: WatchEvent...) {
    for event in events { streams[type.qualifiedName]?.input.yield(event) }
  }

  func watch(
    _ request: WatchRequest, trouble: @escaping @Sendable (String) -> Void, receive: (WatchEvent) async -> Void
  ) async throws {
    guard let stream = streams[request.type.qualifiedName]?.stream else { return }
    for await event in stream { await receive(event) }
  }

  func probe(_ type: ResourceType, namespace: String?) async throws {
    if let error = refusals[type.qualifiedName] { throw error }
  }
}
