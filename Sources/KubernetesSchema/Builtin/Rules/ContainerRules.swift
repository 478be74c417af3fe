import JSON

/// Rules of containers.
enum ContainerRules {
  static func errors(_ container: JSONValue, at path: FieldPath, volumes: Set<String>) -> [FieldError] {
    var errors: [FieldError] = []
    let name = container["name"]?.string ?? ""
    if name.isEmpty {
      errors.append(.required(path.child("name")))
    } else {
      errors += NameRule.label(name).map { .invalid(path.child("name"), .string(name), $0) }
    }
    let image = container["image"]?.string ?? ""
    if image.isEmpty {
      errors.append(.required(path.child("image")))
    } else if image != image.trimmingSpaces {
      errors.append(.invalid(path.child("image"), .string(image), "must not have leading or trailing whitespace"))
    }
    errors += FieldError.unsupported(
      container["imagePullPolicy"], at: path.child("imagePullPolicy"),
      ["Always", "IfNotPresent", "Never"])
    errors += ports(container["ports"]?.array ?? [], at: path.child("ports"))
    errors += environment(container["env"]?.array ?? [], at: path.child("env"))
    errors += mounts(container["volumeMounts"]?.array ?? [], at: path.child("volumeMounts"), volumes)
    errors += ResourceRules.errors(container["resources"] ?? [:], at: path.child("resources"))
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
      if let given = container[probe] {
        errors += self.probe(given, at: path.child(probe), isReadiness: probe == "readinessProbe")
      }
    }
    return errors
  }

  private static func ports(_ ports: [JSONValue], at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    var names: Set<String> = []
    for (index, port) in ports.enumerated() {
      let field = path.index(index)
      if let name = port["name"]?.string, !name.isEmpty {
        errors += NameRule.portName(name).map { .invalid(field.child("name"), .string(name), $0) }
        if !names.insert(name).inserted { errors.append(.duplicate(field.child("name"), .string(name))) }
      }
      let number = port["containerPort"]?.integer ?? 0
      if number == 0 {
        errors.append(.required(field.child("containerPort")))
      } else {
        errors += NameRule.portNumber(number).map { .invalid(field.child("containerPort"), .integer(number), $0) }
      }
      if let host = port["hostPort"]?.integer, host != 0 {
        errors += NameRule.portNumber(host).map { .invalid(field.child("hostPort"), .integer(host), $0) }
      }
      errors += FieldError.unsupported(port["protocol"], at: field.child("protocol"), ["SCTP", "TCP", "UDP"])
    }
    return errors
  }

  private static func environment(_ variables: [JSONValue], at path: FieldPath) -> [FieldError] {
    variables.enumerated().flatMap { index, variable -> [FieldError] in
      let field = path.index(index)
      let name = variable["name"]?.string ?? ""
      var errors: [FieldError] =
        name.isEmpty
        ? [.required(field.child("name"))]
        : NameRule.environmentName(name).map { .invalid(field.child("name"), .string(name), $0) }
      guard let source = variable["valueFrom"] else { return errors }
      let count = source.object?.count ?? 0
      if count == 0 {
        errors.append(
          .invalid(
            field.child("valueFrom"), "",
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`, or `fileKeyRef`"))
      }
      if count > 1 {
        errors.append(.invalid(field.child("valueFrom"), "", "may not have more than one field specified at a time"))
      }
      if let value = variable["value"]?.string, !value.isEmpty {
        errors.append(.invalid(field.child("valueFrom"), "", "may not be specified when `value` is not empty"))
      }
      return errors
    }
  }

  private static func mounts(_ mounts: [JSONValue], at path: FieldPath, _ volumes: Set<String>) -> [FieldError] {
    var errors: [FieldError] = []
    var places: Set<String> = []
    for (index, mount) in mounts.enumerated() {
      let field = path.index(index)
      let name = mount["name"]?.string ?? ""
      if name.isEmpty {
        errors.append(.required(field.child("name")))
      }
      if !volumes.contains(name) { errors.append(.notFound(field.child("name"), .string(name))) }
      let place = mount["mountPath"]?.string ?? ""
      if place.isEmpty { errors.append(.required(field.child("mountPath"))) }
      if !places.insert(place).inserted {
        errors.append(.invalid(field.child("mountPath"), .string(place), "must be unique"))
      }
    }
    return errors
  }

  private static func probe(_ probe: JSONValue, at path: FieldPath, isReadiness: Bool) -> [FieldError] {
    let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter { probe[$0] != nil }
    var errors: [FieldError] = []
    if handlers.isEmpty { errors.append(.required(path, "must specify a handler type")) }
    for extra in handlers.dropFirst() {
      errors.append(.forbidden(path.child(extra), "may not specify more than 1 handler type"))
    }
    for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
      errors += FieldError.negative(probe[field], at: path.child(field))
    }
    if !isReadiness, let threshold = probe["successThreshold"]?.integer, threshold > 1 {
      errors.append(.invalid(path.child("successThreshold"), .integer(threshold), "must be 1"))
    }
    return errors
  }
}

/// Rules of what a container requests and is limited to.
enum ResourceRules {
  private static let standard: Set<String> = ["cpu", "memory", "ephemeral-storage"]

  static func errors(_ resources: JSONValue, at path: FieldPath) -> [FieldError] {
    let limits = resources["limits"]?.object ?? [:]
    let requests = resources["requests"]?.object ?? [:]
    var errors: [FieldError] = []
    for (list, members) in [("limits", limits), ("requests", requests)] {
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        errors += amount(name, value, at: path.child(list).key(name), namePath: path.child(list))
      }
    }
    for (name, value) in requests.sorted(by: { $0.key < $1.key }) {
      guard let request = quantity(value) else { continue }
      let field = path.child("requests")
      guard let given = limits[name], let limit = quantity(given) else {
        if isExtended(name) {
          errors.append(.required(path.child("limits"), "Limit must be set for non overcommitable resources"))
        }
        continue
      }
      if isExtended(name), request != limit {
        errors.append(
          .invalid(field, .string(request.canonical), "must be equal to \(name) limit of \(limit.canonical)"))
      } else if request > limit {
        errors.append(
          .invalid(
            field, .string(request.canonical), "must be less than or equal to \(name) limit of \(limit.canonical)"))
      }
    }
    return errors
  }

  static func isExtended(_ name: String) -> Bool { !standard.contains(name) }

  private static func quantity(_ value: JSONValue) -> Quantity? { Quantity(value.string ?? value.text()) }

  private static func amount(
    _ name: String, _ value: JSONValue, at path: FieldPath, namePath: FieldPath
  ) -> [FieldError] {
    var errors = NameRule.qualifiedName(name).map { FieldError.invalid(namePath, .string(name), $0) }
    if !name.contains("/"), !standard.contains(name), !name.hasPrefix("hugepages-") {
      errors.append(.invalid(path, .string(name), "must be a standard resource type or fully qualified"))
      errors.append(.invalid(path, .string(name), "must be a standard resource for containers"))
    }
    guard let quantity = quantity(value) else { return errors }
    if quantity.nanos < 0 {
      errors.append(.invalid(path, .string(quantity.canonical), "must be greater than or equal to 0"))
    }
    if isExtended(name), !quantity.isWhole {
      errors.append(.invalid(path, .string(quantity.canonical), "must be an integer"))
    }
    return errors
  }
}
