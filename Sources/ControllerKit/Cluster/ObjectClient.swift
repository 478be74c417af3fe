public import CRDTypes
public import KubernetesAPI

/// The writes, and the single reads around them, that this module makes. `KubernetesClient` is the real one.
public protocol ObjectClient: Sendable {
  /// Nil where there is no such object.
  func find(_ type: ResourceType, _ key: ObjectKey) async throws -> DynamicObject?
  func create(_ object: DynamicObject, as type: ResourceType, fieldManager: String) async throws -> DynamicObject
  /// Replaces the object; one whose resourceVersion is not current is refused with a conflict.
  func replace(
    _ object: DynamicObject, as type: ResourceType, subresource: String?, fieldManager: String
  ) async throws -> DynamicObject
  func apply(
    _ object: DynamicObject, as type: ResourceType, fieldManager: String, force: Bool, subresource: String?
  ) async throws -> DynamicObject
  func patch(
    _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String?, fieldManager: String
  ) async throws -> DynamicObject
  func delete(_ type: ResourceType, _ key: ObjectKey, options: DeleteOptions) async throws
}

/// Where an informer's events come from.
public protocol WatchSource: Sendable {
  /// Hands every event to `receive`, in order and one at a time, until the task is cancelled. Interruptions are the
  /// source's own business; it tells `trouble` of them.
  func watch(
    _ request: WatchRequest, trouble: @escaping @Sendable (String) -> Void,
    receive: (WatchEvent) async -> Void
  ) async throws
}

/// Asks the server, once, whether a collection can be read.
public protocol CollectionProbe: Sendable {
  /// Throws what a list of the collection would throw.
  func probe(_ type: ResourceType, namespace: String?) async throws
}
