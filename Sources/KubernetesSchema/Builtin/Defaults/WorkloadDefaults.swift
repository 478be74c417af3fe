import JSON

/// Defaults of workloads (`pkg/apis/apps/v1/defaults.go`, `pkg/apis/batch/v1/defaults.go`).
enum WorkloadDefaults {
  static func apply(to spec: inout JSONValue, kind: String) {
    KindDefaults.edit(&spec, "template") { PodDefaults.apply(toTemplate: &$0) }
    switch kind {
    case "Deployment": rolling(&spec, "strategy", ["maxUnavailable": "25%", "maxSurge": "25%"])
    case "DaemonSet": rolling(&spec, "updateStrategy", ["maxUnavailable": 1, "maxSurge": 0])
    case "StatefulSet":
      rolling(&spec, "updateStrategy", ["partition": 0])
      KindDefaults.fill(
        &spec, "persistentVolumeClaimRetentionPolicy", ["whenDeleted": "Retain", "whenScaled": "Retain"])
    default: break
    }
  }

  private static func rolling(_ spec: inout JSONValue, _ member: String, _ fallback: JSONObject) {
    KindDefaults.edit(&spec, member) { strategy in
      guard strategy["type"] == "RollingUpdate" else { return }
      KindDefaults.fill(&strategy, "rollingUpdate", [:])
      KindDefaults.edit(&strategy, "rollingUpdate") { update in
        for (name, value) in fallback { KindDefaults.fill(&update, name, value) }
      }
    }
  }

  static func apply(toJob job: inout JSONValue) {
    KindDefaults.edit(&job, "spec") { spec in
      KindDefaults.edit(&spec, "template") { PodDefaults.apply(toTemplate: &$0) }
      if spec["completions"] == nil, spec["parallelism"] == nil { spec["completions"] = 1 }
      KindDefaults.fill(&spec, "parallelism", 1)
      KindDefaults.fill(&spec, "backoffLimit", spec["backoffLimitPerIndex"] == nil ? 6 : .integer(Int64(Int32.max)))
      KindDefaults.fill(&spec, "completionMode", "NonIndexed")
      KindDefaults.fill(&spec, "suspend", false)
      KindDefaults.fill(&spec, "manualSelector", false)
      KindDefaults.fill(
        &spec, "podReplacementPolicy", spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed")
      KindDefaults.edit(&spec, "podFailurePolicy") { policy in
        KindDefaults.each(&policy, "rules") { rule in
          KindDefaults.each(&rule, "onPodConditions") { KindDefaults.fill(&$0, "status", "True") }
        }
      }
    }
    if job[path: "metadata", "labels"] == nil,
      let labels = job[path: "spec", "template", "metadata", "labels"], labels.object?.isEmpty == false
    {
      job[path: "metadata", "labels"] = labels
    }
  }
}
