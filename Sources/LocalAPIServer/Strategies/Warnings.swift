import JSON

extension Cluster {
  /// The warnings that the server sends with some new objects.
  static func warnings(for object: JSONValue, _ resource: Resource) -> [String] {
    switch resource.groupResource {
    case .pods:
      return duplicateEnvironment(object[path: "spec"], at: "spec")
    case GroupResource(group: "apps", resource: "deployments"), GroupResource(group: "batch", resource: "jobs"):
      return duplicateEnvironment(object[path: "spec", "template", "spec"], at: "spec.template.spec")
    default: return []
    }
  }

  private static func duplicateEnvironment(_ spec: JSONValue?, at path: String) -> [String] {
    var out: [String] = []
    for (index, container) in (spec?["containers"]?.array ?? []).enumerated() {
      var seen: Set<String> = []
      for (position, variable) in (container["env"]?.array ?? []).enumerated() {
        let name = variable["name"]?.string ?? ""
        if !seen.insert(name).inserted {
          out.append(
            "\(path).containers[\(index)].env[\(position)]: hides previous definition of \"\(name)\", which may be "
              + "dropped when using apply")
        }
      }
    }
    return out
  }
}
