import CRDTypes
import FoundationEssentials
import JSON

extension BuiltinPrinters {
  static let pods = RowPrinter([
    TableColumn("Name"), TableColumn("Ready"), TableColumn("Status"), TableColumn("Restarts"), TableColumn("Age"),
    TableColumn("IP", wide: true), TableColumn("Node", wide: true), TableColumn("Nominated Node", wide: true),
    TableColumn("Readiness Gates", wide: true),
  ]) { object, now in
    let summary = PodSummary(object, now: now)
    return [
      .string(object.name), .string("\(summary.ready)/\(summary.containers)"), .string(summary.reason),
      .string(summary.restarts), age(object, now), text(object[path: "status", "podIP"]),
      text(object[path: "spec", "nodeName"]), text(object[path: "status", "nominatedNodeName"]), "<none>",
    ]
  }

  static let nodes = RowPrinter([
    TableColumn("Name"), TableColumn("Status"), TableColumn("Roles"), TableColumn("Age"), TableColumn("Version"),
    TableColumn("Internal-IP", wide: true), TableColumn("External-IP", wide: true),
    TableColumn("OS-Image", wide: true), TableColumn("Kernel-Version", wide: true),
    TableColumn("Container-Runtime", wide: true),
  ]) { object, now in
    let ready = (object[path: "status", "conditions"]?.array ?? []).first { $0["type"] == "Ready" }
    var states = [ready.map { $0["status"] == "True" ? "Ready" : "NotReady" } ?? "Unknown"]
    if object[path: "spec", "unschedulable"]?.bool == true { states.append("SchedulingDisabled") }
    let prefix = "node-role.kubernetes.io/"
    let roles = object.labels.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
    let info = object[path: "status", "nodeInfo"]
    func address(_ type: String) -> JSONValue {
      text((object[path: "status", "addresses"]?.array ?? []).first { $0["type"]?.string == type }?["address"])
    }
    return [
      .string(object.name), .string(states.joined(separator: ",")),
      .string(roles.isEmpty ? "<none>" : roles.joined(separator: ",")), age(object, now),
      text(info?["kubeletVersion"], else: ""), address("InternalIP"), address("ExternalIP"),
      text(info?["osImage"], else: "<unknown>"), text(info?["kernelVersion"], else: "<unknown>"),
      text(info?["containerRuntimeVersion"], else: "<unknown>"),
    ]
  }
}

/// What `kubectl get pods` says of a pod: how many containers are ready, in a word how it is, and its restarts.
struct PodSummary {
  let containers: Int
  private(set) var ready = 0
  private(set) var reason: String
  private(set) var restarts: String

  init(_ pod: JSONValue, now: Date) {
    let status = pod["status"]
    containers = pod[path: "spec", "containers"]?.array?.count ?? 0
    reason = status?["reason"]?.string ?? status?["phase"]?.string ?? ""
    let gated = (status?["conditions"]?.array ?? []).contains {
      $0["type"] == "PodScheduled" && $0["reason"] == "SchedulingGated"
    }
    if gated { reason = "SchedulingGated" }
    var count: Int64 = 0
    var last: Date?
    func note(_ container: JSONValue) {
      count += container["restartCount"]?.integer ?? 0
      let finished = container[path: "lastState", "terminated", "finishedAt"]?.string.flatMap(Timestamp.date)
      if let finished, finished > last ?? .distantPast { last = finished }
    }
    let initial = Self.initReason(status?["initContainerStatuses"]?.array ?? [], of: pod)
    if let initial {
      reason = initial
      (status?["initContainerStatuses"]?.array ?? []).forEach(note)
    } else {
      var isRunning = false
      for container in (status?["containerStatuses"]?.array ?? []).reversed() {
        note(container)
        let state = container["state"]
        if let waiting = state?[path: "waiting", "reason"]?.string, !waiting.isEmpty {
          reason = waiting
        } else if let terminated = state?["terminated"] {
          reason = Self.terminated(terminated)
        } else if container["ready"]?.bool == true, state?["running"] != nil {
          isRunning = true
          ready += 1
        }
      }
      // A pod of which one container is done and another runs goes on running.
      if reason == "Completed", isRunning {
        let isReady = (status?["conditions"]?.array ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
        reason = isReady ? "Running" : "NotReady"
      }
    }
    if pod.isTerminating, status?["reason"] == "NodeLost" {
      reason = "Unknown"
    } else if pod.isTerminating, status?["phase"] != "Succeeded", status?["phase"] != "Failed" {
      reason = "Terminating"
    }
    restarts = String(count)
    if count > 0, let last {
      restarts += " (\(HumanDuration.text(seconds: Int(now.timeIntervalSince(last)))) ago)"
    }
  }

  private static func terminated(_ state: JSONValue) -> String {
    if let reason = state["reason"]?.string, !reason.isEmpty { return reason }
    if let signal = state["signal"]?.integer, signal != 0 { return "Signal:\(signal)" }
    return "ExitCode:\(state["exitCode"]?.integer ?? 0)"
  }

  private static func initReason(_ statuses: [JSONValue], of pod: JSONValue) -> String? {
    let total = pod[path: "spec", "initContainers"]?.array?.count ?? 0
    for (index, container) in statuses.enumerated() {
      if let state = container[path: "state", "terminated"] {
        if state["exitCode"]?.integer == 0 { continue }
        return "Init:\(terminated(state))"
      }
      if container["started"]?.bool == true, container[path: "state", "running"] != nil { continue }
      if let waiting = container[path: "state", "waiting", "reason"]?.string, !waiting.isEmpty,
        waiting != "PodInitializing"
      {
        return "Init:\(waiting)"
      }
      return "Init:\(index)/\(total)"
    }
    return nil
  }
}
