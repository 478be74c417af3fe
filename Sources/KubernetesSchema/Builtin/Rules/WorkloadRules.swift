import JSON

/// Rules of Deployments, ReplicaSets, StatefulSets, DaemonSets and autoscalers.
enum WorkloadRules {
  static func errors(_ spec: JSONValue, at path: FieldPath, kind: String) -> [FieldError] {
    var errors = FieldError.negative(spec["replicas"], at: path.child("replicas"))
    for field in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
      errors += FieldError.negative(spec[field], at: path.child(field))
    }
    errors += selector(spec, at: path, kind: kind)
    let template = spec["template"] ?? [:]
    let templatePath = path.child("template")
    errors += PodRules.template(template, at: templatePath)
    let policy = template[path: "spec", "restartPolicy"]
    if policy != nil, policy != "Always" {
      errors.append(.notSupported(templatePath.child("spec", "restartPolicy"), policy ?? "", ["Always"]))
    }
    if template[path: "spec", "activeDeadlineSeconds"] != nil {
      errors.append(
        .forbidden(
          templatePath.child("spec", "activeDeadlineSeconds"),
          "activeDeadlineSeconds in \(kind) is not Supported"))
    }
    if kind == "Deployment" { errors += strategy(spec["strategy"] ?? [:], at: path.child("strategy")) }
    if kind == "Deployment", let deadline = spec["progressDeadlineSeconds"]?.integer,
      deadline <= spec["minReadySeconds"]?.integer ?? 0
    {
      errors.append(
        .invalid(
          path.child("progressDeadlineSeconds"), .integer(deadline),
          "must be greater than minReadySeconds"))
    }
    return errors
  }

  private static func selector(_ spec: JSONValue, at path: FieldPath, kind: String) -> [FieldError] {
    let field = path.child("selector")
    guard let selector = spec["selector"], selector.object != nil else { return [.required(field)] }
    var errors = SelectorRules.errors(selector, at: field)
    if SelectorRules.isEmpty(selector) {
      errors.append(.invalid(field, selector, "empty selector is invalid for \(kind.lowercased())"))
      return errors
    }
    let labels = spec[path: "template", "metadata", "labels"]?.object ?? [:]
    if !SelectorRules.matches(selector, labels) {
      errors.append(
        .invalid(
          path.child("template", "metadata", "labels"), labels.isEmpty ? .null : .object(labels),
          "`selector` does not match template `labels`"))
    }
    return errors
  }

  private static func strategy(_ strategy: JSONValue, at path: FieldPath) -> [FieldError] {
    let type = strategy["type"]?.string ?? ""
    switch type {
    case "Recreate":
      guard strategy["rollingUpdate"] != nil else { return [] }
      return [.forbidden(path.child("rollingUpdate"), "may not be specified when strategy `type` is '\(type)'")]
    case "RollingUpdate":
      let update = strategy["rollingUpdate"] ?? [:]
      let zeros: Set<JSONValue> = [0, "0%"]
      guard zeros.contains(update["maxUnavailable"] ?? 1), zeros.contains(update["maxSurge"] ?? 1) else { return [] }
      return [
        .invalid(
          path.child("rollingUpdate", "maxUnavailable"), update["maxUnavailable"],
          "may not be 0 when `maxSurge` is 0")
      ]
    default: return [.notSupported(path.child("type"), .string(type), ["Recreate", "RollingUpdate"])]
    }
  }

  static func autoscaler(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let least = spec["minReplicas"]?.integer ?? 1
    let most = spec["maxReplicas"]?.integer ?? 0
    if least < 1 {
      errors.append(.invalid(path.child("minReplicas"), .integer(least), "must be greater than or equal to 1"))
    }
    if most < 1 { errors.append(.invalid(path.child("maxReplicas"), .integer(most), "must be greater than 0")) }
    if most < least {
      errors.append(
        .invalid(
          path.child("maxReplicas"), .integer(most),
          "must be greater than or equal to `minReplicas`"))
    }
    for field in ["kind", "name"] where spec[path: "scaleTargetRef", field]?.string?.isEmpty ?? true {
      errors.append(.required(path.child("scaleTargetRef", field)))
    }
    return errors
  }
}
