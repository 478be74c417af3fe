import JSON

/// Rules of Jobs and CronJobs (`pkg/apis/batch/validation`).
enum JobRules {
  static func errors(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for field in [
      "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
      "backoffLimitPerIndex", "maxFailedIndexes",
    ] {
      errors += FieldError.negative(spec[field], at: path.child(field))
    }
    errors += completion(spec, at: path)
    errors += FieldError.unsupported(
      spec["podReplacementPolicy"], at: path.child("podReplacementPolicy"),
      spec["podFailurePolicy"] == nil ? ["Failed", "TerminatingOrFailed"] : ["Failed"])
    if let policy = spec["podFailurePolicy"] {
      errors += failurePolicy(policy, spec, at: path.child("podFailurePolicy"))
    }
    if let policy = spec["successPolicy"] { errors += successPolicy(policy, spec, at: path.child("successPolicy")) }
    let templatePath = path.child("template")
    errors += PodRules.template(spec["template"] ?? [:], at: templatePath)
    let policyPath = templatePath.child("spec", "restartPolicy")
    switch spec[path: "template", "spec", "restartPolicy"]?.string ?? "" {
    case "OnFailure", "Never": break
    case "Always", "": errors.append(.required(policyPath, "valid values: \"OnFailure\", \"Never\""))
    case let other: errors.append(.notSupported(policyPath, .string(other), ["Never", "OnFailure"]))
    }
    return errors
  }

  private static func completion(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors = FieldError.unsupported(
      spec["completionMode"], at: path.child("completionMode"),
      ["Indexed", "NonIndexed"])
    let isIndexed = spec["completionMode"] == "Indexed"
    if isIndexed, spec["completions"] == nil {
      errors.append(.required(path.child("completions"), "when completion mode is Indexed"))
    }
    if isIndexed, let parallelism = spec["parallelism"]?.integer, parallelism > 100_000 {
      errors.append(
        .invalid(
          path.child("parallelism"), .integer(parallelism),
          "must be less than or equal to 100000 when completion mode is Indexed"))
    }
    if !isIndexed {
      for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
        if let value = spec[field] {
          errors.append(.invalid(path.child(field), value, "requires indexed completion mode"))
        }
      }
    }
    if let most = spec["maxFailedIndexes"]?.integer, let completions = spec["completions"]?.integer, most > completions
    {
      errors.append(
        .invalid(path.child("maxFailedIndexes"), .integer(most), "must be less than or equal to completions"))
    }
    if spec["maxFailedIndexes"] != nil, spec["backoffLimitPerIndex"] == nil {
      errors.append(.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified"))
    }
    return errors
  }

  private static func failurePolicy(_ policy: JSONValue, _ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if let restart = spec[path: "template", "spec", "restartPolicy"], restart != "Never" {
      errors.append(
        .invalid(
          FieldPath("spec.template.spec.restartPolicy"), restart,
          "only \"Never\" is supported when podFailurePolicy is specified"))
    }
    let rules = policy["rules"]?.array ?? []
    if rules.count > 20 { errors.append(.tooMany(path.child("rules"), rules.count, 20)) }
    let containers = ["containers", "initContainers"].flatMap { spec[path: "template", "spec", $0]?.array ?? [] }
    let names = Set(containers.compactMap { $0["name"]?.string })
    for (index, rule) in rules.enumerated() {
      let field = path.child("rules").index(index)
      let actions = ["Count", "FailIndex", "FailJob", "Ignore"]
      if let action = rule["action"]?.string, !action.isEmpty {
        errors += FieldError.unsupported(.string(action), at: field.child("action"), actions)
        if action == "FailIndex", spec["backoffLimitPerIndex"] == nil {
          errors.append(.invalid(field.child("action"), .string(action), "requires the backoffLimitPerIndex to be set"))
        }
      } else {
        errors.append(
          .required(
            field.child("action"),
            "valid values: "
              + actions.map(GoText.quoted).joined(separator: ", ")))
      }
      let conditions = rule["onPodConditions"]?.array ?? []
      if let codes = rule["onExitCodes"] { errors += exitCodes(codes, at: field.child("onExitCodes"), names) }
      if rule["onExitCodes"] != nil, !conditions.isEmpty {
        errors.append(.invalid(field, nil, "specifying both OnExitCodes and OnPodConditions is not supported"))
      }
      if rule["onExitCodes"] == nil, conditions.isEmpty {
        errors.append(.invalid(field, nil, "specifying one of OnExitCodes and OnPodConditions is required"))
      }
    }
    return errors
  }

  private static func exitCodes(_ codes: JSONValue, at path: FieldPath, _ names: Set<String>) -> [FieldError] {
    var errors: [FieldError] = []
    if let name = codes["containerName"]?.string, !names.contains(name) {
      errors.append(
        .invalid(
          path.child("containerName"), .string(name),
          "must be one of the container or initContainer names in the pod template"))
    }
    errors += FieldError.unsupported(codes["operator"], at: path.child("operator"), ["In", "NotIn"])
    let values = codes["values"]?.array ?? []
    let field = path.child("values")
    if values.isEmpty { errors.append(.invalid(field, .array(values), "at least one value is required")) }
    if values.count > 255 { errors.append(.tooMany(field, values.count, 255)) }
    var isSorted = true
    for (index, value) in values.enumerated() {
      if value == 0, codes["operator"] == "In" {
        errors.append(.invalid(field.index(index), value, "must not be 0 for the In operator"))
      }
      if values.prefix(index).contains(value) { errors.append(.duplicate(field.index(index), value)) }
      if index > 0, let one = values[index - 1].integer, let two = value.integer, one > two { isSorted = false }
    }
    if !isSorted { errors.append(.invalid(field, .array(values), "must be ordered")) }
    return errors
  }

  private static func successPolicy(_ policy: JSONValue, _ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if spec["completionMode"] != "Indexed" {
      errors.append(.invalid(path, policy, "requires indexed completion mode"))
    }
    let rules = policy["rules"]?.array ?? []
    if rules.isEmpty {
      errors.append(
        .required(path.child("rules"), "at least one rules must be specified when the successPolicy is specified"))
    }
    for (index, rule) in rules.enumerated() where rule["succeededCount"] == nil && rule["succeededIndexes"] == nil {
      errors.append(
        .required(
          path.child("rules").index(index), "at least one of succeededCount or succeededIndexes must be specified"))
    }
    return errors
  }

  static func cron(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let schedule = spec["schedule"]?.string ?? ""
    let fields = schedule.split(separator: " ")
    if schedule.isEmpty {
      errors.append(.required(path.child("schedule")))
    } else if !schedule.hasPrefix("@"), fields.count != 5 {
      errors.append(
        .invalid(
          path.child("schedule"), .string(schedule),
          "expected exactly 5 fields, found \(fields.count): [\(fields.joined(separator: " "))]"
        ))
    }
    errors += FieldError.unsupported(
      spec["concurrencyPolicy"], at: path.child("concurrencyPolicy"),
      ["Allow", "Forbid", "Replace"])
    for field in ["successfulJobsHistoryLimit", "failedJobsHistoryLimit", "startingDeadlineSeconds"] {
      errors += FieldError.negative(spec[field], at: path.child(field))
    }
    return errors + JobRules.errors(spec[path: "jobTemplate", "spec"] ?? [:], at: path.child("jobTemplate", "spec"))
  }
}
