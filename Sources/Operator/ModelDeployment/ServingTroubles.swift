import CRDTypes
import JSON
import Planning

/// Reads from pods why they do not serve.
enum ServingTroubles {
  /// What the kubelet says of containers that will not run without help (pkg/kubelet/images/types.go,
  /// pkg/kubelet/container/sync_result.go).
  private static let waiting: Set<String> = [
    "CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull",
    "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
  ]

  /// The troubles of pods, those of the newest pod first.
  static func read(_ pods: [DynamicObject]) -> [ServingObservation.PodTrouble] {
    pods.filter { !$0.isDeleting }
      .sorted { ($0.creationTimestamp ?? "", $0.name) > ($1.creationTimestamp ?? "", $1.name) }
      .compactMap(trouble)
  }

  private static func trouble(_ pod: DynamicObject) -> ServingObservation.PodTrouble? {
    let statuses =
      (pod.status["initContainerStatuses"]?.array ?? []) + (pod.status["containerStatuses"]?.array ?? [])
    for status in statuses {
      if let reason = status[path: "state", "waiting", "reason"]?.string, waiting.contains(reason) {
        let said = status[path: "state", "waiting", "message"]?.string
        let ended = status["lastState"]?["terminated"].flatMap(ending)
        let last = status["lastState"]?["terminated"]
        return .init(
          pod: pod.name, reason: reason, message: ended ?? said ?? "", restarts: status["restartCount"]?.int ?? 0,
          exitCode: last?["exitCode"]?.integer, log: last?["message"]?.string)
      }
      if let terminated = status[path: "state", "terminated"], terminated["exitCode"]?.int != 0 {
        return .init(
          pod: pod.name, reason: terminated["reason"]?.string ?? "Error", message: ending(terminated) ?? "",
          restarts: status["restartCount"]?.int ?? 0, exitCode: terminated["exitCode"]?.integer,
          log: terminated["message"]?.string)
      }
    }
    let scheduled = pod.status["conditions"]?.array?.first { $0["type"]?.string == "PodScheduled" }
    guard let scheduled, scheduled["status"]?.string == "False" else { return nil }
    return .init(
      pod: pod.name, reason: scheduled["reason"]?.string ?? "Unschedulable",
      message: scheduled["message"]?.string ?? "")
  }

  /// The request of a probe that a container which runs has not answered, in words; nil where there is none.
  ///
  /// - Parameter deployment: theirs; its template has the probes.
  static func unanswered(_ pods: [DynamicObject], of deployment: DynamicObject) -> String? {
    for pod in pods where !pod.isDeleting {
      for status in pod.status["containerStatuses"]?.array ?? []
      where status["state"]?["running"] != nil && status["ready"]?.bool == false {
        let containers = deployment.spec[path: "template", "spec", "containers"]?.array
        let container = containers?.first { $0["name"] == status["name"] }
        let probe = status["started"]?.bool == false ? container?["startupProbe"] : container?["readinessProbe"]
        guard let request = probe?["httpGet"] ?? probe?["tcpSocket"] ?? probe?["grpc"] ?? probe?["exec"] else { continue }
        let port = request["port"].map { " on port \($0.string ?? $0.text())" } ?? ""
        let what = request["path"]?.string.map { "GET \($0)" } ?? "its probe"
        return "pod \(pod.name): container \(status["name"]?.string ?? "") runs, but has not answered \(what)\(port)"
      }
    }
    return nil
  }

  /// How a container ended: its code, and the last lines that it wrote.
  private static func ending(_ terminated: JSONValue) -> String? {
    guard let code = terminated["exitCode"]?.int, code != 0 else { return nil }
    if terminated["reason"]?.string == "OOMKilled" { return "it ran out of memory: raise its memory limit" }
    let lines = (terminated["message"]?.string ?? "").split(separator: "\n").suffix(6).joined(separator: "\n")
    return lines.isEmpty ? "it exited with code \(code)" : "it exited with code \(code): \(lines.suffix(1000))"
  }
}
