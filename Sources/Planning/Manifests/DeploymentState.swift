import CRDTypes
import JSON

/// How far Kubernetes has brought a Deployment.
struct DeploymentState: Sendable, Hashable {
  var desired: Int64 = 0
  var updated: Int64 = 0
  var ready: Int64 = 0
  var available: Int64 = 0
  var total: Int64 = 0
  /// Whether its controller has seen the spec as it is.
  var isObserved = false
  /// Why Kubernetes has given up waiting for it to get on; nil where it has not.
  var stuck: String?

  init(_ deployment: DynamicObject?) {
    guard let deployment else { return }
    let status = deployment.status
    desired = deployment.spec["replicas"]?.integer ?? 1
    updated = status["updatedReplicas"]?.integer ?? 0
    ready = status["readyReplicas"]?.integer ?? 0
    available = status["availableReplicas"]?.integer ?? 0
    total = status["replicas"]?.integer ?? 0
    isObserved = (status["observedGeneration"]?.integer ?? 0) >= deployment.generation
    let progressing = status["conditions"]?.array?.first { $0["type"]?.string == "Progressing" }
    if isObserved, progressing?["status"]?.string == "False" {
      let reason = progressing?["reason"]?.string ?? "ProgressDeadlineExceeded"
      stuck = "\(reason): \(progressing?["message"]?.string ?? "no progress was made in time")"
    }
  }

  /// Whether all pods that it should have are of its template and answer.
  var isDone: Bool { isObserved && updated == desired && available >= desired && total == desired }

  /// Whether at least so many pods of its template answer.
  func has(_ count: Int64) -> Bool { isObserved && updated >= count && available >= count }

  var message: String { "\(updated) of \(desired) replicas were updated, \(available) answer" }
}
