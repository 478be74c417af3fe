import JSON

/// What a built-in kind demands beyond its types.
enum KindRules {
  static func create(_ object: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    if kind.isCreateOnly { return [] }
    let meta = ObjectMetaValidation.create(object, isNamespaced: kind.isNamespaced, name: nameRule(kind))
    return meta + content(object, kind) + creationOnly(object, kind)
  }

  static func update(_ new: JSONValue, old: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    ObjectMetaValidation.update(new, old: old) + Immutability.errors(new, old: old, kind) + updateContent(new, kind)
  }

  /// Pods that exist are only checked for what may change.
  private static func updateContent(_ new: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    kind.group.isEmpty && (kind.kind == "Pod" || kind.kind == "Event") ? [] : content(new, kind)
  }

  private static func nameRule(_ kind: BuiltinKind) -> (String) -> [String] {
    switch (kind.group, kind.kind) {
    case ("", "Namespace"): NameRule.label
    case ("", "Service"): NameRule.dns1035Label
    case ("rbac.authorization.k8s.io", _): NameRule.pathSegment
    default: NameRule.subdomain
    }
  }

  private static func creationOnly(_ object: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    kind.kind == "Event" ? EventRules.create(object, kind) : []
  }

  private static func content(_ object: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    let spec = object["spec"] ?? [:]
    let path = FieldPath("spec")
    switch (kind.group, kind.kind) {
    case ("", "ConfigMap"), ("", "Secret"): return ConfigRules.errors(object)
    case ("", "Pod"): return PodRules.errors(spec, at: path)
    case ("", "PodTemplate"): return PodRules.template(object["template"] ?? [:], at: FieldPath("template"))
    case ("", "Service"): return ServiceRules.errors(spec, at: path)
    case ("", "PersistentVolumeClaim"): return ConfigRules.claim(spec, at: path)
    case ("apps", "Deployment"), ("apps", "ReplicaSet"), ("apps", "StatefulSet"), ("apps", "DaemonSet"):
      return WorkloadRules.errors(spec, at: path, kind: kind.kind)
    case ("batch", "Job"): return JobRules.errors(spec, at: path)
    case ("batch", "CronJob"): return JobRules.cron(spec, at: path)
    case ("networking.k8s.io", "Ingress"): return IngressRules.errors(spec, at: path)
    case ("coordination.k8s.io", "Lease"): return LeaseRules.errors(spec, at: path)
    case ("policy", "PodDisruptionBudget"):
      if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
        return [.invalid(path, spec, "minAvailable and maxUnavailable cannot be both set")]
      }
      return SelectorRules.errors(spec["selector"], at: path.child("selector"))
    case ("autoscaling", "HorizontalPodAutoscaler"): return WorkloadRules.autoscaler(spec, at: path)
    case ("apiextensions.k8s.io", "CustomResourceDefinition"): return CRDValidation.errors(object)
    default: return []
    }
  }
}

extension FieldError {
  static func negative(_ value: JSONValue?, at path: FieldPath) -> [FieldError] {
    guard let number = value?.integer, number < 0 else { return [] }
    return [.invalid(path, .integer(number), "must be greater than or equal to 0")]
  }

  static func unsupported(_ value: JSONValue?, at path: FieldPath, _ supported: [String]) -> [FieldError] {
    guard let text = value?.string, !supported.contains(text) else { return [] }
    return [.notSupported(path, .string(text), supported)]
  }
}
