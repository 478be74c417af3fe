/// Splits traffic between model deployments, tests which is better, and shifts or promotes.
public struct ABExperiment: CustomResource, Hashable {
  public static let type = ResourceType(
    group: APIGroup.name, version: APIGroup.version, kind: "ABExperiment", plural: "abexperiments")

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
