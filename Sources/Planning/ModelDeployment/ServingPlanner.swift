public import CRDTypes
public import FoundationEssentials
import JSON

/// Decides what serves a model: one Deployment that Kubernetes rolls, its Service and its Ingress.
///
/// A new model changes the pod template; pods of the new one take over as they become ready, and no old one goes
/// before. While the model's source cannot be asked, what serves goes on as it is.
public struct ServingPlanner: Planner {
  public typealias Resource = ModelDeployment
  public typealias Observation = ServingObservation
  public typealias Record = Never

  public struct Settings: Sendable, Hashable {
    /// The image of the MLflow runtime where a deployment names none.
    public var image: String
    /// How long until the model's source is looked at again. A change of a sweep is noticed at once.
    public var poll: Duration
    /// How soon an object that the API server refused is tried again.
    public var refusalRetry: Duration = .seconds(30)

    public init(image: String, poll: Duration = .seconds(10)) {
      self.image = image
      self.poll = poll
    }
  }

  private let settings: Settings

  public init(_ settings: Settings) { self.settings = settings }

  /// The objects that a deployment may have, all under its own name.
  public static func children(of resource: ModelDeployment) -> [ObjectReference] {
    var types: [ResourceType] = [.deployment, .service]
    if resource.spec.ingress != nil { types.append(.ingress) }
    if resource.spec.autoscaling != nil { types.append(.horizontalPodAutoscaler) }
    return types.map { ObjectReference($0, resource.key) }
  }

  /// The label of a deployment's pods: its key, and its value for a deployment's name.
  public static let podLabel = ServingManifests.label
  public static func podLabelValue(_ name: String) -> String { ChildLabels.labelValue(name) }

  public func plan(
    _ resource: ModelDeployment, observing observation: ServingObservation, at now: Date
  ) -> Plan<ModelDeployment.Status, Never> {
    let old = resource.status
    var conditions = ConditionList(generation: resource.metadata.generation)
    var status = old ?? ModelDeployment.Status()
    status.observedGeneration = resource.metadata.generation
    var plan = Plan<ModelDeployment.Status, Never>(status: status, next: .after(settings.poll))
    guard resource.metadata.deletionTimestamp == nil else {
      plan.next = .whenChanged
      return plan
    }

    let problems = resource.spec.problems()
    if !problems.isEmpty {
      conditions.invalid(problems)
      plan.next = .whenChanged
    } else if let reason = Self.impossible(resource.spec) {
      conditions.stalled("NotYetSupported", reason)
      plan.next = .whenChanged
    } else if let conflict = observation.conflicts.first {
      conditions.stalled("NameTaken", conflict.message)
    } else {
      conditions.notSupported(Self.ignoredFields(resource.spec))
      serve(resource, observation, &conditions, &plan)
    }
    plan.status.conditions = conditions.final(after: old?.conditions, at: now)
    plan.events = conditions.event(after: old?.conditions, action: "Serve")
    return plan
  }

  /// The plan where the API server does not take an object that a plan has asked for.
  ///
  /// - Parameter isFinal: whether only another spec can help.
  public func refused(
    _ resource: ModelDeployment, because message: String, isFinal: Bool, at now: Date
  ) -> Plan<ModelDeployment.Status, Never> {
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
    if spec.template != nil { return "spec.template: this version serves with spec.server only; set spec.server" }
    if spec.model.uri != nil {
      return "spec.model.uri: this version serves models that MLflow tracks; set spec.model.sweep, registry or run"
    }
    if spec.runtime != "MLflow" { return "spec.server.runtime: this version has the runtime MLflow only" }
    return IngressManifest.impossible(spec.ingress, route: spec.routeProvider)
  }

