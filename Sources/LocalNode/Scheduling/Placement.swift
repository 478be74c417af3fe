import CRDTypes
import JSON

/// Where pods that have no node go: the first node by name that is ready, matches and has room. Pure.
enum Placement {
  enum Verdict: Sendable, Hashable {
    case bind(node: String)
    /// No node fits; the message counts why, as the scheduler of Kubernetes words it.
    case unschedulable(String)
  }

  /// Places each pending pod in order; a pod that was placed takes its room.
  static func place(pending: [DynamicObject], bound: [DynamicObject], nodes: [DynamicObject]) -> [(DynamicObject, Verdict)] {
    var used: [String: [String: Int64]] = [:]
    for pod in bound {
      let phase = pod.status["phase"]?.string
      if phase == "Succeeded" || phase == "Failed" { continue }
      take(pod, on: pod.spec["nodeName"]?.string ?? "", &used)
    }
    var out: [(DynamicObject, Verdict)] = []
    for pod in pending {
      let verdict = place(pod, nodes: nodes, used: used)
      if case .bind(let node) = verdict { take(pod, on: node, &used) }
      out.append((pod, verdict))
    }
    return out
  }

  private static func take(_ pod: DynamicObject, on node: String, _ used: inout [String: [String: Int64]]) {
    for (name, amount) in PodRequests(podSpec: pod.spec).milli { used[node, default: [:]][name, default: 0] += amount }
  }

  private static func place(_ pod: DynamicObject, nodes: [DynamicObject], used: [String: [String: Int64]]) -> Verdict {
    var refusals: [String: Int] = [:]
    for node in nodes.sorted(by: { $0.name < $1.name }) {
      let reasons = misfits(pod, node, used[node.name] ?? [:])
      if reasons.isEmpty { return .bind(node: node.name) }
      for reason in reasons { refusals[reason, default: 0] += 1 }
    }
    let counts = refusals.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    if nodes.isEmpty { return .unschedulable("no nodes available to schedule pods") }
    return .unschedulable("0/\(nodes.count) nodes are available: \(counts).")
  }

  private static func misfits(_ pod: DynamicObject, _ node: DynamicObject, _ used: [String: Int64]) -> [String] {
    let conditions = node.status["conditions"]?.array ?? []
    guard conditions.contains(where: { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }) else {
      return ["node(s) were not ready"]
    }
    if node.spec["unschedulable"]?.bool == true { return ["node(s) were unschedulable"] }
    let labels = node.labels
    for (key, value) in pod.spec["nodeSelector"]?.stringMap ?? [:] where labels[key] != value {
      return ["node(s) didn't match Pod's node affinity/selector"]
    }
    for taint in node.spec["taints"]?.array ?? [] where !tolerates(pod, taint) {
      return ["node(s) had untolerated taint(s)"]
    }
    let allocatable = node.status["allocatable"]?.object ?? [:]
    return PodRequests(podSpec: pod.spec).milli.sorted { $0.key < $1.key }.compactMap { name, amount in
      let total = Quantity.milli(allocatable[name]?.string ?? "0") ?? 0
      if amount == 0 || amount + (used[name] ?? 0) <= total { return nil }
      return name == "pods" ? "Too many pods" : "Insufficient \(name)"
    }
  }

  private static func tolerates(_ pod: DynamicObject, _ taint: JSONValue) -> Bool {
    if taint["effect"]?.string == "PreferNoSchedule" { return true }
    return (pod.spec["tolerations"]?.array ?? []).contains { toleration in
      let effect = toleration["effect"]?.string ?? ""
      guard effect.isEmpty || effect == taint["effect"]?.string else { return false }
      let key = toleration["key"]?.string ?? ""
      if toleration["operator"]?.string == "Exists" { return key.isEmpty || key == taint["key"]?.string }
      return key == taint["key"]?.string && (toleration["value"]?.string ?? "") == (taint["value"]?.string ?? "")
    }
  }
}
