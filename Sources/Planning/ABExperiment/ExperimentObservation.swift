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

  /// A pod of the router.
  public struct Router: Sendable, Hashable {
    public var pod: String
    public var address: String
    /// The version of the slots that it uses; nil where it did not answer.
    public var version: String?
    /// Requests that it has sent to each variant since it started.
    public var requests: [String: Int64]

    public init(pod: String, address: String, version: String?, requests: [String: Int64]) {
      self.pod = pod
      self.address = address
      self.version = version
      self.requests = requests
    }
  }

  /// By ModelDeployment.
  public var arms: [String: Arm]
  public var routers: [Router]
  public var configMap: DynamicObject?
  public var secret: DynamicObject?
  public var deployment: DynamicObject?
  public var service: DynamicObject?
  public var ingress: DynamicObject?
  public var disruptionBudget: DynamicObject?
  /// Objects of others under the names of this experiment's own.
  public var conflicts: [NameConflict]
  /// A random text, used once: the control token of a router that has none yet.
  public var freshToken: String

  public init(
    arms: [String: Arm], routers: [Router] = [], configMap: DynamicObject? = nil, secret: DynamicObject? = nil,
    deployment: DynamicObject? = nil, service: DynamicObject? = nil, ingress: DynamicObject? = nil,
    disruptionBudget: DynamicObject? = nil, conflicts: [NameConflict] = [], freshToken: String
  ) {
    self.arms = arms
    self.routers = routers
    self.configMap = configMap
    self.secret = secret
    self.deployment = deployment
    self.service = service
    self.ingress = ingress
    self.disruptionBudget = disruptionBudget
    self.conflicts = conflicts
    self.freshToken = freshToken
  }
}

/// A change of the traffic split in a running router.
public enum ExperimentRecord: Sendable, Hashable {
  /// Gives a router's slots their variants. All of them are sent: a router may have started from an older file.
  case setSlots(pod: String, address: String, slots: SlotTable)
}
