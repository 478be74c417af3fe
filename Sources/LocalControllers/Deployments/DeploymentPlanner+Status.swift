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
    let missing = max(0, max(replicas, total) - available)
    plan.status = .compact([
      "observedGeneration": .integer(deployment.generation), "replicas": total > 0 ? JSONValue(total) : nil,
      "updatedReplicas": updated > 0 ? JSONValue(updated) : nil, "readyReplicas": ready > 0 ? JSONValue(ready) : nil,
      "availableReplicas": available > 0 ? JSONValue(available) : nil,
      "unavailableReplicas": missing > 0 ? JSONValue(missing) : nil,
      "terminatingReplicas": JSONValue(sum("terminatingReplicas")),
      "collisionCount": deployment.status["collisionCount"],
    ])
    let enough = available >= replicas - unavailable
    var conditions = [
      condition(
        "Available", enough, reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
        message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.")
    ]
    conditions.append(progress(&plan, total: total, updated: updated, available: available))
    plan.status["conditions"] = .array(conditions)
  }

  private func progress(_ plan: inout Plan, total: Int, updated: Int, available: Int) -> JSONValue {
    let name = current?.name ?? plan.create?.name ?? deployment.name
    let old = deployment.condition("Progressing")
    if spec["paused"]?.bool == true {
      return condition("Progressing", nil, reason: "DeploymentPaused", message: "Deployment is paused")
    }
    if plan.create != nil {
      return condition("Progressing", true, reason: "NewReplicaSetCreated", message: "Created new replica set \"\(name)\"")
    }
    if updated == replicas, total == replicas, available == replicas, deployment.status["observedGeneration"] != nil {
      return condition(
        "Progressing", true, reason: "NewReplicaSetAvailable",
        message: "ReplicaSet \"\(name)\" has successfully progressed.")
    }
    let isMoving = ["updatedReplicas", "readyReplicas", "availableReplicas", "replicas"].contains {
      (deployment.status[$0]?.int ?? 0) != (plan.status[$0]?.int ?? 0)
    }
    let since = old?["lastUpdateTime"]?.string.flatMap(Timestamp.date)
    let deadline = spec["progressDeadlineSeconds"]?.double ?? 600
    if !isMoving, let since, old?["reason"]?.string != "NewReplicaSetAvailable" {
      let left = deadline - now.timeIntervalSince(since)
      if left <= 0 {
        return condition(
          "Progressing", false, reason: "ProgressDeadlineExceeded",
          message: "ReplicaSet \"\(name)\" has timed out progressing.")
      }
      plan.wake = left + 0.1
    }
    return condition(
      "Progressing", true, reason: "ReplicaSetUpdated", message: "ReplicaSet \"\(name)\" is progressing.",
      isUpdate: isMoving)
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
