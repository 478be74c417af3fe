import CRDTypes
import JSON

/// A Job's `podFailurePolicy`: what a failed pod's exit codes and conditions mean (KEP-3329).
struct PodFailurePolicy: Sendable {
  enum Action: String, Sendable { case failJob = "FailJob", ignore = "Ignore", count = "Count", failIndex = "FailIndex" }

  let rules: [JSONValue]

  init(job: DynamicObject) { rules = job.spec[path: "podFailurePolicy", "rules"]?.array ?? [] }

  /// Whether a pod's failure is not to be counted.
  func ignores(_ pod: DynamicObject) -> Bool { pod.podPhase == "Failed" && match(pod)?.action == .ignore }

  /// The verdict on the Job where a pod's failure ends it.
  func failing(_ pods: [DynamicObject]) -> JobPlanner.Verdict? {
    for pod in pods where pod.podPhase == "Failed" {
      guard let (action, index, detail) = match(pod), action == .failJob else { continue }
      return JobPlanner.Verdict(
        reason: "PodFailurePolicy", message: "\(detail) matching FailJob rule at index \(index)")
    }
    return nil
  }

  private func match(_ pod: DynamicObject) -> (action: Action, index: Int, detail: String)? {
    let name = "pod \(pod.namespace ?? "")/\(pod.name)"
    for (index, rule) in rules.enumerated() {
      guard let action = rule["action"]?.string.flatMap(Action.init) else { continue }
      if let codes = rule["onExitCodes"], let (container, code) = exit(pod, codes) {
        return (action, index, "Container \(container) for \(name) failed with exit code \(code)")
      }
      for pattern in rule["onPodConditions"]?.array ?? [] {
        guard let type = pattern["type"]?.string, let condition = pod.condition(type) else { continue }
        if condition["status"]?.string == pattern["status"]?.string ?? "True" {
          return (action, index, "Pod \(pod.namespace ?? "")/\(pod.name) has condition \(type)")
        }
      }
    }
    return nil
  }

  private func exit(_ pod: DynamicObject, _ rule: JSONValue) -> (String, Int)? {
    let values = Set((rule["values"]?.array ?? []).compactMap(\.int))
    let wanted = rule["containerName"]?.string
    for status in (pod.status["containerStatuses"]?.array ?? []) + (pod.status["initContainerStatuses"]?.array ?? []) {
      let name = status["name"]?.string ?? ""
      guard wanted == nil || wanted == name, let code = status[path: "state", "terminated", "exitCode"]?.int,
        code != 0
      else { continue }
      if values.contains(code) == (rule["operator"]?.string == "In") { return (name, code) }
    }
    return nil
  }
}
