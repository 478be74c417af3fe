import JSON

extension SpecCheck {
  /// What a pod template must have for the operator to build on it; the API server checks the rest.
  mutating func podTemplate(_ template: JSONValue, at path: String, restartPolicy: String?) {
    guard let spec = template["spec"], spec.object != nil else {
      report("\(path).spec", "is missing: write a pod's spec with containers")
      return
    }
    guard let containers = spec["containers"]?.array, !containers.isEmpty else {
      report("\(path).spec.containers", "is empty: add the container to run")
      return
    }
    for (index, container) in containers.enumerated() {
      let name = container["name"]?.string
      let place = "\(path).spec.containers[\(name ?? String(index))]"
      if name == nil { report("\(place).name", "is missing: name the container") }
      if container["image"]?.string == nil { report("\(place).image", "is missing: name the image to run") }
    }
    if let restartPolicy, let actual = spec["restartPolicy"]?.string, actual != restartPolicy {
      report("\(path).spec.restartPolicy", "must be \(restartPolicy), not \(actual): change or remove it")
    }
  }
}
