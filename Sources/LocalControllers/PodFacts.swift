import CRDTypes
import JSON

/// What controllers ask of a pod.
extension DynamicObject {
  var podPhase: String { status["phase"]?.string ?? "Pending" }
  var isPodOver: Bool { podPhase == "Succeeded" || podPhase == "Failed" }
  /// Neither ended nor being deleted.
  var isPodActive: Bool { !isPodOver && !isDeleting }

  /// Whether nothing of the pod runs or ever will: it has ended, or it is deleted and was never bound to a node, where
  /// nobody is left to report its end.
  var hasPodStopped: Bool { isPodOver || (isDeleting && (spec["nodeName"]?.string ?? "").isEmpty) }

  /// A condition of the status, by type.
  func condition(_ type: String) -> JSONValue? { status["conditions"]?.array?.first { $0["type"]?.string == type } }

  var isPodReady: Bool { condition("Ready")?["status"]?.string == "True" }

  /// How often containers of the pod were started again, init containers included.
  var podRestarts: Int {
    let statuses = (status["initContainerStatuses"]?.array ?? []) + (status["containerStatuses"]?.array ?? [])
    return statuses.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
  }
}
