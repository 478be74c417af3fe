public import CRDTypes
public import FoundationEssentials
import JSON

/// Decides what serves a model: a Deployment with its Service for each revision, how requests are led to them, and how
/// traffic moves to a new one.
///
/// While the model's source cannot be asked, what serves goes on as it is.
public struct ServingPlanner: Planner {
  public typealias Resource = ModelDeployment
  public typealias Observation = ServingObservation
  public typealias Record = ServingRecord

  public struct Settings: Sendable, Hashable {
    /// The image of the MLflow runtime where a deployment names none.
    public var image: String
    /// The image of the router: HAProxy 2.6 or later with its Prometheus exporter.
    public var routerImage: String
    /// The servers that deployments may name, beside MLflow's.
    public var runtimes: [ServingRuntime]
    /// How long until the model's source is looked at again. A change of a sweep is noticed at once.
    public var poll: Duration
    /// How often a rollout is looked at while it goes on.
    public var rolloutPoll: Duration = .seconds(2)
    /// How soon an object that the API server refused is tried again.
    public var refusalRetry: Duration = .seconds(30)

    public init(
      image: String, routerImage: String = "haproxy", runtimes: [ServingRuntime] = [], poll: Duration = .seconds(10)
    ) {
      self.image = image
      self.routerImage = routerImage
      self.runtimes = [.mlflow] + runtimes
      self.poll = poll
    }

    /// The server of a deployment; a template of its own needs none.
    func runtime(of spec: ModelDeployment.Spec) -> ServingRuntime? {
      spec.template == nil ? runtimes.first { $0.name == spec.runtime } : .mlflow
    }

    /// The pod template that a model is served with; nil where there is no such server.
    func template(
      _ resource: ModelDeployment, _ model: ModelDeployment.ServedModel, _ access: ServingObservation.Access
    ) -> RevisionTemplate? {
      runtime(of: resource.spec).map {
        RevisionTemplate(resource: resource, model: model, access: access, runtime: $0, defaultImage: image)
      }
    }
  }

  let settings: Settings

  public init(_ settings: Settings) { self.settings = settings }

  /// The label of a deployment's pods: its key, and its value for a deployment's name.
  public static let podLabel = "martlet.dev/model-deployment"
  public static func podLabelValue(_ name: String) -> String { ChildLabels.labelValue(name) }
  /// The label of the pods of a deployment's router; its value is made in the same way.
  public static let routerLabel = "martlet.dev/router"

  /// The objects of a deployment that are not a revision's.
  public static func children(of resource: ModelDeployment) -> [ObjectReference] {
    var out: [ObjectReference] = []
    let entry = resource.spec.entry
    if entry != .gateway {
      out.append(ObjectReference(.service, resource.key))
      if resource.spec.ingress != nil { out.append(ObjectReference(.ingress, resource.key)) }
    }
    if entry == .router {
      let key = routerKey(of: resource)
      out += RouterObjects.types.filter { $0 != .service }.map { ObjectReference($0, key) }
    }
    return out
  }

  /// The name of the router's objects.
  public static func routerKey(of resource: ModelDeployment) -> ObjectKey {
    ObjectKey(namespace: resource.metadata.namespace, name: "\(resource.metadata.name ?? "")-traffic")
  }

  /// The label of a pod with the name of its revision.
  public static let revisionLabel = ServedRevision.label

  /// The port on which the deployment's new pods listen.
  public static func port(of resource: ModelDeployment) -> Int {
    let own = resource.spec.template?[path: "spec", "containers"]?[0]?["ports"]?[0]?["containerPort"]?.int
    return own ?? Int(resource.spec.port)
  }

  /// Whether the deployment's traffic goes through a router of its own.
  public static func hasRouter(_ resource: ModelDeployment) -> Bool { resource.spec.entry == .router }

  /// Whether it goes through an HTTPRoute.
  public static func hasRoute(_ resource: ModelDeployment) -> Bool { resource.spec.entry == .gateway }

  /// The objects that a model would be served with as a new revision: names that must not be somebody else's.
  public func revisionObjects(
    of resource: ModelDeployment, model: ModelDeployment.ServedModel, access: ServingObservation.Access
  ) -> [ObjectReference] {
    guard let template = settings.template(resource, model, access) else { return [] }
    let key = ObjectKey(namespace: resource.metadata.namespace, name: template.name)
    return [ResourceType.deployment, .service, .podDisruptionBudget].map { ObjectReference($0, key) }
  }

