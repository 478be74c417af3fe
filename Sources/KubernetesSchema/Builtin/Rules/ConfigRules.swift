import JSON

/// Rules of config maps, secrets and claims.
enum ConfigRules {
  static let sizeLimit = 1024 * 1024

  static func errors(_ object: JSONValue) -> [FieldError] {
    var errors: [FieldError] = []
    var size = 0
    for member in ["data", "binaryData"] {
      for (key, value) in (object[member]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        errors += NameRule.configKey(key).map { .invalid(FieldPath(member).key(key), .string(key), $0) }
        size += value.string?.utf8.count ?? 0
        if member == "binaryData", object["data"]?[key] != nil {
          errors.append(.invalid(FieldPath(member).key(key), .string(key), "duplicate of key present in data"))
        }
      }
    }
    if size > sizeLimit { errors.append(FieldError(.tooLong, "<nil>", nil, "may not be more than \(sizeLimit) bytes")) }
    if object["type"] == "kubernetes.io/tls" {
      for key in ["tls.crt", "tls.key"] where object["data"]?[key] == nil {
        errors.append(.required(FieldPath("data").key(key)))
      }
    }
    return errors
  }

  static func claim(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    if spec["accessModes"]?.array?.isEmpty ?? true {
      errors.append(.required(path.child("accessModes"), "at least 1 access mode is required"))
    }
    for (index, mode) in (spec["accessModes"]?.array ?? []).enumerated() {
      errors += FieldError.unsupported(
        mode, at: path.child("accessModes").index(index),
        ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"])
    }
    if spec[path: "resources", "requests", "storage"] == nil {
      errors.append(.required(path.child("resources").key("storage")))
    }
    return errors
  }
}

/// Rules of label selectors.
enum SelectorRules {
  static func errors(_ selector: JSONValue?, at path: FieldPath) -> [FieldError] {
    guard let selector else { return [] }
    var errors = ObjectMetaValidation.labels(selector["matchLabels"], at: path.child("matchLabels"))
    for (index, term) in (selector["matchExpressions"]?.array ?? []).enumerated() {
      let field = path.child("matchExpressions").index(index)
      let values = term["values"]?.array ?? []
      switch term["operator"]?.string ?? "" {
      case "In", "NotIn":
        if values.isEmpty {
          errors.append(.required(field.child("values"), "must be specified when `operator` is 'In' or 'NotIn'"))
        }
      case "Exists", "DoesNotExist":
        if !values.isEmpty {
          errors.append(
            .forbidden(
              field.child("values"),
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
        }
      case let other: errors.append(.invalid(field.child("operator"), .string(other), "not a valid selector operator"))
      }
      let key = term["key"]?.string ?? ""
      errors += NameRule.qualifiedName(key).map { .invalid(field.child("key"), .string(key), $0) }
    }
    return errors
  }

  static func isEmpty(_ selector: JSONValue?) -> Bool {
    (selector?["matchLabels"]?.object ?? [:]).isEmpty && (selector?["matchExpressions"]?.array ?? []).isEmpty
  }

  /// Whether labels satisfy a selector.
  static func matches(_ selector: JSONValue, _ labels: JSONObject) -> Bool {
    for (key, value) in selector["matchLabels"]?.object ?? [:] where labels[key] != value { return false }
    return (selector["matchExpressions"]?.array ?? []).allSatisfy { term in
      let value = labels[term["key"]?.string ?? ""]
      let values = term["values"]?.array ?? []
      switch term["operator"]?.string {
      case "In": return value.map(values.contains) ?? false
      case "NotIn": return !(value.map(values.contains) ?? false)
      case "Exists": return value != nil
      default: return value == nil
      }
    }
  }
}
