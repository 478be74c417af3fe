import CRDTypes
import FoundationEssentials
import JSON

extension DeploymentPlanner {
  /// Counts and conditions as `kubectl rollout status` and `kubectl wait` read them.
  func writeStatus(_ plan: inout Plan) {
    func sum(_ field: String) -> Int { replicaSets.reduce(0) { $0 + ($1.status[field]?.int ?? 0) } }
    let total = sum("replicas")
    let updated = current?.status["replicas"]?.int ?? 0
    let ready = sum("readyReplicas")
    let available = sum("availableReplicas")
    let missing = max(0, replicaSets.reduce(plan.create.map(size) ?? 0) { $0 + size($1) } - available)
    plan.status = .compact([
      "observedGeneration": .integer(deployment.generation), "replicas": total > 0 ? JSONValue(total) : JSONValue?.none,
      "updatedReplicas": updated > 0 ? JSONValue(updated) : JSONValue?.none, "readyReplicas": ready > 0 ? JSONValue(ready) : JSONValue?.none,
      "availableReplicas": available > 0 ? JSONValue(available) : JSONValue?.none,
      "unavailableReplicas": missing > 0 ? JSONValue(missing) : JSONValue?.none,
      "terminatingReplicas": JSONValue(sum("terminatingReplicas")),
      "collisionCount": deployment.status["collisionCount"],
    ])
    let enough = available >= replicas - unavailable
    var conditions = [
      condition(
        "Available", enough, reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.")
    ]
    if let progress = progress(&plan) { conditions.append(progress) }
    plan.status["conditions"] = .array(conditions)
  }

  /// Whether everything is of the current template, and as much as is asked for, and available.
  func isComplete(_ plan: Plan) -> Bool {
    ["updatedReplicas", "replicas", "availableReplicas"].allSatisfy { (plan.status[$0]?.int ?? 0) == replicas }
  }

  /// `syncRolloutStatus` of Kubernetes: a rollout that has ended stays so whatever its pods do later; one that is under
  /// way has until its deadline to come nearer to its end each time.
  private func progress(_ plan: inout Plan) -> JSONValue? {
    let name = current?.name ?? plan.create?.name ?? deployment.name
    let old = deployment.condition("Progressing")
    let reason = old?["reason"]?.string
    if spec["paused"]?.bool == true {
      if reason == "ProgressDeadlineExceeded" { return old }
      return condition("Progressing", nil, reason: "DeploymentPaused", message: "Deployment is paused")
    }
    if plan.create != nil {
      return condition(
        "Progressing", true, reason: "NewReplicaSetCreated", message: "Created new replica set \"\(name)\"")
    }
    func count(_ field: String) -> Int { plan.status[field]?.int ?? 0 }
    func before(_ field: String) -> Int { deployment.status[field]?.int ?? 0 }
    if reason == "NewReplicaSetAvailable", count("replicas") == count("updatedReplicas") { return old }
    if isComplete(plan) {
      return condition(
        "Progressing", true, reason: "NewReplicaSetAvailable",
        message: "ReplicaSet \"\(name)\" has successfully progressed.")
    }
    let isNearer =
      ["updatedReplicas", "readyReplicas", "availableReplicas"].contains { count($0) > before($0) }
      || count("replicas") - count("updatedReplicas") < before("replicas") - before("updatedReplicas")
    let deadline = spec["progressDeadlineSeconds"]?.double ?? 600
    if isNearer {
      plan.wake = deadline + 1
      return condition(
        "Progressing", true, reason: "ReplicaSetUpdated", message: "ReplicaSet \"\(name)\" is progressing.",
        isUpdate: true)
    }
    if reason == "DeploymentPaused" {
      plan.wake = deadline + 1
      return condition("Progressing", nil, reason: "DeploymentResumed", message: "Deployment is resumed")
    }
    guard let old else {
      return condition(
        "Progressing", true, reason: "FoundNewReplicaSet", message: "Found new replica set \"\(name)\"")
    }
    guard reason != "NewReplicaSetAvailable", reason != "ProgressDeadlineExceeded" else { return old }
    let since = old["lastUpdateTime"]?.string.flatMap(Timestamp.date) ?? now
    let left = deadline - now.timeIntervalSince(since)
    guard left < 0 else {
      plan.wake = left + 1
      return old
    }
    return condition(
      "Progressing", false, reason: "ProgressDeadlineExceeded",
      message: "ReplicaSet \"\(name)\" has timed out progressing.")
  }

  private func condition(
    _ type: String, _ holds: Bool?, reason: String, message: String, isUpdate: Bool = false
  ) -> JSONValue {
    let status = holds.map { $0 ? "True" : "False" } ?? "Unknown"
    let stamp = JSONValue.string(Timestamp.text(now))
    let old = deployment.condition(type)
    let sameStatus = old?["status"]?.string == status
    let same = sameStatus && old?["reason"]?.string == reason && !isUpdate
    return [
      "type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message),
      "lastTransitionTime": sameStatus ? old?["lastTransitionTime"] ?? stamp : stamp,
      "lastUpdateTime": same ? old?["lastUpdateTime"] ?? stamp : stamp,
    ]
  }
}
