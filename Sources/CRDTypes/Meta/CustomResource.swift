/// A custom resource of this project: what a user wants (`spec`) and what the operator reports (`status`).
public protocol CustomResource: Sendable, Codable {
  associatedtype Spec: Sendable, Hashable, Codable
  associatedtype Status: Sendable, Hashable, Codable

  /// The kind and its REST endpoint.
  static var type: ResourceType { get }

  var metadata: ObjectMeta { get set }
  var spec: Spec { get set }
  var status: Status? { get set }
}

extension CustomResource {
  public var key: ObjectKey { metadata.key }

  /// The reference that makes an object this resource's own: garbage collection deletes it with the resource.
  public var controllerReference: OwnerReference {
    OwnerReference(
      apiVersion: Self.type.apiVersion, kind: Self.type.kind, name: metadata.name ?? "", uid: metadata.uid ?? "",
      controller: true, blockOwnerDeletion: true)
  }
}
