import CRDTypes
import FoundationEssentials
import JSON

/// The ReplicaSet controller's decisions. Pure.
struct ReplicaSetPlanner: Sendable {
  struct Plan: Sendable {
    var status: JSONValue
    var create: [DynamicObject] = []
    var delete: [DynamicObject] = []
    var wake: TimeInterval?
  }

  let replicaSet: DynamicObject
  let pods: [DynamicObject]
  let now: Date

  func plan() -> Plan {
    let spec = replicaSet.spec
    let wanted = spec["replicas"]?.int ?? 1
    let active = pods.filter(\.isPodActive)
    var plan = Plan(status: replicaSet.status)
    if !replicaSet.isDeleting {
      if active.count < wanted {
        let template = spec["template"] ?? .null
        plan.create = (active.count..<wanted).map { _ in
          PodManifest.make(template: template, owner: replicaSet, generateName: "\(replicaSet.name)-")
        }
      } else if active.count > wanted {
        plan.delete = PodRemovalOrder.first(active.count - wanted, of: active)
      }
    }
    let minimum = spec["minReadySeconds"]?.double ?? 0
    let ready = active.filter(\.isPodReady)
    let waits = ready.map { Self.readySince($0).addingTimeInterval(minimum).timeIntervalSince(now) }
    let available = waits.filter { $0 <= 0 }.count
    plan.wake = waits.filter { $0 > 0 }.min()
    let labels = spec[path: "template", "metadata", "labels"]?.stringMap ?? [:]
    let labelled = active.filter { pod in
      let own = pod.labels
      return labels.allSatisfy { own[$0.key] == $0.value }
    }.count
    plan.status = .compact([
      "replicas": JSONValue(active.count), "observedGeneration": .integer(replicaSet.generation),
      "fullyLabeledReplicas": labelled > 0 ? JSONValue(labelled) : JSONValue?.none,
      "readyReplicas": ready.isEmpty ? JSONValue?.none : JSONValue(ready.count),
      "availableReplicas": available > 0 ? JSONValue(available) : JSONValue?.none,
      "terminatingReplicas": JSONValue(pods.filter { $0.isDeleting && !$0.isPodOver }.count),
    ])
    return plan
  }

  private static func readySince(_ pod: DynamicObject) -> Date {
    pod.condition("Ready")?["lastTransitionTime"]?.string.flatMap(Timestamp.date) ?? Date(timeIntervalSince1970: 0)
  }
}
