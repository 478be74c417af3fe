import JSON

/// Rules of new events; those of events.k8s.io are stricter than the core group's.
enum EventRules {
  static func create(_ event: JSONValue, _ kind: BuiltinKind) -> [FieldError] {
    let isCore = kind.group.isEmpty
    let about = event[isCore ? "involvedObject" : "regarding"] ?? [:]
    let namespace = event[path: "metadata", "namespace"]?.string ?? ""
    let target = about["namespace"]?.string ?? ""
    var errors: [FieldError] = []
    let agrees = target.isEmpty ? namespace.isEmpty || namespace == "default" : namespace == target
    if !agrees {
      errors.append(.invalid(FieldPath("involvedObject.namespace"), .string(target), "does not match event.namespace"))
    }
    if event["eventTime"] != nil { errors += modern(event, isCore: isCore) }
    if isCore { return errors }
    if event["eventTime"] == nil { errors.append(.required(FieldPath("eventTime"))) }
    let type = event["type"]?.string ?? ""
    if type != "Normal", type != "Warning" {
      errors.append(.invalid(FieldPath("type"), "", "has invalid value: \(type)"))
    }
    for (field, name) in [
      ("deprecatedFirstTimestamp", "firstTimestamp"), ("deprecatedLastTimestamp", "lastTimestamp"),
      ("deprecatedCount", "count"),
    ] where event[field] != nil {
      errors.append(.invalid(FieldPath(name), "", "needs to be unset"))
    }
    if event["deprecatedSource"]?.object?.isEmpty == false {
      errors.append(.invalid(FieldPath("source"), "", "needs to be unset"))
    }
    if let count = event[path: "series", "count"]?.integer, count < 2 {
      errors.append(.invalid(FieldPath("series.count"), "", "should be at least 2"))
    }
    return errors
  }

  /// What an event with an event time must say.
  private static func modern(_ event: JSONValue, isCore: Bool) -> [FieldError] {
    var errors: [FieldError] = []
    let controllerField = isCore ? "reportingComponent" : "reportingController"
    for field in [controllerField, "reportingInstance", "action", "reason"] {
      let text = event[field]?.string ?? ""
      if text.isEmpty {
        errors.append(.required(FieldPath(field)))
      } else if field == controllerField {
        errors += NameRule.qualifiedName(text).map { .invalid(FieldPath(field), .string(text), $0) }
      } else if text.utf8.count > 128 {
        errors.append(.invalid(FieldPath(field), "", "can have at most 128 characters"))
      }
    }
    let note = event[isCore ? "message" : "note"]?.string ?? ""
    if note.utf8.count > 1024 {
      errors.append(.invalid(FieldPath("message"), "", "can have at most 1024 characters"))
    }
    return errors
  }
}

/// Rules of leases.
enum LeaseRules {
  static func errors(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if let seconds = spec["leaseDurationSeconds"]?.integer, seconds <= 0 {
      errors.append(.invalid(path.child("leaseDurationSeconds"), .integer(seconds), "must be greater than 0"))
    }
    if spec["holderIdentity"] == "", spec["strategy"] != nil {
      errors.append(.invalid(path.child("holderIdentity"), "", "must not be empty"))
    }
    return errors + FieldError.negative(spec["leaseTransitions"], at: path.child("leaseTransitions"))
  }
}
