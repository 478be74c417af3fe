public import CRDTypes
public import JSON

extension KubernetesClient {
  /// Makes an object; throws an `APIError` with `isAlreadyExists` where its name is taken. After a connection broke
  /// the object may exist: the request is never sent twice by itself.
  @discardableResult
  public func create(
    _ object: DynamicObject, as type: ResourceType, fieldManager: String
  ) async throws -> DynamicObject {
    var call = APICall(
      "POST", type.collectionPath(namespace: settled(object.key, type).namespace), query: writeQuery(fieldManager),
      contentType: "application/json", body: object.json.bytes())
    call.repeatable = !object.name.isEmpty
    return DynamicObject(try await json(call))
  }

  /// Makes a subresource of an object, such as a pod's `eviction` or a service account's `token`.
  @discardableResult
  public func create(
    _ body: JSONValue, subresource: String, of key: ObjectKey, as type: ResourceType
  ) async throws -> JSONValue {
    try await json(
      APICall(
        "POST", path(type, key, subresource: subresource), contentType: "application/json", body: body.bytes()))
  }

  /// Replaces an object, or its subresource such as `status`. Where the object holds a resource version that is not
  /// the current one, the server answers 409.
  @discardableResult
  public func replace(
    _ object: DynamicObject, as type: ResourceType, subresource: String? = nil, fieldManager: String
  ) async throws -> DynamicObject {
    DynamicObject(
      try await json(
        APICall(
          "PUT", path(type, object.key, subresource: subresource), query: writeQuery(fieldManager),
          contentType: "application/json", body: object.json.bytes())))
  }

  /// Server-side apply: makes or changes the object so that the given fields are as given, and owned by the manager.
  ///
  /// - Parameters:
  ///   - object: the fields to own and nothing else, with `apiVersion`, `kind`, `metadata.name`. `managedFields` must
  ///     be absent.
  ///   - force: take fields over that another manager owns; without it such a conflict is a 409.
  @discardableResult
  public func apply(
    _ object: DynamicObject, as type: ResourceType, fieldManager: String, force: Bool = true,
    subresource: String? = nil
  ) async throws -> DynamicObject {
    var query = writeQuery(fieldManager)
    if force { query.add("force", "true") }
    // JSON is YAML, so the body needs no other form.
    return DynamicObject(
      try await json(
        APICall(
          "PATCH", path(type, object.key, subresource: subresource), query: query,
          contentType: "application/apply-patch+yaml", body: object.json.bytes())))
  }

  /// Changes an object, or its subresource, by a patch.
  @discardableResult
  public func patch(
    _ type: ResourceType, _ key: ObjectKey, _ patch: Patch, subresource: String? = nil, fieldManager: String
  ) async throws -> DynamicObject {
    DynamicObject(
      try await json(
        APICall(
          "PATCH", path(type, key, subresource: subresource), query: writeQuery(fieldManager),
          contentType: patch.contentType, body: patch.body)))
  }

  /// Deletes an object. Where finalizers or foreground propagation hold it, it still exists afterwards, being deleted.
  public func delete(_ type: ResourceType, _ key: ObjectKey, options: DeleteOptions = .background) async throws {
    try await success(
      APICall("DELETE", path(type, key), contentType: "application/json", body: options.json.bytes()))
  }

  /// Deletes the objects of a collection that a selector picks.
  public func deleteAll(
    _ type: ResourceType, namespace: String?, selector: ListSelector = .all, options: DeleteOptions = .background
  ) async throws {
    var query = Query()
    selector.add(to: &query)
    try await success(
      APICall(
        "DELETE", type.collectionPath(namespace: namespace), query: query, contentType: "application/json",
        body: options.json.bytes()))
  }

  /// Sets the number of replicas through the `scale` subresource.
  public func setScale(_ type: ResourceType, _ key: ObjectKey, replicas: Int, fieldManager: String) async throws {
    try await patch(
      type, key, .merge(["spec": ["replicas": JSONValue(replicas)]]), subresource: "scale",
      fieldManager: fieldManager)
  }

  private func writeQuery(_ fieldManager: String) -> Query {
    ["fieldManager": fieldManager, "fieldValidation": fieldValidation.rawValue]
  }
}
