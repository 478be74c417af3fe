import JSON

/// Defaults of pods and pod templates (`pkg/apis/core/v1/defaults.go`).
enum PodDefaults {
  static func apply(toPod pod: inout JSONValue) {
    KindDefaults.edit(&pod, "spec") { spec in
      apply(toSpec: &spec)
      KindDefaults.fill(&spec, "enableServiceLinks", true)
      for list in ["containers", "initContainers"] { KindDefaults.each(&spec, list, requestWhatIsLimited) }
    }
  }

  static func apply(toTemplate template: inout JSONValue) {
    KindDefaults.edit(&template, "spec") { apply(toSpec: &$0) }
  }

  private static func apply(toSpec spec: inout JSONValue) {
    KindDefaults.fill(&spec, "securityContext", [:])
    if let name = spec["serviceAccountName"] ?? spec["serviceAccount"] {
      spec["serviceAccountName"] = name
      spec["serviceAccount"] = name
    }
    let onHostNetwork = spec["hostNetwork"] == true
    for list in ["initContainers", "containers", "ephemeralContainers"] {
      KindDefaults.each(&spec, list) { apply(toContainer: &$0, onHostNetwork: onHostNetwork) }
    }
  }

  private static func apply(toContainer container: inout JSONValue, onHostNetwork: Bool) {
    if container["imagePullPolicy"] == nil {
      container["imagePullPolicy"] = .string(pullPolicy(image: container["image"]?.string ?? ""))
    }
    guard onHostNetwork else { return }
    KindDefaults.each(&container, "ports") { port in
      if let number = port["containerPort"] { KindDefaults.fill(&port, "hostPort", number) }
    }
  }

  /// `Always` for an image without a tag or with `:latest`.
  private static func pullPolicy(image: String) -> String {
    if image.contains("@") { return "IfNotPresent" }
    let last = image.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let colon = last.firstIndex(of: ":") else { return "Always" }
    return last[last.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
  }

  private static func requestWhatIsLimited(_ container: inout JSONValue) {
    guard let limits = container[path: "resources", "limits"]?.object else { return }
    for (resource, limit) in limits where container[path: "resources", "requests", resource] == nil {
      container[path: "resources", "requests", resource] = limit
    }
  }
}