  public func plan(
    _ resource: ModelDeployment, observing observation: ServingObservation, at now: Date
  ) -> Plan<ModelDeployment.Status, ServingRecord> {
    let old = resource.status
    var status = old ?? ModelDeployment.Status()
    status.observedGeneration = resource.metadata.generation
    var pass = ServingPass(
      resource: resource, seen: observation, settings: settings, now: now,
      ledger: RevisionLedger(observation.revisions, status),
      plan: Plan(status: status, next: .after(settings.poll)),
      conditions: ConditionList(generation: resource.metadata.generation))
    guard resource.metadata.deletionTimestamp == nil else {
      pass.plan.next = .whenChanged
      return pass.plan
    }
    let problems = resource.spec.problems()
    if !problems.isEmpty {
      pass.conditions.invalid(problems)
      pass.plan.next = .whenChanged
    } else if let reason = Self.impossible(resource.spec) {
      pass.conditions.stalled("NotYetSupported", reason)
      pass.plan.next = .whenChanged
    } else if let conflict = observation.conflicts.first {
      pass.conditions.stalled("NameTaken", conflict.message)
    } else if let rival = observation.rival {
      pass.conditions.stalled("RouteTaken", Self.taken(resource.spec, by: rival))
    } else {
      pass.conditions.notSupported(Self.ignoredFields(resource.spec))
      pass.serve()
    }
    // Where nothing is done for the spec, what serves is as it was.
    for kept in ["Available", "Progressing", "UpToDate"] where pass.conditions.conditions[kept] == nil {
      if let condition = old?.conditions?[kept] {
        pass.conditions.set(kept, condition.status, condition.reason, condition.message)
      }
    }
    var plan = pass.plan
    plan.status.conditions = pass.conditions.final(after: old?.conditions, at: now)
    plan.events += pass.conditions.event(after: old?.conditions, action: "Serve")
    return plan
  }

  /// The plan where the API server does not take an object that a plan has asked for.
  ///
  /// - Parameter isFinal: whether only another spec can help.
  public func refused(
    _ resource: ModelDeployment, because message: String, isFinal: Bool, at now: Date
  ) -> Plan<ModelDeployment.Status, ServingRecord> {
    let old = resource.status
    let conditions = ConditionList.refused(
      message, isFinal: isFinal, generation: resource.metadata.generation, after: old?.conditions)
    var status = old ?? ModelDeployment.Status()
    status.observedGeneration = resource.metadata.generation
    status.conditions = conditions.final(after: old?.conditions, at: now)
    return Plan(
      status: status, events: conditions.event(after: old?.conditions, action: "Serve"),
      next: .after(settings.refusalRetry))
  }

  /// A spec that this version cannot serve at all.
  private static func impossible(_ spec: ModelDeployment.Spec) -> String? {
    if spec.routeProvider == .gateway {
      if spec.ingress?.apiKey != nil {
        return "spec.ingress.apiKey: keys are checked by the operator's router, which stands behind an Ingress only; "
          + "set spec.route to Ingress, or check keys at the Gateway"
      }
      if spec.rollout?.checks?.contains(where: { $0.router != nil }) == true {
        return "spec.rollout.checks: a Gateway does not tell the operator what it counts; use prometheus instead of "
          + "router, or set spec.route to Ingress"
      }
    }
    return nil
  }

  /// What two deployments with one address have: requests would go to either, as the ingress controller likes.
  private static func taken(_ spec: ModelDeployment.Spec, by rival: ObjectKey) -> String {
    let place = "\(spec.ingress?.host ?? "every host")\(spec.ingress?.routedPath ?? "/")"
    return "spec.ingress: ModelDeployment \(rival) has \(place) already: give one of them another host or path; nothing of "
      + "this one is changed meanwhile"
  }

  /// What two deployments must not share: the class, host and path of an Ingress. Nil where there is none, or a Gateway,
  /// which settles such things by itself.
  public static func claim(_ object: DynamicObject) -> String? {
    guard let ingress = object.spec["ingress"], ingress.object != nil, object.spec["route"]?.string != "Gateway" else {
      return nil
    }
    return [ingress["class"]?.string ?? "", ingress["host"]?.string ?? "", ingress["path"]?.string ?? "/"]
      .joined(separator: " ")
  }

  private static func ignoredFields(_ spec: ModelDeployment.Spec) -> [String] {
    var fields: [String] = []
    if spec.routeProvider == .gateway, spec.ingress?.maxBodySize != nil { fields.append("spec.ingress.maxBodySize") }
    return fields
  }
}
