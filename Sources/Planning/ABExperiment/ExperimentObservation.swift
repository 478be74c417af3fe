public import CRDTypes

/// Everything that an experiment's decision is made from.
public struct ExperimentObservation: Sendable {
  /// A variant's model as it is served.
  public struct Arm: Sendable, Hashable {
    /// Whether there is a ModelDeployment of that name.
    public var exists: Bool
    /// The cluster address of its Service, once it has one.
    public var address: String?
    public var readyReplicas: Int64
    public var modelVersion: String?

    public init(exists: Bool, address: String?, readyReplicas: Int64, modelVersion: String? = nil) {
      self.exists = exists
      self.address = address
      self.readyReplicas = readyReplicas
      self.modelVersion = modelVersion
    }
  }

  /// By ModelDeployment.
  public var arms: [String: Arm]
  public var router: RouterObjects
  public var ingress: DynamicObject?
  /// Objects of others under the names of this experiment's own.
  public var conflicts: [NameConflict]

  public init(
    arms: [String: Arm], router: RouterObjects, ingress: DynamicObject? = nil, conflicts: [NameConflict] = []
  ) {
    self.arms = arms
    self.router = router
    self.ingress = ingress
    self.conflicts = conflicts
  }
}

/// A change that an experiment's plan makes outside Kubernetes.
public enum ExperimentRecord: Sendable, Hashable {
  /// Gives a router's slots their variants.
  case setSlots(SlotChange)
}