  private static func ignoredFields(_ spec: ModelDeployment.Spec) -> [String] {
    var fields = IngressManifest.unsupported(spec.ingress)
    if spec.updatePolicy != .automatic { fields.append("spec.update: Manual") }
    if spec.model.secret != nil { fields.append("spec.model.secret") }
    guard let rollout = spec.rollout else { return fields }
    if spec.strategy != .canary { fields.append("spec.rollout.strategy: \(spec.strategy.rawValue)") }
    if !spec.steps.isEmpty { fields.append("spec.rollout.steps") }
    if rollout.checks?.isEmpty == false { fields.append("spec.rollout.checks") }
    if rollout.warmUp != nil { fields.append("spec.rollout.warmUp") }
    if rollout.paused == true { fields.append("spec.rollout.paused") }
    if rollout.abort == true { fields.append("spec.rollout.abort") }
    if rollout.revision != nil { fields.append("spec.rollout.revision") }
    // The schema fills the defaults in, so only other values were asked for.
    if spec.drainTime != ModelDeployment.Spec.defaultDrainTime { fields.append("spec.rollout.drain") }
    if spec.warmTime != .zero { fields.append("spec.rollout.keepWarm") }
    return fields
  }

  private func serve(
    _ resource: ModelDeployment, _ now: ServingObservation, _ conditions: inout ConditionList,
    _ plan: inout Plan<ModelDeployment.Status, Never>
  ) {
    var trouble: (reason: String, message: String)?
    var model: ModelDeployment.ServedModel?
    switch now.model {
    case .resolved(let found): model = found
    case .unavailable(let reason, let message), .absent(let reason, let message):
      trouble = (reason, message)
      // What was served before goes on being served, unless the spec now names another source.
      if let last = plan.status.model, last.source == resource.spec.model.sourceText { model = last }
    }
    // Without a way to MLflow pods of the same model would get another template than they have.
    if let model, now.access != nil {
      apply(resource, model, now, &plan)
    }
    plan.status.model = model ?? plan.status.model
    report(resource, now, trouble: trouble, isResolved: model != nil, &conditions, &plan)
  }

  private func apply(
    _ resource: ModelDeployment, _ model: ModelDeployment.ServedModel, _ now: ServingObservation,
    _ plan: inout Plan<ModelDeployment.Status, Never>
  ) {
    let manifests = ServingManifests(
      resource: resource, model: model, access: now.access, defaultImage: settings.image,
      observedReplicas: now.deployment?.spec["replicas"]?.integer)
    let wanted = [manifests.deployment, manifests.service, manifests.ingress, manifests.autoscaler].compactMap { $0 }
    let observed = [now.deployment, now.service, now.ingress, now.autoscaler].compactMap { $0 }
    for object in wanted {
      let existing = observed.first { $0.kind == object.kind }
      if existing.map({ !Owned.holds(object, in: $0) }) ?? true { plan.steps.append(.apply(object)) }
    }
    let optional: [(ResourceType, DynamicObject?)] = [
      (.ingress, now.ingress), (.horizontalPodAutoscaler, now.autoscaler),
    ]
    for (type, existing) in optional where !wanted.contains(where: { $0.kind == type.kind }) {
      if let existing { plan.steps.append(.delete(ObjectReference(type, existing.key), uid: existing.uid)) }
    }
    plan.status.selector = manifests.selectorText
  }

