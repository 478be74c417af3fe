public import JSON

/// A Kubernetes object of any kind, with every field kept as the server sent it.
///
/// The typed accessors read and write the common metadata in place, so an object that is changed and sent back
/// loses nothing that this project does not know.
public struct DynamicObject: Sendable, Hashable {
  public var json: JSONValue

  public init(_ json: JSONValue) { self.json = json }

  /// An object of `type` with nothing but its identity: the start of a manifest.
  public init(_ type: ResourceType, _ key: ObjectKey) {
    json = ["apiVersion": .string(type.apiVersion), "kind": .string(type.kind)]
    name = key.name
    if let namespace = key.namespace { self.namespace = namespace }
  }

  public var apiVersion: String { json["apiVersion"]?.string ?? "" }
  public var kind: String { json["kind"]?.string ?? "" }
  public var metadata: JSONValue { json["metadata"] ?? .object([:]) }

  public var name: String {
    get { metadata["name"]?.string ?? "" }
    set { json[path: "metadata", "name"] = .string(newValue) }
  }

  public var namespace: String? {
    get { metadata["namespace"]?.string }
    set { json[path: "metadata", "namespace"] = newValue.map(JSONValue.string) }
  }

  public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }
  public var uid: String { metadata["uid"]?.string ?? "" }
  public var generation: Int64 { metadata["generation"]?.integer ?? 0 }
  public var creationTimestamp: String? { metadata["creationTimestamp"]?.string }
  public var deletionTimestamp: String? { metadata["deletionTimestamp"]?.string }
  public var isDeleting: Bool { deletionTimestamp != nil }

  public var resourceVersion: String {
    get { metadata["resourceVersion"]?.string ?? "" }
    set { json[path: "metadata", "resourceVersion"] = .string(newValue) }
  }

  public var labels: [String: String] {
    get { metadata["labels"]?.stringMap ?? [:] }
    set { json[path: "metadata", "labels"] = newValue.isEmpty ? nil : JSONValue(newValue) }
  }

  public var annotations: [String: String] {
    get { metadata["annotations"]?.stringMap ?? [:] }
    set { json[path: "metadata", "annotations"] = newValue.isEmpty ? nil : JSONValue(newValue) }
  }

  public var finalizers: [String] {
    get { metadata["finalizers"]?.array?.compactMap(\.string) ?? [] }
    set { json[path: "metadata", "finalizers"] = newValue.isEmpty ? nil : JSONValue(newValue) }
  }

  public var ownerReferences: [OwnerReference] {
    get {
      (metadata["ownerReferences"]?.array ?? []).compactMap { reference in
        guard let apiVersion = reference["apiVersion"]?.string, let kind = reference["kind"]?.string,
          let name = reference["name"]?.string, let uid = reference["uid"]?.string
        else { return nil }
        return OwnerReference(
          apiVersion: apiVersion, kind: kind, name: name, uid: uid, controller: reference["controller"]?.bool,
          blockOwnerDeletion: reference["blockOwnerDeletion"]?.bool)
      }
    }
    set {
      json[path: "metadata", "ownerReferences"] =
        newValue.isEmpty
        ? nil
        : .array(
          newValue.map { owner in
            .compact([
              "apiVersion": .string(owner.apiVersion), "kind": .string(owner.kind), "name": .string(owner.name),
              "uid": .string(owner.uid), "controller": owner.controller.map(JSONValue.bool),
              "blockOwnerDeletion": owner.blockOwnerDeletion.map(JSONValue.bool),
            ])
          })
    }
  }

  /// The owner that manages this object, if one does.
  public var controllerReference: OwnerReference? { ownerReferences.first { $0.controller == true } }

  public var spec: JSONValue {
    get { json["spec"] ?? .null }
    set { json["spec"] = newValue }
  }

  public var status: JSONValue {
    get { json["status"] ?? .null }
    set { json["status"] = newValue }
  }
}
