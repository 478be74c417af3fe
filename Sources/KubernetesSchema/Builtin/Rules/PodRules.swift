import JSON

/// Rules of pods (`pkg/apis/core/validation`).
enum PodRules {
  static func template(_ template: JSONValue, at path: FieldPath) -> [FieldError] {
    ObjectMetaValidation.shared(template["metadata"] ?? [:], at: path.child("metadata"))
      + errors(template["spec"] ?? [:], at: path.child("spec"))
  }

  static func errors(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    let volumes = spec["volumes"]?.array ?? []
    var errors = self.volumes(volumes, at: path.child("volumes"))
    let mountable = Set(volumes.compactMap { $0["name"]?.string })
    let containers = spec["containers"]?.array ?? []
    if containers.isEmpty { errors.append(.required(path.child("containers"))) }
    var names: Set<String> = []
    for list in ["containers", "initContainers"] {
      for (index, container) in (spec[list]?.array ?? []).enumerated() {
        let field = path.child(list).index(index)
        if let name = container["name"]?.string, !name.isEmpty, !names.insert(name).inserted {
          errors.append(.duplicate(field.child("name"), .string(name)))
        }
        errors += ContainerRules.errors(container, at: field, volumes: mountable)
      }
    }
    errors += policies(spec, at: path)
    if let seconds = spec["activeDeadlineSeconds"]?.integer, !(1...Int64(Int32.max)).contains(seconds) {
      errors.append(
        .invalid(
          path.child("activeDeadlineSeconds"), .integer(seconds),
          "must be between 1 and \(Int32.max), inclusive"))
    }
    errors += ObjectMetaValidation.labels(spec["nodeSelector"], at: path.child("nodeSelector"))
    if let name = spec["serviceAccountName"]?.string, !name.isEmpty {
      errors += NameRule.subdomain(name).map { .invalid(path.child("serviceAccountName"), .string(name), $0) }
    }
    for (index, toleration) in (spec["tolerations"]?.array ?? []).enumerated() {
      errors += tolerationErrors(toleration, at: path.child("tolerations").index(index))
    }
    return errors
  }

  private static func policies(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    FieldError.unsupported(spec["restartPolicy"], at: path.child("restartPolicy"), ["Always", "OnFailure", "Never"])
      + FieldError.unsupported(
        spec["dnsPolicy"], at: path.child("dnsPolicy"),
        ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"])
      + FieldError.negative(spec["terminationGracePeriodSeconds"], at: path.child("terminationGracePeriodSeconds"))
  }

  private static func tolerationErrors(_ toleration: JSONValue, at path: FieldPath) -> [FieldError] {
    let key = toleration["key"]?.string ?? ""
    let comparison = toleration["operator"]?.string ?? "Equal"
    var errors =
      key.isEmpty ? [] : NameRule.qualifiedName(key).map { FieldError.invalid(path.child("key"), .string(key), $0) }
    if key.isEmpty, comparison != "Exists" {
      errors.append(
        .invalid(
          path.child("operator"), toleration["operator"] ?? "",
          "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
    }
    if comparison == "Exists", let value = toleration["value"]?.string, !value.isEmpty {
      errors.append(
        .invalid(
          path.child("operator"), toleration["operator"] ?? "",
          "value must be empty when `operator` is 'Exists'"))
    }
    errors += FieldError.unsupported(toleration["operator"], at: path.child("operator"), ["Equal", "Exists"])
    if let effect = toleration["effect"]?.string, !effect.isEmpty {
      errors += FieldError.unsupported(
        .string(effect), at: path.child("effect"),
        ["NoSchedule", "PreferNoSchedule", "NoExecute"])
    }
    return errors
  }

  private static func volumes(_ volumes: [JSONValue], at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, volume) in volumes.enumerated() {
      let field = path.index(index)
      let name = volume["name"]?.string ?? ""
      if name.isEmpty {
        errors.append(.required(field.child("name")))
      } else {
        errors += NameRule.label(name).map { .invalid(field.child("name"), .string(name), $0) }
        if !names.insert(name).inserted { errors.append(.duplicate(field.child("name"), .string(name))) }
      }
      let sources = (volume.object ?? [:]).keys.filter { $0 != "name" }.sorted()
      if sources.isEmpty { errors.append(.required(field, "must specify a volume type")) }
      for extra in sources.dropFirst() {
        errors.append(.forbidden(field.child(extra), "may not specify more than 1 volume type"))
      }
      for (source, needed) in [
        ("secret", "secretName"), ("configMap", "name"), ("persistentVolumeClaim", "claimName"),
        ("hostPath", "path"),
      ] {
        if let given = volume[source], given[needed]?.string?.isEmpty ?? true {
          errors.append(.required(field.child(source, needed)))
        }
      }
    }
    return errors
  }
}
