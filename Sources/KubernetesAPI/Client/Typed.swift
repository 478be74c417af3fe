public import CRDTypes
import JSON

// The same calls for typed values: once for this project's kinds, once for the built-in ones.

extension KubernetesClient {
  /// The resource of a key; throws `ObjectDecodingError` where it does not fit the type.
  public func get<Resource: CustomResource>(
    _: Resource.Type, _ key: ObjectKey
  ) async throws -> Resource {
    try await get(Resource.type, key).typed()
  }

  /// The resource of a key, or nil where there is none.
  public func find<Resource: CustomResource>(
    _: Resource.Type, _ key: ObjectKey
  ) async throws -> Resource? {
    try await find(Resource.type, key)?.typed()
  }

  /// All resources of a collection.
  public func list<Resource: CustomResource>(
    _: Resource.Type, namespace: String? = nil, selector: ListSelector = .all
  ) async throws -> [Resource] {
    try await list(Resource.type, namespace: namespace, selector: selector).items.map { try $0.typed() }
  }

  /// Makes a resource.
  @discardableResult
  public func create<Resource: CustomResource>(
    _ resource: Resource, fieldManager: String
  ) async throws -> Resource {
    try await create(DynamicObject(resource), as: Resource.type, fieldManager: fieldManager).typed()
  }

  /// Server-side apply of a resource's non-nil fields; what the server added to `metadata` is left out.
  @discardableResult
  public func apply<Resource: CustomResource>(
    _ resource: Resource, fieldManager: String, force: Bool = true, subresource: String? = nil
  ) async throws -> Resource {
    try await apply(
      DynamicObject(resource).asApplied(), as: Resource.type, fieldManager: fieldManager, force: force,
      subresource: subresource
    ).typed()
  }
}

extension KubernetesClient {
  /// The resource of a key; throws `ObjectDecodingError` where it does not fit the type.
  public func get<Resource: KubernetesResource>(
    _: Resource.Type, _ key: ObjectKey
  ) async throws -> Resource {
    try await get(Resource.type, key).typed()
  }

  /// The resource of a key, or nil where there is none.
  public func find<Resource: KubernetesResource>(
    _: Resource.Type, _ key: ObjectKey
  ) async throws -> Resource? {
    try await find(Resource.type, key)?.typed()
  }

  /// All resources of a collection.
  public func list<Resource: KubernetesResource>(
    _: Resource.Type, namespace: String? = nil, selector: ListSelector = .all
  ) async throws -> [Resource] {
    try await list(Resource.type, namespace: namespace, selector: selector).items.map { try $0.typed() }
  }

  /// Makes a resource.
  @discardableResult
  public func create<Resource: KubernetesResource>(
    _ resource: Resource, fieldManager: String
  ) async throws -> Resource {
    try await create(DynamicObject(resource), as: Resource.type, fieldManager: fieldManager).typed()
  }

  /// Server-side apply of a resource's non-nil fields; what the server added to `metadata` is left out.
  @discardableResult
  public func apply<Resource: KubernetesResource>(
    _ resource: Resource, fieldManager: String, force: Bool = true, subresource: String? = nil
  ) async throws -> Resource {
    try await apply(
      DynamicObject(resource).asApplied(), as: Resource.type, fieldManager: fieldManager, force: force,
      subresource: subresource
    ).typed()
  }
}

extension DynamicObject {
  /// The object without the metadata that only a server sets; an apply that names it would be refused, or would claim
  /// a state of the object that has passed.
  func asApplied() -> DynamicObject {
    var out = self
    for field in [
      "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
      "managedFields", "selfLink",
    ] {
      out.json[path: "metadata", field] = nil
    }
    return out
  }
}
