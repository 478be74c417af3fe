public import CRDTypes
public import FoundationEssentials
import JSON

/// Decides how an experiment's traffic is split: the router, its slots, and what is known of the split.
public struct ExperimentPlanner: Planner {
  public typealias Resource = ABExperiment
  public typealias Observation = ExperimentObservation
  public typealias Record = ExperimentRecord

  public struct Settings: Sendable, Hashable {
    /// The image of the router where an experiment names none: HAProxy 2.6 or later with its Prometheus exporter.
    public var image: String
    /// How often the routers are asked for what they have seen.
    public var poll: Duration
    /// How soon an object that the API server refused is tried again.
    public var refusalRetry: Duration = .seconds(30)

    public init(image: String, poll: Duration = .seconds(5)) {
      self.image = image
      self.poll = poll
    }
  }

  private let settings: Settings

  public init(_ settings: Settings) { self.settings = settings }

  /// The objects that an experiment has: its router's, and the Ingress under the experiment's own name.
  public static func children(of resource: ABExperiment) -> [ObjectReference] {
    let router = routerKey(of: resource)
    let ingress = resource.spec.ingress == nil ? [] : [ObjectReference(.ingress, resource.key)]
    return RouterObjects.types.map { ObjectReference($0, router) } + ingress
  }

  /// The name of the router's objects.
  public static func routerKey(of resource: ABExperiment) -> ObjectKey {
    ObjectKey(namespace: resource.metadata.namespace, name: "\(resource.metadata.name ?? "")-router")
  }

  /// The label of a router's pods: its key, and its value for an experiment's name.
  public static let podLabel = "martlet.dev/experiment"
  public static func podLabelValue(_ name: String) -> String { ChildLabels.labelValue(name) }

  public func plan(
    _ resource: ABExperiment, observing now: ExperimentObservation, at time: Date
  ) -> Plan<ABExperiment.Status, ExperimentRecord> {
    var conditions = ConditionList(generation: resource.metadata.generation)
    var status = resource.status ?? ABExperiment.Status()
    status.observedGeneration = resource.metadata.generation
    var plan = Plan<ABExperiment.Status, ExperimentRecord>(status: status, next: .whenChanged)
    guard resource.metadata.deletionTimestamp == nil else { return plan }
    let problems = resource.spec.problems()
    if let conflict = now.conflicts.first, problems.isEmpty {
      plan.next = .after(settings.poll)
      conditions.stalled("NameTaken", conflict.message)
      conditions.set("Running", false, "NameTaken", conflict.message)
    } else if problems.isEmpty,
      let reason = IngressManifest.impossible(resource.spec.ingress, route: resource.spec.routeProvider)
    {
      conditions.stalled("NotYetSupported", reason)
      conditions.set("Running", false, "NotYetSupported", reason)
    } else if problems.isEmpty {
      plan.next = .after(settings.poll)
      conditions.notSupported(Self.ignoredFields(resource.spec))
      split(resource, now, &conditions, &plan, at: time)
    } else {
      conditions.invalid(problems)
      conditions.set("Running", false, "InvalidSpec", "the spec is not valid")
    }
    plan.status.conditions = conditions.final(after: resource.status?.conditions, at: time)
    plan.events += conditions.event(after: resource.status?.conditions, action: "Split")
    return plan
  }

  /// The plan where the API server does not take an object that a plan has asked for.
  ///
  /// - Parameter isFinal: whether only another spec can help.
  public func refused(
    _ resource: ABExperiment, because message: String, isFinal: Bool, at time: Date
  ) -> Plan<ABExperiment.Status, ExperimentRecord> {
    let old = resource.status
    let conditions = ConditionList.refused(
      message, isFinal: isFinal, generation: resource.metadata.generation, after: old?.conditions)
    var status = old ?? ABExperiment.Status()
    status.observedGeneration = resource.metadata.generation
    status.conditions = conditions.final(after: old?.conditions, at: time)
    return Plan(
      status: status, events: conditions.event(after: old?.conditions, action: "Split"),
      next: .after(settings.refusalRetry))
  }

  /// From so many requests on, status is only written again when there is one percent more of them.
  private static let exactCounts: Int64 = 10_000

  private static func ignoredFields(_ spec: ABExperiment.Spec) -> [String] {
    var fields = IngressManifest.unsupported(spec.ingress)
    if spec.metrics?.isEmpty == false { fields.append("spec.metrics") }
    if spec.analysis != nil { fields.append("spec.analysis") }
    if spec.bandit != nil { fields.append("spec.bandit") }
    if spec.onDecision != nil { fields.append("spec.onDecision") }
    if spec.isSuspended { fields.append("spec.suspend") }
    if spec.tracking != nil { fields.append("spec.tracking") }
    return fields
  }

  static func weights(_ spec: ABExperiment.Spec) -> [(variant: String, weight: Int)] {
    zip(spec.variants, spec.initialWeights).map { ($0.name, Int($1)) }
  }

