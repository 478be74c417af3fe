import JSON

/// Fields that may not change once an object exists.
enum Immutability {
  static func errors(_ new: JSONValue, old: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    switch (kind.group, kind.kind) {
    case ("", "Pod"): return pod(new, old)
    case ("", "Secret"): return fixed(new, old, ["type"]) + frozen(new, old, ["data"])
    case ("", "ConfigMap"): return frozen(new, old, ["data", "binaryData"])
    case ("", "Service"): return service(new, old)
    case ("", "PersistentVolumeClaim"):
      var before = old["spec"] ?? [:]
      before["resources"] = new[path: "spec", "resources"]
      before["volumeAttributesClassName"] = new[path: "spec", "volumeAttributesClassName"]
      if before["volumeName"] == nil { before["volumeName"] = new[path: "spec", "volumeName"] }
      return before == new["spec"] ?? [:]
        ? []
        : [
          .forbidden(
            FieldPath("spec"),
            "spec is immutable after creation except resources.requests and "
              + "volumeAttributesClassName for bound claims")
        ]
    case ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "DaemonSet"):
      return fixed(new, old, ["spec", "selector"])
    case ("apps", "StatefulSet"): return statefulSet(new, old)
    case ("batch", "Job"): return job(new, old)
    case ("rbac.authorization.k8s.io", "RoleBinding"), ("rbac.authorization.k8s.io", "ClusterRoleBinding"):
      return new["roleRef"] == old["roleRef"]
        ? []
        : [
          .invalid(FieldPath("roleRef"), new["roleRef"] ?? .null, "cannot change roleRef")
        ]
    case ("scheduling.k8s.io", "PriorityClass"):
      return new["value"] == old["value"] ? [] : [.forbidden(FieldPath("value"), "may not be changed in an update.")]
    case ("", "Event"), ("events.k8s.io", "Event"):
      return fixed(new, old, [kind.group.isEmpty ? "involvedObject" : "regarding"])
    case ("discovery.k8s.io", "EndpointSlice"): return fixed(new, old, ["addressType"])
    default: return []
    }
  }

  private static func fixed(_ new: JSONValue, _ old: JSONValue, _ path: [String]) -> [FieldError] {
    let value = new[path: path]
    if value == old[path: path] { return [] }
    return [.invalid(FieldPath(path.joined(separator: ".")), value ?? .null, "field is immutable")]
  }

  /// Data under `immutable: true`.
  private static func frozen(_ new: JSONValue, _ old: JSONValue, _ members: [String]) -> [FieldError] {
    guard old["immutable"] == true else { return [] }
    let detail = "field is immutable when `immutable` is set"
    var errors: [FieldError] = []
    if new["immutable"] != true { errors.append(.forbidden(FieldPath("immutable"), detail)) }
    for member in members where new[member] != old[member] { errors.append(.forbidden(FieldPath(member), detail)) }
    return errors
  }

  private static func service(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
    let before = old[path: "spec", "clusterIP"]?.string ?? ""
    let after = new[path: "spec", "clusterIP"]?.string ?? ""
    let isExternal = new[path: "spec", "type"] == "ExternalName" || old[path: "spec", "type"] == "ExternalName"
    guard !before.isEmpty, before != after, !isExternal else { return [] }
    let addresses = new[path: "spec", "clusterIPs"] ?? [.string(after)]
    return [.invalid(FieldPath("spec.clusterIPs[0]"), addresses, "may not change once set")]
  }

  private static func statefulSet(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
    let mutable = [
      "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
      "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    ]
    var before = old["spec"] ?? [:]
    for field in mutable { before[field] = new[path: "spec", field] }
    if before == new["spec"] ?? [:] { return [] }
    return [
      .forbidden(
        FieldPath("spec"),
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
          + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' "
          + "are forbidden")
    ]
  }

  private static func job(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    let isElastic =
      new[path: "spec", "completionMode"] == "Indexed"
      && new[path: "spec", "completions"] == new[path: "spec", "parallelism"]
    if !isElastic { errors += fixed(new, old, ["spec", "completions"]) }
    for field in [
      "selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy",
    ] {
      errors += fixed(new, old, ["spec", field])
    }
    var before = old
    if old[path: "spec", "suspend"] == true, old[path: "status", "startTime"] == nil {
      // A Job that has not started may still be told where and how its pods are scheduled (KEP-2926).
      for field in ["nodeSelector", "affinity", "tolerations", "schedulingGates"] {
        before[path: "spec", "template", "spec", field] = new[path: "spec", "template", "spec", field]
      }
      for field in ["labels", "annotations"] {
        before[path: "spec", "template", "metadata", field] = new[path: "spec", "template", "metadata", field]
      }
      before = withResources(of: new, before)
    }
    if new[path: "spec", "template"] != before[path: "spec", "template"] {
      errors += fixed(new, old, ["spec", "template"])
    }
    return errors
  }

  /// Since 1.36 the resources of containers may change too while a Job waits.
  private static func withResources(of new: JSONValue, _ old: JSONValue) -> JSONValue {
    var out = old
    let path = ["spec", "template", "spec", "containers"]
    guard var containers = old[path: path]?.array, let changed = new[path: path]?.array,
      containers.count == changed.count
    else { return old }
    for index in containers.indices { containers[index]["resources"] = changed[index]["resources"] }
    out[path: path] = .array(containers)
    return out
  }

  private static func pod(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
    var before = old["spec"] ?? [:]
    let after = new["spec"] ?? [:]
    for list in ["containers", "initContainers"] {
      guard var containers = before[list]?.array, let changed = after[list]?.array, containers.count == changed.count
      else { continue }
      for index in containers.indices { containers[index]["image"] = changed[index]["image"] }
      before[list] = .array(containers)
    }
    for field in ["activeDeadlineSeconds", "tolerations", "schedulingGates", "nodeName"]
    where field != "nodeName"
      || before["nodeName"] == nil
    {
      before[field] = after[field]
    }
    if before == after { return [] }
    return [
      .forbidden(
        FieldPath("spec"),
        "pod updates may not change fields other than `spec.containers[*].image`,"
          + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
          + "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
          + "previously negative)")
    ]
  }
}
