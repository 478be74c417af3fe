import FoundationEssentials
import JSON

/// Defaults that depend on other fields (the table holds the constant ones).
enum KindDefaults {
  static func apply(to object: JSONValue, group: String, kind: String) -> JSONValue {
    var out = object
    switch (group, kind) {
    case ("", "Pod"): PodDefaults.apply(toPod: &out)
    case ("", "PodTemplate"): edit(&out, "template") { PodDefaults.apply(toTemplate: &$0) }
    case ("", "Service"): edit(&out, "spec") { ServiceDefaults.apply(to: &$0) }
    case ("", "Secret"): mergeStringData(&out)
    case ("", "Namespace"):
      if let name = out[path: "metadata", "name"]?.string {
        out[path: "metadata", "labels", "kubernetes.io/metadata.name"] = .string(name)
      }
    case ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), ("apps", "DaemonSet"):
      edit(&out, "spec") { WorkloadDefaults.apply(to: &$0, kind: kind) }
    case ("batch", "Job"): WorkloadDefaults.apply(toJob: &out)
    case ("batch", "CronJob"):
      edit(&out, "spec") { spec in
        edit(&spec, "jobTemplate") { template in
          edit(&template, "spec") { job in edit(&job, "template") { PodDefaults.apply(toTemplate: &$0) } }
        }
      }
    case ("networking.k8s.io", "NetworkPolicy"):
      edit(&out, "spec") { spec in
        if spec["policyTypes"] == nil {
          spec["policyTypes"] = spec["egress"]?.array?.isEmpty ?? true ? ["Ingress"] : ["Ingress", "Egress"]
        }
      }
    case ("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
      bindingDefaults(&out)
    case ("autoscaling", "HorizontalPodAutoscaler"):
      edit(&out, "spec") { spec in
        if spec["metrics"]?.array?.isEmpty ?? true {
          spec["metrics"] = [
            [
              "type": "Resource",
              "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
            ]
          ]
        }
      }
    case ("apiextensions.k8s.io", "CustomResourceDefinition"): edit(&out, "spec") { crdDefaults(&$0) }
    default: break
    }
    return out
  }

  /// Edits a member that is an object.
  static func edit(_ value: inout JSONValue, _ member: String, _ change: (inout JSONValue) -> Void) {
    guard var inner = value[member], inner.object != nil else { return }
    change(&inner)
    value[member] = inner
  }

  /// Edits each element of a list.
  static func each(_ value: inout JSONValue, _ member: String, _ change: (inout JSONValue) -> Void) {
    guard var elements = value[member]?.array else { return }
    for index in elements.indices { change(&elements[index]) }
    value[member] = .array(elements)
  }

  static func fill(_ value: inout JSONValue, _ member: String, _ fallback: JSONValue) {
    if value[member] == nil { value[member] = fallback }
  }

  private static func mergeStringData(_ secret: inout JSONValue) {
    guard let plain = secret["stringData"]?.object else { return }
    for (key, value) in plain {
      let encoded = Data((value.string ?? "").utf8).base64EncodedString()
      secret[path: "data", key] = .string(encoded)
    }
    secret["stringData"] = nil
  }

  private static func bindingDefaults(_ binding: inout JSONValue) {
    let group: JSONValue = "rbac.authorization.k8s.io"
    edit(&binding, "roleRef") { fill(&$0, "apiGroup", group) }
    each(&binding, "subjects") { subject in
      if subject["kind"] == "User" || subject["kind"] == "Group" { fill(&subject, "apiGroup", group) }
    }
  }

  private static func crdDefaults(_ spec: inout JSONValue) {
    edit(&spec, "names") { names in
      guard let kind = names["kind"]?.string, !kind.isEmpty else { return }
      fill(&names, "singular", .string(kind.lowercased()))
      fill(&names, "listKind", .string(kind + "List"))
    }
    fill(&spec, "conversion", ["strategy": "None"])
  }
}
