import JSON

/// What the API server's strategies make of a new object before they check it.
enum CreationStrategy {
  static func prepare(_ object: JSONValue, _ kind: BuiltinKind) -> JSONValue {
    var out = object
    if kind.hasStatus, !kind.isCreateOnly {
      out["status"] = kind.schema.properties["status"].flatMap { GoForm.normalized([:], $0) }
    }
    switch (kind.group, kind.kind) {
    case ("", "Pod"):
      let qos = PodQoS.qosClass(podSpec: out["spec"] ?? [:])
      out["status"] = ["phase": "Pending", "qosClass": .string(qos)]
    case ("", "Namespace"):
      out["spec"] = ["finalizers": ["kubernetes"]]
      out["status"] = ["phase": "Active"]
    case ("", "PersistentVolumeClaim"): out["status"] = ["phase": "Pending"]
    case ("batch", "Job"): selectOwnPods(&out)
    default: break
    }
    return out
  }

  /// A Job's pods carry its UID and name; without a selector of its own it selects by the UID.
  private static func selectOwnPods(_ job: inout JSONValue) {
    guard job[path: "spec", "manualSelector"] != true, let uid = job[path: "metadata", "uid"],
      let name = job[path: "metadata", "name"]
    else { return }
    let labels: JSONObject = [
      "batch.kubernetes.io/controller-uid": uid, "batch.kubernetes.io/job-name": name, "controller-uid": uid,
      "job-name": name,
    ]
    for (key, value) in labels { job[path: "spec", "template", "metadata", "labels", key] = value }
    job[path: "spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"] = uid
  }
}
