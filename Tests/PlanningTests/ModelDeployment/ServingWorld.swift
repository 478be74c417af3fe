import CRDTypes
import FoundationEssentials
import JSON

@testable import Planning

/// A deployment with what tests mostly vary, and the cluster that it is planned into.
struct ServingWorld: Sendable {
  var resource: ModelDeployment
  var world = ObjectWorld()
  var model: ServingObservation.Model = Self.model(1)
  var access: ServingObservation.Access? = .init(uri: "http://mlflow:5000", credentials: "martlet-tracking")
  /// By the revision that they are of.
  var troubles: [String: [ServingObservation.PodTrouble]] = [:]
  var conflicts: [NameConflict] = []
  var rival: ObjectKey?
  var keys: ServingObservation.Keys?
  var warmUp: ServingObservation.WarmUp = .pending
  var measurements: [String: CheckMeasurement] = [:]
  var traffic: [String: TrafficCounts] = [:]
  /// The pods of the router; empty until they are started.
  var routers: [RouterPod] = []
  var now = Date(timeIntervalSince1970: 1_800_000_000)
  var events: [EventDraft] = []
  var image = "mlflow:3"
  var runtimes: [ServingRuntime] = []

  init(_ change: (inout ModelDeployment) -> Void = { _ in }) {
    var metadata = ObjectMeta(name: "churn", namespace: "ml")
    metadata.uid = "mdep-uid"
    metadata.generation = 1
    resource = ModelDeployment(
      metadata: metadata,
      spec: .init(
        model: .init(sweep: .init(name: "churn")), replicas: 2,
        ingress: .init(class: "nginx", host: "churn.example.com", path: "/")))
    change(&resource)
  }

  /// A model of the sweep.
  static func model(_ number: Int) -> ServingObservation.Model {
    .resolved(.init(source: "sweep/churn", runID: "r\(number)", uri: "models:/m-\(number)"))
  }

  var planner: ServingPlanner { ServingPlanner(.init(image: image, routerImage: "haproxy:2.8", runtimes: runtimes)) }

  func plan() -> Plan<ModelDeployment.Status, ServingRecord> {
    let revisions = world.objects(.deployment).filter { $0.labels[ServedRevision.label] != nil }.map { deployment in
      ServingObservation.Revision(
        deployment: deployment, service: world.object(.service, deployment.name),
        disruptionBudget: world.object(.podDisruptionBudget, deployment.name),
        autoscaler: world.object(.horizontalPodAutoscaler, deployment.name), troubles: troubles[deployment.name] ?? [])
    }
    return planner.plan(
      resource,
      observing: ServingObservation(
        model: model, access: access, revisions: revisions, service: world.object(.service, "churn"),
        ingress: world.object(.ingress, "churn"), httpRoute: world.object(.httpRoute, "churn"),
        router: world.router("churn-traffic", pods: routers), keys: keys, warmUp: warmUp, measurements: measurements,
        traffic: traffic, conflicts: conflicts, rival: rival),
      at: now)
  }

  /// Plans and carries out; gives the plan. Routers take the slots that they are given.
  @discardableResult
  mutating func reconcile() -> Plan<ModelDeployment.Status, ServingRecord> {
    let plan = plan()
    for case .setSlots(let change) in world.carryOut(plan) {
      for index in routers.indices where routers[index].pod == change.pod {
        routers[index].version = change.slots.version
      }
    }
    resource.status = plan.status
    events += plan.events
    return plan
  }

  /// Pods become as the Deployments want them, and routers take their configuration, until nothing changes any more.
  /// - Parameter failing: revisions of which no pod becomes ready.
  mutating func settle(failing: Set<String> = []) {
    for _ in 0..<20 {
      let before = (world.objects, resource.status, routers)
      reconcile()
      for deployment in world.objects(.deployment) {
        let wanted = deployment.spec["replicas"]?.integer ?? 1
        let ready = failing.contains(deployment.name) ? 0 : wanted
        world.setStatus(
          .deployment, deployment.name,
          [
            "observedGeneration": 1, "replicas": .integer(wanted), "updatedReplicas": .integer(wanted),
            "readyReplicas": .integer(ready), "availableReplicas": .integer(ready),
          ])
      }
      startRouters()
      if before.0 == world.objects, before.1 == resource.status, before.2 == routers { return }
    }
  }

  /// Pods of the router run with the configuration that its Deployment has.
  mutating func startRouters() {
    let router = world.router("churn-traffic", pods: [])
    guard let deployment = router.deployment else {
      routers = []
      return
    }
    let digest = deployment.spec[
      path: "template", "metadata", "annotations", RouterManifests.configurationAnnotation]?.string
    guard routers.first?.configuration != digest else { return }
    routers = (0..<2).map {
      RouterPod(
        pod: "t\($0)-\(digest ?? "")", address: "10.2.0.\($0)", configuration: digest, version: router.slots?.version)
    }
  }

  mutating func pass(_ seconds: Double) {
    now.addTimeInterval(seconds)
    settle()
  }

  /// The shares of the traffic that the routers give.
  var shares: [String: Int] { world.router("churn-traffic", pods: []).slots?.weights ?? [:] }

  /// The revisions' Deployments.
  var revisions: [DynamicObject] { world.objects(.deployment).filter { $0.labels[ServedRevision.label] != nil } }

  /// The Deployment of a revision that serves a model of the sweep.
  func revision(_ number: Int) -> DynamicObject? {
    revisions.first { $0.annotations[ServedRevision.modelAnnotation]?.contains("models:/m-\(number)\"") == true }
  }

  func name(_ number: Int) -> String { revision(number)?.name ?? "" }
  func replicas(_ number: Int) -> Int64 { revision(number)?.spec["replicas"]?.integer ?? -1 }
  func condition(_ type: String) -> Condition? { resource.status?.conditions?[type] }
  var stable: String? { resource.status?.stable?.name }
  var candidate: String? { resource.status?.candidate?.name }
}
