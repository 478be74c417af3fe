import CRDTypes
import FoundationEssentials
import JSON

@testable import Planning

/// A deployment with what tests mostly vary, and the cluster that it is planned into.
struct ServingWorld: Sendable {
  var resource: ModelDeployment
  var world = ObjectWorld()
  var model: ServingObservation.Model = .resolved(
    .init(source: "sweep/churn", runID: "r1", uri: "models:/m-1"))
  var access: ServingObservation.Access? = .init(uri: "http://mlflow:5000", credentials: "martlet-tracking")
  var troubles: [ServingObservation.PodTrouble] = []
  var conflicts: [NameConflict] = []
  var now = Date(timeIntervalSince1970: 1_800_000_000)
  var events: [EventDraft] = []

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

  func plan() -> Plan<ModelDeployment.Status, Never> {
    ServingPlanner(.init(image: "mlflow:3")).plan(
      resource,
      observing: ServingObservation(
        model: model, access: access, deployment: world.object(.deployment, "churn"),
        service: world.object(.service, "churn"), ingress: world.object(.ingress, "churn"),
        autoscaler: world.object(.horizontalPodAutoscaler, "churn"), troubles: troubles, conflicts: conflicts),
      at: now)
  }

  /// Plans and carries out; gives the plan.
  @discardableResult
  mutating func reconcile() -> Plan<ModelDeployment.Status, Never> {
    let plan = plan()
    _ = world.carryOut(plan)
    resource.status = plan.status
    events += plan.events
    return plan
  }

  /// The pods of the Deployment become ready.
  mutating func rollOut(ready: Int64 = 2, of total: Int64 = 2) {
    world.setStatus(
      .deployment, "churn",
      [
        "observedGeneration": 1, "replicas": .integer(total), "updatedReplicas": .integer(total),
        "readyReplicas": .integer(ready), "availableReplicas": .integer(ready),
      ])
  }

  func condition(_ type: String) -> Condition? { resource.status?.conditions?[type] }
}
