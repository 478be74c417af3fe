/// Defines features once, for point-in-time training sets and an online store alike.
public struct FeatureSet: CustomResource, Hashable {
  public static let type = ResourceType(
    group: APIGroup.name, version: APIGroup.version, kind: "FeatureSet", plural: "featuresets")

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
