import FoundationEssentials
import JSON

extension BuiltinPrinters {
  private static let wide = [
    TableColumn("Containers", wide: true), TableColumn("Images", wide: true), TableColumn("Selector", wide: true),
  ]

  static let deployments = RowPrinter(
    [
      TableColumn("Name"), TableColumn("Ready"), TableColumn("Up-to-date"), TableColumn("Available"),
      TableColumn("Age"),
    ] + wide
  ) { object, now in
    let ready = object[path: "status", "readyReplicas"]?.integer ?? 0
    let wanted = object[path: "spec", "replicas"]?.integer ?? 0
    return [
      .string(object.name), .string("\(ready)/\(wanted)"), count(object[path: "status", "updatedReplicas"]),
      count(object[path: "status", "availableReplicas"]), age(object, now),
    ] + containers(object[path: "spec", "template", "spec"]) + [selector(object[path: "spec", "selector"])]
  }

  static let replicaSets = RowPrinter(
    [
      TableColumn("Name"), TableColumn("Desired"), TableColumn("Current"), TableColumn("Ready"), TableColumn("Age"),
    ] + wide
  ) { object, now in
    [
      .string(object.name), count(object[path: "spec", "replicas"]), count(object[path: "status", "replicas"]),
      count(object[path: "status", "readyReplicas"]), age(object, now),
    ] + containers(object[path: "spec", "template", "spec"]) + [selector(object[path: "spec", "selector"])]
  }

  static let statefulSets = RowPrinter(
    [TableColumn("Name"), TableColumn("Ready"), TableColumn("Age")] + wide.prefix(2)
  ) { object, now in
    let ready = object[path: "status", "readyReplicas"]?.integer ?? 0
    let wanted = object[path: "spec", "replicas"]?.integer ?? 0
    return [.string(object.name), .string("\(ready)/\(wanted)"), age(object, now)]
      + containers(object[path: "spec", "template", "spec"])
  }

  static let daemonSets = RowPrinter(
    [
      TableColumn("Name"), TableColumn("Desired"), TableColumn("Current"), TableColumn("Ready"),
      TableColumn("Up-to-date"), TableColumn("Available"), TableColumn("Node Selector"), TableColumn("Age"),
    ] + wide
  ) { object, now in
    let status = object["status"]
    return [
      .string(object.name), count(status?["desiredNumberScheduled"]), count(status?["currentNumberScheduled"]),
      count(status?["numberReady"]), count(status?["updatedNumberScheduled"]), count(status?["numberAvailable"]),
      labels(object[path: "spec", "template", "spec", "nodeSelector"]), age(object, now),
    ] + containers(object[path: "spec", "template", "spec"]) + [selector(object[path: "spec", "selector"])]
  }

  static let jobs = RowPrinter(
    [
      TableColumn("Name"), TableColumn("Status"), TableColumn("Completions"), TableColumn("Duration"),
      TableColumn("Age"),
    ] + wide
  ) { object, now in
    let status = object["status"]
    let succeeded = status?["succeeded"]?.integer ?? 0
    let completions: String
    if let wanted = object[path: "spec", "completions"]?.integer {
      completions = "\(succeeded)/\(wanted)"
    } else {
      let parallelism = object[path: "spec", "parallelism"]?.integer ?? 0
      completions = parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
    }
    var duration = ""
    if let start = status?["startTime"]?.string {
      let end = status?["completionTime"]?.string
      duration = end.map { HumanDuration.between(start, $0) } ?? HumanDuration.since(start, now: now)
    }
    return [
      .string(object.name), .string(jobStatus(object)), .string(completions), .string(duration), age(object, now),
    ] + containers(object[path: "spec", "template", "spec"]) + [selector(object[path: "spec", "selector"])]
  }

  private static func jobStatus(_ job: JSONValue) -> String {
    let conditions = job[path: "status", "conditions"]?.array ?? []
    func has(_ type: String) -> Bool { conditions.contains { $0["type"]?.string == type && $0["status"] == "True" } }
    if has("Complete") { return "Complete" }
    if has("Failed") { return "Failed" }
    if job.isTerminating { return "Terminating" }
    return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].first(where: has) ?? "Running"
  }

  static let cronJobs = RowPrinter(
    [
      TableColumn("Name"), TableColumn("Schedule"), TableColumn("Timezone"), TableColumn("Suspend"),
      TableColumn("Active"), TableColumn("Last Schedule"), TableColumn("Age"),
    ] + wide
  ) { object, now in
    let spec = object["spec"]
    let last = object[path: "status", "lastScheduleTime"]?.string
    return [
      .string(object.name), text(spec?["schedule"]), text(spec?["timeZone"]),
      .string(spec?["suspend"]?.bool == true ? "True" : "False"),
      JSONValue(object[path: "status", "active"]?.array?.count ?? 0),
      .string(last.map { HumanDuration.since($0, now: now) } ?? "<none>"), age(object, now),
    ] + containers(spec?[path: "jobTemplate", "spec", "template", "spec"])
      + [selector(spec?[path: "jobTemplate", "spec", "selector"])]
  }

  static let disruptionBudgets = RowPrinter([
    TableColumn("Name"), TableColumn("Min Available"), TableColumn("Max Unavailable"),
    TableColumn("Allowed Disruptions"), TableColumn("Age"),
  ]) { object, now in
    [
      .string(object.name), text(object[path: "spec", "minAvailable"], else: "N/A"),
      text(object[path: "spec", "maxUnavailable"], else: "N/A"),
      count(object[path: "status", "disruptionsAllowed"]), age(object, now),
    ]
  }

  static let autoscalers = RowPrinter([
    TableColumn("Name"), TableColumn("Reference"), TableColumn("Targets"), TableColumn("MinPods"),
    TableColumn("MaxPods"), TableColumn("Replicas"), TableColumn("Age"),
  ]) { object, now in
    let target = object[path: "spec", "scaleTargetRef"]
    let metrics = (object[path: "spec", "metrics"]?.array ?? []).map { metric -> String in
      let name = metric[path: "resource", "name"]?.string ?? metric["type"]?.string ?? ""
      let wanted = metric[path: "resource", "target", "averageUtilization"]?.integer
      let current = (object[path: "status", "currentMetrics"]?.array ?? []).first {
        $0[path: "resource", "name"]?.string == name
      }?[path: "resource", "current", "averageUtilization"]?.integer
      return "\(name): \(current.map { "\($0)%" } ?? "<unknown>")/\(wanted.map { "\($0)%" } ?? "<unknown>")"
    }
    return [
      .string(object.name), .string("\(target?["kind"]?.string ?? "")/\(target?["name"]?.string ?? "")"),
      .string(metrics.isEmpty ? "<none>" : metrics.joined(separator: ", ")),
      text(object[path: "spec", "minReplicas"], else: "<unset>"), count(object[path: "spec", "maxReplicas"]),
      count(object[path: "status", "currentReplicas"]), age(object, now),
    ]
  }
}
