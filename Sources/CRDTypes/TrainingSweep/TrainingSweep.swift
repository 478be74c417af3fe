/// Searches a parameter space with Jobs, records every trial in MLflow and names the best run.
public struct TrainingSweep: CustomResource, Hashable {
  public static let type = ResourceType(
    group: APIGroup.name, version: APIGroup.version, kind: "TrainingSweep", plural: "trainingsweeps")

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
