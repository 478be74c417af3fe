import CRDTypes
import JSON

/// A container's variables: services of the namespace, then `envFrom`, then `env` in order, each of which may
/// refer to those before it.
struct ContainerEnvironment: Sendable {
  /// What the pod's own fields can be referred to as by the downward API.
  struct PodFacts: Sendable {
    var metadata: JSONValue
    var podIP: String
    var hostIP: String
    var nodeName: String
    var serviceAccount: String
    /// What the node can give, for `resourceFieldRef` of a container without limits.
    var allocatable: [String: String] = [:]
  }

  let variables: [String: String]

  init(
    container: JSONValue, facts: PodFacts, sources: PodSources, services: [String: String]
  ) throws(ContainerConfigError) {
    var out = services
    for source in container["envFrom"]?.array ?? [] { try Self.add(source, sources, to: &out) }
    for variable in container["env"]?.array ?? [] {
      guard let name = variable["name"]?.string else { continue }
      if let value = try Self.value(of: variable, container, facts, sources, out) { out[name] = value }
    }
    variables = out
  }

  private static func add(
    _ source: JSONValue, _ sources: PodSources, to out: inout [String: String]
  ) throws(ContainerConfigError) {
    let prefix = source["prefix"]?.string ?? ""
    let (kind, reference) = source["configMapRef"].map { ("configmap", $0) } ?? ("secret", source["secretRef"] ?? .null)
    let name = reference["name"]?.string ?? ""
    guard let contents = kind == "secret" ? sources.secrets[name] : sources.configMaps[name] else {
      if reference["optional"]?.bool == true { return }
      throw ContainerConfigError(message: "\(kind) \"\(name)\" not found")
    }
    for (key, value) in contents { out[prefix + key] = String(decoding: value, as: UTF8.self) }
  }

  private static func value(
    of variable: JSONValue, _ container: JSONValue, _ facts: PodFacts, _ sources: PodSources, _ known: [String: String]
  ) throws(ContainerConfigError) -> String? {
    guard let from = variable["valueFrom"] else {
      return Expansion.expand(variable["value"]?.string ?? "", known)
    }
    if let reference = from["configMapKeyRef"] {
      return try keyed(reference, "configmap", sources.configMaps)
    }
    if let reference = from["secretKeyRef"] {
      return try keyed(reference, "secret", sources.secrets)
    }
    if let path = from[path: "fieldRef", "fieldPath"]?.string {
      guard let value = facts.field(path) else {
        throw ContainerConfigError(message: "unsupported fieldPath: \(path)")
      }
      return value
    }
    if let resource = from[path: "resourceFieldRef", "resource"]?.string {
      return facts.resource(resource, divisor: from[path: "resourceFieldRef", "divisor"]?.string, of: container)
    }
    return ""
  }

  private static func keyed(
    _ reference: JSONValue, _ kind: String, _ objects: [String: [String: [UInt8]]]
  ) throws(ContainerConfigError) -> String? {
    let name = reference["name"]?.string ?? ""
    let key = reference["key"]?.string ?? ""
    let optional = reference["optional"]?.bool == true
    guard let contents = objects[name] else {
      if optional { return nil }
      throw ContainerConfigError(message: "\(kind) \"\(name)\" not found")
    }
    guard let value = contents[key] else {
      if optional { return nil }
      throw ContainerConfigError(message: "couldn't find key \(key) in \(kind == "secret" ? "Secret" : "ConfigMap") \(name)")
    }
    return String(decoding: value, as: UTF8.self)
  }
}

extension ContainerEnvironment.PodFacts {
  /// The text of a downward-API field; nil for one that there is not.
  func field(_ path: String) -> String? {
    switch path {
    case "metadata.name": return metadata["name"]?.string
    case "metadata.namespace": return metadata["namespace"]?.string
    case "metadata.uid": return metadata["uid"]?.string
    case "metadata.labels": return Self.lines(metadata["labels"])
    case "metadata.annotations": return Self.lines(metadata["annotations"])
    case "spec.nodeName": return nodeName
    case "spec.serviceAccountName": return serviceAccount
    case "status.podIP", "status.podIPs": return podIP
    case "status.hostIP", "status.hostIPs": return hostIP
    default:
      for kind in ["labels", "annotations"] where path.hasPrefix("metadata.\(kind)['") && path.hasSuffix("']") {
        let key = path.dropFirst("metadata.\(kind)['".count).dropLast(2)
        return metadata[kind]?[String(key)]?.string ?? ""
      }
      return nil
    }
  }

  private static func lines(_ map: JSONValue?) -> String {
    (map?.stringMap ?? [:]).sorted { $0.key < $1.key }
      .map { "\($0.key)=\(JSONValue.string($0.value).text())" }.joined(separator: "\n")
  }

  /// A container's resource, in units of the divisor, rounded up; what is not limited is what the node has.
  func resource(_ name: String, divisor: String?, of container: JSONValue) -> String {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return "0" }
    func amount(_ part: String) -> String? {
      let value = container[path: "resources", part, parts[1]]
      return value?.string ?? value?.integer.map(String.init)
    }
    // A request that is not made is the limit; a limit that is not set is what the node has.
    let limit = amount("limits")
    let text = parts[0] == "requests" ? amount("requests") ?? limit ?? "0" : limit ?? allocatable[parts[1]] ?? "0"
    let milli = Quantity.milli(text) ?? 0
    let unit = divisor.flatMap { Quantity.milli($0) } ?? 0
    let by = unit > 0 ? unit : 1000
    return String((milli + by - 1) / by)
  }
}
