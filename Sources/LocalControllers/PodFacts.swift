import CRDTypes
import JSON

/// What controllers ask of a pod.
extension DynamicObject {
  var podPhase: String { status["phase"]?.string ?? "Pending" }
  var isPodOver: Bool { podPhase == "Succeeded" || podPhase == "Failed" }
  /// Neither ended nor being deleted.
  var isPodActive: Bool { !isPodOver && !isDeleting }

  /// A condition of the status, by type.
  func condition(_ type: String) -> JSONValue? { status["conditions"]?.array?.first { $0["type"]?.string == type } }

  var isPodReady: Bool { condition("Ready")?["status"]?.string == "True" }
}