  private func split(
    _ resource: ABExperiment, _ now: ExperimentObservation, _ conditions: inout ConditionList,
    _ plan: inout Plan<ABExperiment.Status, ExperimentRecord>, at time: Date
  ) {
    let spec = resource.spec
    let weights = Self.weights(spec)
    let slots = SlotTable(weights: weights, previous: now.router.slots)
    let missing = spec.variants.filter { now.arms[$0.deployment]?.exists != true }
    let unaddressed = spec.variants.filter { now.arms[$0.deployment]?.address == nil }

    if unaddressed.isEmpty {
      apply(resource, now, slots, &plan)
      plan.steps += now.router.changes(to: slots).map { .record(.setSlots($0)) }
    }
    report(resource, now, weights, &plan)
    let unready = spec.variants.filter { (now.arms[$0.deployment]?.readyReplicas ?? 0) < 1 }
    let routers = now.router.pods.count
    let lagging = now.router.lagging(behind: slots)
    let rollout = DeploymentState(now.router.deployment)

    if let first = missing.first {
      let names = missing.map { "\($0.deployment) (variant \($0.name))" }.joined(separator: ", ")
      // Not stalled: what is applied together with the experiment may come a moment later, and tools that wait for
      // a whole folder of manifests give up on what is stalled.
      conditions.reconciling(
        "DeploymentNotFound",
        "there is no ModelDeployment \(names) in this namespace: create it or change "
          + "spec.variants[\(first.name)].deployment", isTrouble: true)
      conditions.set("Running", false, "DeploymentNotFound", "a variant's ModelDeployment does not exist")
    } else if let first = unaddressed.first {
      conditions.reconciling("WaitingForVariant", "ModelDeployment \(first.deployment) has no Service yet")
      conditions.set("Running", false, "WaitingForVariant", "ModelDeployment \(first.deployment) has no Service yet")
    } else if routers == 0 {
      conditions.reconciling("RouterNotReady", "no router pod is ready: \(rollout.message)")
      conditions.set("Running", false, "RouterNotReady", "no router pod is ready")
    } else if let first = unready.first {
      let message =
        "variant \(first.name): no replica of ModelDeployment \(first.deployment) is ready; its users get the control"
      conditions.reconciling("VariantNotReady", message)
      conditions.set("Running", true, "SplittingPartly", message)
    } else if !lagging.isEmpty {
      conditions.reconciling(
        "Reweighting", "\(lagging.count) of \(routers) routers do not have the new weights yet")
      conditions.set("Running", true, "Splitting", "traffic is being split")
    } else {
      conditions.ready("Splitting", "\(routers) routers split traffic \(plan.status.split ?? "")")
      conditions.set("Running", true, "Splitting", "traffic is split \(plan.status.split ?? "")")
    }
    if plan.status.startTime == nil, routers > 0, unready.isEmpty {
      plan.status.startTime = Timestamp.text(time)
    }
    conditions.set(
      "Concluded", false, spec.analysis == nil ? "NoAnalysis" : "NotYetSupported",
      spec.analysis == nil
        ? "the weights are fixed: nothing is to be decided"
        : "this version of the operator splits traffic and counts requests; it does not analyse metrics yet")
  }

  private func apply(
    _ resource: ABExperiment, _ now: ExperimentObservation, _ slots: SlotTable,
    _ plan: inout Plan<ABExperiment.Status, ExperimentRecord>
  ) {
    let spec = resource.spec
    let configuration = RouterConfiguration(
      assignment: .user(
        salt: spec.assignment.salt ?? resource.metadata.uid ?? "", header: spec.assignment.header,
        cookie: spec.assignment.cookie ?? "martlet_user"),
      backends: spec.variants.compactMap { variant in
        now.arms[variant.deployment]?.address.map { .init(variant: variant.name, server: $0) }
      },
      control: spec.variants.first { $0.control == true }?.name ?? spec.variants.first?.name ?? "")
    let name = resource.metadata.name ?? ""
    let owner = resource.controllerReference
    let manifests = RouterManifests(
      key: Self.routerKey(of: resource), owner: owner, instance: name, label: (Self.podLabel, name),
      configuration: configuration, slots: slots, image: settings.image, replicas: spec.routerReplicas,
      resources: spec.router?.resources)
    plan.steps += now.router.steps(toward: manifests)
    let ingress = spec.ingress.map {
      IngressManifest.make(
        $0, key: resource.key, service: manifests.key.name, labels: manifests.service.labels, owner: owner)
    }
    if let ingress {
      plan.apply(ingress, over: now.ingress)
    } else {
      plan.delete(.ingress, now.ingress)
    }
  }

  private func report(
    _ resource: ABExperiment, _ now: ExperimentObservation, _ weights: [(variant: String, weight: Int)],
    _ plan: inout Plan<ABExperiment.Status, ExperimentRecord>
  ) {
    let spec = resource.spec
    let requests = now.router.pods.reduce(into: [String: Int64]()) { sums, router in
      for (variant, counts) in router.traffic { sums[variant, default: 0] += counts.requests }
    }
    let total = requests.values.reduce(0, +)
    plan.status.split = weights.map { String($0.weight) }.joined(separator: "/")
    plan.status.url =
      spec.ingress.flatMap { IngressManifest.url($0, observed: now.ingress) }
      ?? "http://\(resource.metadata.name ?? "")-router.\(resource.metadata.namespace ?? "").svc"
    let told = Dictionary(
      (resource.status?.variants ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let toldTotal = told.values.reduce(0) { $0 + ($1.requests ?? 0) }
    // Otherwise status would be written at every look for as long as there is traffic.
    let isOldNews = total >= Self.exactCounts && total >= toldTotal && (total - toldTotal) * 100 < toldTotal
    plan.status.variants = zip(spec.variants, weights).map { variant, weight in
      let arm = now.arms[variant.deployment]
      let ready = (arm?.readyReplicas ?? 0) > 0
      let count = requests[variant.name] ?? 0
      let old = isOldNews ? told[variant.name] : nil
      return ABExperiment.VariantStatus(
        name: variant.name, deployment: variant.deployment, weight: Int64(weight.weight), ready: ready,
        observedShare: old?.observedShare
          ?? (total > 0 ? DecimalText.text((Double(count) / Double(total) * 1000).rounded() / 10) : nil),
        requests: old?.requests ?? count, modelVersion: arm?.modelVersion,
        message: ready ? nil : arm?.exists == true ? "no replica is ready" : "the ModelDeployment does not exist")
    }
  }
}
