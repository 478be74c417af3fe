public import CRDTypes

/// Everything that a serving decision is made from.
public struct ServingObservation: Sendable {
  /// What the source of the model is at this moment.
  public enum Model: Sendable, Hashable {
    case resolved(ModelDeployment.ServedModel)
    /// It cannot be known now; asking again helps.
    case unavailable(reason: String, message: String)
    /// There is no such model; it may come to be.
    case absent(reason: String, message: String)
  }

  /// How pods reach the tracking server.
  public struct Access: Sendable, Hashable {
    public var uri: String
    /// A Secret in the deployment's namespace with credentials under the tracking secret's keys.
    public var credentials: String?

    public init(uri: String, credentials: String? = nil) {
      self.uri = uri
      self.credentials = credentials
    }
  }

  /// Why a pod does not serve.
  public struct PodTrouble: Sendable, Hashable {
    public var pod: String
    public var reason: String
    public var message: String

    public init(pod: String, reason: String, message: String) {
      self.pod = pod
      self.reason = reason
      self.message = message
    }
  }

  public var model: Model
  public var access: Access?
  public var deployment: DynamicObject?
  public var service: DynamicObject?
  public var ingress: DynamicObject?
  public var autoscaler: DynamicObject?
  public var troubles: [PodTrouble]
  /// Objects of others under the names of this deployment's own.
  public var conflicts: [NameConflict]

  public init(
    model: Model, access: Access?, deployment: DynamicObject? = nil, service: DynamicObject? = nil,
    ingress: DynamicObject? = nil, autoscaler: DynamicObject? = nil, troubles: [PodTrouble] = [],
    conflicts: [NameConflict] = []
  ) {
    self.model = model
    self.access = access
    self.deployment = deployment
    self.service = service
    self.ingress = ingress
    self.autoscaler = autoscaler
    self.troubles = troubles
    self.conflicts = conflicts
  }
}
