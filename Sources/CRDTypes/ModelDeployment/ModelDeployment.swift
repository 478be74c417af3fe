/// Serves a model, from a sweep, a registry, a run or a URI, and moves traffic to new versions step by step.
public struct ModelDeployment: CustomResource, Hashable {
  public static let type = ResourceType(
    group: APIGroup.name, version: APIGroup.version, kind: "ModelDeployment", plural: "modeldeployments")

  public var apiVersion: String?
  public var kind: String?
  public var metadata: ObjectMeta
  public var spec: Spec
  public var status: Status?

  public init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
    apiVersion = Self.type.apiVersion
    kind = Self.type.kind
    self.metadata = metadata
    self.spec = spec
    self.status = status
  }
}
