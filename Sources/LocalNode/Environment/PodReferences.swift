import JSON

/// The ConfigMaps and Secrets that a pod's containers and volumes name.
struct PodReferences: Sendable, Hashable {
  private(set) var configMaps: Set<String> = []
  private(set) var secrets: Set<String> = []

  init(podSpec: JSONValue) {
    let containers = (podSpec["initContainers"]?.array ?? []) + (podSpec["containers"]?.array ?? [])
    for container in containers {
      for source in container["envFrom"]?.array ?? [] { note(source["configMapRef"], source["secretRef"]) }
      for variable in container["env"]?.array ?? [] {
        note(variable[path: "valueFrom", "configMapKeyRef"], variable[path: "valueFrom", "secretKeyRef"])
      }
    }
    for volume in podSpec["volumes"]?.array ?? [] {
      noteVolume(volume)
      for source in volume[path: "projected", "sources"]?.array ?? [] { note(source["configMap"], source["secret"]) }
    }
  }

  private mutating func note(_ configMap: JSONValue?, _ secret: JSONValue?) {
    if let name = configMap?["name"]?.string { configMaps.insert(name) }
    if let name = secret?["name"]?.string { secrets.insert(name) }
  }

  private mutating func noteVolume(_ volume: JSONValue) {
    if let name = volume[path: "configMap", "name"]?.string { configMaps.insert(name) }
    if let name = volume[path: "secret", "secretName"]?.string { secrets.insert(name) }
  }
}

/// The contents of what a pod names, as read from the API server. What is missing there is missing here.
struct PodSources: Sendable {
  /// Decoded data by object name and key.
  var configMaps: [String: [String: [UInt8]]] = [:]
  var secrets: [String: [String: [UInt8]]] = [:]

  /// The keys and decoded values of a ConfigMap (`data`, `binaryData`) or a Secret (`data`).
  static func contents(of object: JSONValue) -> [String: [UInt8]] {
    var out: [String: [UInt8]] = [:]
    let isSecret = object["kind"]?.string == "Secret"
    for (key, value) in object["data"]?.stringMap ?? [:] {
      out[key] = isSecret ? Base64.decode(value) ?? [] : Array(value.utf8)
    }
    for (key, value) in object["binaryData"]?.stringMap ?? [:] { out[key] = Base64.decode(value) ?? [] }
    return out
  }
}

/// Why a container cannot be created yet, with the reason that Kubernetes shows for it.
struct ContainerConfigError: Error, Sendable, Hashable {
  var reason = "CreateContainerConfigError"
  let message: String
}
