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
    public var restarts: Int
    public var exitCode: Int64?
    /// The last lines that the container wrote.
    public var log: String?

    public init(
      pod: String, reason: String, message: String, restarts: Int = 0, exitCode: Int64? = nil, log: String? = nil
    ) {
      self.pod = pod
      self.reason = reason
      self.message = message
      self.restarts = restarts
      self.exitCode = exitCode
      self.log = log
    }
  }

  /// A revision's objects as they are.
  public struct Revision: Sendable {
    public var deployment: DynamicObject
    public var service: DynamicObject?
    public var disruptionBudget: DynamicObject?
    public var autoscaler: DynamicObject?
    /// Those of its pods, the newest pod first.
    public var troubles: [PodTrouble]
    /// What a pod that runs has not answered yet; nil where all have, or none runs.
    public var unanswered: String?
    /// The digests of the model's files that its pods have told; more than one where they differ.
    public var digests: Set<String>

    public init(
      deployment: DynamicObject, service: DynamicObject? = nil, disruptionBudget: DynamicObject? = nil,
      autoscaler: DynamicObject? = nil, troubles: [PodTrouble] = [], unanswered: String? = nil,
      digests: Set<String> = []
    ) {
      self.deployment = deployment
      self.service = service
      self.disruptionBudget = disruptionBudget
      self.autoscaler = autoscaler
      self.troubles = troubles
      self.unanswered = unanswered
      self.digests = digests
    }
  }

  /// The keys that requests may carry.
  public enum Keys: Sendable, Hashable {
    /// The names of the Secret's keys, and what changes when the Secret does.
    case present(names: [String], version: String)
    case missing(String)
  }

  /// How the new pods have answered the request to warm up.
  public enum WarmUp: Sendable, Hashable {
    case pending
    case passed
    case failed(String)
  }

  public var model: Model
  public var access: Access?
  public var revisions: [Revision]
  /// The Service under the deployment's own name.
  public var service: DynamicObject?
  public var ingress: DynamicObject?
  /// The HTTPRoute of the Gateway API; read only where the spec asks for one.
  public var httpRoute: DynamicObject?
  public var router: RouterObjects
  public var keys: Keys?
  public var warmUp: WarmUp
  /// What was measured for each check since the step began, by its name.
  public var measurements: [String: CheckMeasurement]
  /// What the routers have counted for each revision since the step began.
  public var traffic: [String: TrafficCounts]
  /// Objects of others under the names of this deployment's own.
  public var conflicts: [NameConflict]
  /// The deployment that has had the same host and path for longer, where there is one.
  public var rival: ObjectKey?

  public init(
    model: Model, access: Access?, revisions: [Revision] = [], service: DynamicObject? = nil,
    ingress: DynamicObject? = nil, httpRoute: DynamicObject? = nil, router: RouterObjects, keys: Keys? = nil,
    warmUp: WarmUp = .pending, measurements: [String: CheckMeasurement] = [:], traffic: [String: TrafficCounts] = [:],
    conflicts: [NameConflict] = [], rival: ObjectKey? = nil
  ) {
    self.model = model
    self.access = access
    self.revisions = revisions
    self.service = service
    self.ingress = ingress
    self.httpRoute = httpRoute
    self.router = router
    self.keys = keys
    self.warmUp = warmUp
    self.measurements = measurements
    self.traffic = traffic
    self.conflicts = conflicts
    self.rival = rival
  }
}

/// A change that a deployment's plan makes outside Kubernetes.
public enum ServingRecord: Sendable, Hashable {
  /// Gives a router's slots their revisions.
  case setSlots(SlotChange)
}

/// What there is to be measured while a new revision is at a step of its rollout.
public struct RolloutWindow: Sendable, Hashable {
  public var candidate: String
  public var stable: String
  public var candidateRun: String?
  public var stableRun: String?
  /// When the step's weight took effect; nil while the first step is still prepared.
  public var start: String?
  public var checks: [ModelDeployment.Check]

  /// Nil where no rollout is under way.
  public init?(_ resource: ModelDeployment) {
    guard let status = resource.status, let candidate = status.candidate, let stable = status.stable else { return nil }
    self.candidate = candidate.name
    self.stable = stable.name
    candidateRun = candidate.model?.runID
    stableRun = stable.model?.runID
    start = status.stepTime
    checks = resource.spec.rollout?.checks ?? []
  }
}
