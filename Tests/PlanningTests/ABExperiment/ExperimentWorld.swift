import CRDTypes
import FoundationEssentials
import JSON

@testable import Planning

/// An experiment with what tests mostly vary, the cluster that it is planned into, and its routers.
struct ExperimentWorld: Sendable {
  var resource: ABExperiment
  var world = ObjectWorld()
  var arms: [String: ExperimentObservation.Arm] = [
    "churn-v1": .init(exists: true, address: "10.0.0.1:80", readyReplicas: 1, modelVersion: "1"),
    "churn-v2": .init(exists: true, address: "10.0.0.2:80", readyReplicas: 1, modelVersion: "2"),
  ]
  var routers: [RouterPod] = []
  var conflicts: [NameConflict] = []
  var now = Date(timeIntervalSince1970: 1_800_000_000)

  init(_ change: (inout ABExperiment) -> Void = { _ in }) {
    var metadata = ObjectMeta(name: "ab", namespace: "ml")
    metadata.uid = "abx-uid"
    metadata.generation = 1
    resource = ABExperiment(
      metadata: metadata,
      spec: .init(
        ingress: .init(host: "ab.example.com"), assignment: .init(header: "X-User-Id"),
        variants: [
          .init(name: "control", deployment: "churn-v1", weight: 80, control: true),
          .init(name: "treatment", deployment: "churn-v2", weight: 20),
        ]))
    change(&resource)
  }

  func plan() -> Plan<ABExperiment.Status, ExperimentRecord> {
    ExperimentPlanner(.init(image: "haproxy:2.8")).plan(
      resource,
      observing: ExperimentObservation(
        arms: arms, router: world.router("ab-router", pods: routers), ingress: world.object(.ingress, "ab"),
        conflicts: conflicts),
      at: now)
  }

  /// Plans and carries out; routers take the slots that they are given.
  @discardableResult
  mutating func reconcile() -> Plan<ABExperiment.Status, ExperimentRecord> {
    let plan = plan()
    for case .setSlots(let change) in world.carryOut(plan) {
      for index in routers.indices where routers[index].pod == change.pod {
        routers[index].version = change.slots.version
      }
    }
    resource.status = plan.status
    return plan
  }

  /// The table that the router's pods begin with.
  var slots: SlotTable? {
    world.object(.configMap, "ab-router")?.json[path: "data", "slots.map"]?.string.flatMap(SlotTable.init(text:))
  }

  /// Pods of the router become ready, having read the file.
  mutating func startRouters(_ count: Int = 2) {
    routers = (0..<count).map {
      RouterPod(
        pod: "r\($0)", address: "10.1.0.\($0)", version: slots?.version,
        traffic: ["control": .init(requests: 8), "treatment": .init(requests: 2)])
    }
  }

  func condition(_ type: String) -> Condition? { resource.status?.conditions?[type] }
}