  private func report(
    _ resource: ModelDeployment, _ now: ServingObservation, trouble: (reason: String, message: String)?,
    isResolved: Bool, _ conditions: inout ConditionList, _ plan: inout Plan<ModelDeployment.Status, Never>
  ) {
    let counts = now.deployment?.status
    let ready = counts?["readyReplicas"]?.integer ?? 0
    let desired = now.deployment?.spec["replicas"]?.integer ?? resource.spec.replicaCount
    plan.status.replicas = counts?["replicas"]?.integer ?? 0
    plan.status.readyReplicas = ready
    plan.status.desiredReplicas = desired
    plan.status.ready = "\(ready)/\(desired)"
    plan.status.url =
      resource.spec.ingress.flatMap { IngressManifest.url($0, observed: now.ingress) }
      ?? "http://\(resource.metadata.name ?? "").\(resource.metadata.namespace ?? "").svc"

    let isChanging = plan.steps.contains { step in
      if case .apply(let object) = step { object.kind == ResourceType.deployment.kind } else { false }
    }
    let rollout = RolloutState(deployment: now.deployment, isChanging: isChanging)
    let available = counts?["availableReplicas"]?.integer ?? 0
    conditions.set(
      "Available", available > 0 || desired == 0,
      available > 0 ? "ReplicasReady" : desired == 0 ? "ScaledToZero" : "NoReplicaReady",
      "\(available) of \(desired) replicas answer")
    conditions.set("Progressing", rollout.isMoving, rollout.reason, rollout.message)
    let isCurrent = isResolved && trouble == nil && rollout.isDone
    conditions.set(
      "UpToDate", isCurrent, isCurrent ? "ServingResolvedModel" : trouble?.reason ?? rollout.reason,
      isCurrent ? "every replica serves \(plan.status.model?.uri ?? "the model")" : trouble?.message ?? rollout.message)

    if let trouble, !isResolved {
      let isAwaited = if case .absent = now.model { true } else { false }
      conditions.reconciling(trouble.reason, trouble.message, isTrouble: !isAwaited)
    } else if let failing = now.troubles.first, !rollout.isDone {
      let text = "pod \(failing.pod): \(failing.reason)\(failing.message.isEmpty ? "" : ": \(failing.message)")"
      if rollout.isStuck {
        conditions.stalled(failing.reason, text)
      } else {
        conditions.reconciling(failing.reason, text, isTrouble: true)
      }
    } else if rollout.isStuck {
      conditions.stalled(rollout.reason, rollout.message)
    } else if !rollout.isDone {
      conditions.reconciling(rollout.reason, rollout.message)
    } else if let trouble {
      // It serves; that its source cannot be followed is said by UpToDate.
      conditions.ready("ServingLastKnownModel", "\(ready) of \(desired) replicas serve; \(trouble.message)")
    } else {
      conditions.ready("Serving", "\(ready) of \(desired) replicas serve \(plan.status.model?.uri ?? "")")
    }
  }
}

/// How far Kubernetes has brought a Deployment.
struct RolloutState: Sendable, Hashable {
  var isDone = false
  var isStuck = false
  var reason: String
  var message: String
  var isMoving: Bool { !isDone && !isStuck }

  init(deployment: DynamicObject?, isChanging: Bool) {
    guard let deployment, !isChanging,
      deployment.status["observedGeneration"]?.integer ?? 0 >= deployment.generation
    else {
      reason = "RollingOut"
      message = "the Deployment is being changed"
      return
    }
    let status = deployment.status
    let desired = deployment.spec["replicas"]?.integer ?? 1
    let updated = status["updatedReplicas"]?.integer ?? 0
    let available = status["availableReplicas"]?.integer ?? 0
    let total = status["replicas"]?.integer ?? 0
    let progressing = status["conditions"]?.array?.first { $0["type"]?.string == "Progressing" }
    if updated == desired, available >= desired, total == desired {
      isDone = true
      reason = "RolledOut"
      message = "\(available) of \(desired) replicas are ready"
    } else if progressing?["status"]?.string == "False" {
      isStuck = true
      reason = progressing?["reason"]?.string ?? "ProgressDeadlineExceeded"
      let detail = progressing?["message"]?.string ?? "no progress was made in time"
      message = "\(updated) of \(desired) replicas were updated, \(available) answer: \(detail)"
    } else {
      reason = "RollingOut"
      message = "\(updated) of \(desired) replicas were updated, \(available) answer"
    }
  }
}

extension ModelDeployment.ModelSource {
  /// The source as people write it: `sweep/churn`, `models:/churn@champion`, `models:/churn/3`, `runs:/ID`.
  public var sourceText: String {
    if let sweep { return "sweep/\(sweep.name)" }
    if let registry {
      return registry.alias.map { "models:/\(registry.name)@\($0)" }
        ?? "models:/\(registry.name)/\(registry.version ?? "")"
    }
    if let run { return "runs:/\(run)/\(artifactName)" }
    if let loggedModel { return "models:/\(loggedModel)" }
    return uri ?? ""
  }
}
