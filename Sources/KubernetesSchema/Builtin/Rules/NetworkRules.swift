import JSON

/// Rules of services.
enum ServiceRules {
  static func errors(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let type = spec["type"]?.string ?? ""
    errors += FieldError.unsupported(
      .string(type), at: path.child("type"),
      ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])
    errors += FieldError.unsupported(spec["sessionAffinity"], at: path.child("sessionAffinity"), ["ClientIP", "None"])
    let ports = spec["ports"]?.array ?? []
    if ports.isEmpty, type != "ExternalName", spec["clusterIP"] != "None" {
      errors.append(.required(path.child("ports")))
    }
    if type == "ExternalName", spec["externalName"]?.string?.isEmpty ?? true {
      errors.append(.required(path.child("externalName")))
    }
    var names: Set<String> = []
    var pairs: Set<String> = []
    for (index, port) in ports.enumerated() {
      let field = path.child("ports").index(index)
      let name = port["name"]?.string ?? ""
      if name.isEmpty {
        if ports.count > 1 { errors.append(.required(field.child("name"))) }
      } else {
        errors += NameRule.label(name).map { .invalid(field.child("name"), .string(name), $0) }
        if !names.insert(name).inserted { errors.append(.duplicate(field.child("name"), .string(name))) }
      }
      let number = port["port"]?.integer ?? 0
      errors += NameRule.portNumber(number).map { .invalid(field.child("port"), .integer(number), $0) }
      errors += FieldError.unsupported(port["protocol"], at: field.child("protocol"), ["SCTP", "TCP", "UDP"])
      if let target = port["targetPort"] {
        if let number = target.integer {
          errors += NameRule.portNumber(number).map { .invalid(field.child("targetPort"), target, $0) }
        } else if let name = target.string {
          errors += NameRule.portName(name).map { .invalid(field.child("targetPort"), target, $0) }
        }
      }
      if !pairs.insert("\(port["protocol"]?.string ?? "")/\(number)").inserted {
        errors.append(.duplicate(field, ["protocol": port["protocol"] ?? "TCP", "port": .integer(number)]))
      }
    }
    return errors + ObjectMetaValidation.labels(spec["selector"], at: path.child("selector"))
  }
}

/// Rules of ingresses.
enum IngressRules {
  static func errors(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let rules = spec["rules"]?.array ?? []
    if rules.isEmpty, spec["defaultBackend"] == nil {
      errors.append(.invalid(path, spec, "either `defaultBackend` or `rules` must be specified"))
    }
    if let backend = spec["defaultBackend"] { errors += self.backend(backend, at: path.child("defaultBackend")) }
    if let name = spec["ingressClassName"]?.string {
      errors += NameRule.subdomain(name).map { .invalid(path.child("ingressClassName"), .string(name), $0) }
    }
    for (index, rule) in rules.enumerated() {
      let field = path.child("rules").index(index)
      if let host = rule["host"]?.string, !host.isEmpty { errors += self.host(host, at: field.child("host")) }
      guard let http = rule["http"] else { continue }
      let paths = http["paths"]?.array ?? []
      if paths.isEmpty { errors.append(.required(field.child("http", "paths"))) }
      for (position, entry) in paths.enumerated() {
        errors += self.path(entry, at: field.child("http", "paths").index(position))
      }
    }
    return errors
  }

  private static func host(_ host: String, at path: FieldPath) -> [FieldError] {
    if StringFormat.isIPv4(host) { return [.invalid(path, .string(host), "must be a DNS name, not an IP address")] }
    let plain = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
    return NameRule.subdomain(plain).map { .invalid(path, .string(host), $0) }
  }

  private static func path(_ entry: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let text = entry["path"]?.string ?? ""
    switch entry["pathType"]?.string ?? "" {
    case "Exact", "Prefix":
      if !text.hasPrefix("/") { errors.append(.invalid(path.child("path"), .string(text), "must be an absolute path")) }
      for part in ["//", "/./", "/../", "%2f", "%2F"] where text.contains(part) {
        errors.append(.invalid(path.child("path"), .string(text), "must not contain '\(part)'"))
      }
    case "ImplementationSpecific":
      if !text.isEmpty, !text.hasPrefix("/") {
        errors.append(.invalid(path.child("path"), .string(text), "must be an absolute path"))
      }
    case "": errors.append(.required(path.child("pathType"), "pathType must be specified"))
    case let other:
      errors.append(
        .notSupported(path.child("pathType"), .string(other), ["Exact", "ImplementationSpecific", "Prefix"]))
    }
    return errors + backend(entry["backend"] ?? [:], at: path.child("backend"))
  }

  private static func backend(_ backend: JSONValue, at path: FieldPath) -> [FieldError] {
    guard let service = backend["service"] else {
      return backend["resource"] == nil ? [.required(path, "resource or service backend is required")] : []
    }
    if backend["resource"] != nil {
      return [.invalid(path, "", "cannot set both resource and service backends")]
    }
    var errors: [FieldError] = []
    let name = service["name"]?.string ?? ""
    if name.isEmpty {
      errors.append(.required(path.child("service", "name")))
    } else {
      errors += NameRule.dns1035Label(name).map { .invalid(path.child("service", "name"), .string(name), $0) }
    }
    let portName = service[path: "port", "name"]?.string ?? ""
    let number = service[path: "port", "number"]?.integer ?? 0
    let port = path.child("service", "port")
    if portName.isEmpty, number == 0 { errors.append(.required(port, "port name or number is required")) }
    if !portName.isEmpty, number != 0 {
      errors.append(.invalid(path, "", "cannot set both port name & port number"))
    }
    if number != 0 {
      errors += NameRule.portNumber(number).map { .invalid(port.child("number"), .integer(number), $0) }
    }
    return errors
  }
}
