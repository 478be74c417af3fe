import JSON

/// What a pod's volumes hold, decided from values alone: files to write, or a folder to make.
struct VolumeFiles: Sendable, Hashable {
  struct File: Sendable, Hashable {
    var path: String
    var content: [UInt8]
    var mode: UInt32
  }

  /// Relative to the volume's folder.
  var files: [File]

  /// The files of one volume of a pod; empty for `emptyDir`.
  init(
    volume: JSONValue, facts: ContainerEnvironment.PodFacts, sources: PodSources
  ) throws(ContainerConfigError) {
    if let configMap = volume["configMap"] {
      files = try Self.keyed(configMap, "configmap", configMap["name"]?.string ?? "", sources.configMaps)
    } else if let secret = volume["secret"] {
      files = try Self.keyed(secret, "secret", secret["secretName"]?.string ?? "", sources.secrets)
    } else if let downward = volume["downwardAPI"] {
      files = try Self.downward(downward, facts)
    } else if let projected = volume["projected"] {
      files = []
      for source in projected["sources"]?.array ?? [] {
        if let configMap = source["configMap"] {
          files += try Self.keyed(configMap, "configmap", configMap["name"]?.string ?? "", sources.configMaps)
        } else if let secret = source["secret"] {
          files += try Self.keyed(secret, "secret", secret["name"]?.string ?? "", sources.secrets)
        } else if let downward = source["downwardAPI"] {
          files += try Self.downward(downward, facts)
        }
      }
    } else if volume["emptyDir"] != nil {
      files = []
    } else {
      let name = volume["name"]?.string ?? ""
      throw ContainerConfigError(
        reason: "FailedMount",
        message: "volume \"\(name)\": this node has only emptyDir, configMap, secret, downwardAPI, projected and hostPath")
    }
  }

  private static func keyed(
    _ source: JSONValue, _ kind: String, _ name: String, _ objects: [String: [String: [UInt8]]]
  ) throws(ContainerConfigError) -> [File] {
    let optional = source["optional"]?.bool == true
    let mode = UInt32(source["defaultMode"]?.integer ?? 0o644)
    guard let contents = objects[name] else {
      if optional { return [] }
      throw ContainerConfigError(reason: "FailedMount", message: "\(kind) \"\(name)\" not found")
    }
    guard let items = source["items"]?.array else {
      return contents.sorted { $0.key < $1.key }.map { File(path: $0.key, content: $0.value, mode: mode) }
    }
    var files: [File] = []
    for item in items {
      guard let key = item["key"]?.string, let path = item["path"]?.string else { continue }
      guard let content = contents[key] else {
        if optional { continue }
        throw ContainerConfigError(reason: "FailedMount", message: "\(kind) \"\(name)\" has no key \"\(key)\"")
      }
      files.append(File(path: path, content: content, mode: UInt32(item["mode"]?.integer ?? Int64(mode))))
    }
    return files
  }

  private static func downward(
    _ source: JSONValue, _ facts: ContainerEnvironment.PodFacts
  ) throws(ContainerConfigError) -> [File] {
    let mode = UInt32(source["defaultMode"]?.integer ?? 0o644)
    var files: [File] = []
    for item in source["items"]?.array ?? [] {
      guard let path = item["path"]?.string, let field = item[path: "fieldRef", "fieldPath"]?.string else { continue }
      guard let value = facts.field(field) else {
        throw ContainerConfigError(reason: "FailedMount", message: "unsupported fieldPath: \(field)")
      }
      files.append(File(path: path, content: Array(value.utf8), mode: mode))
    }
    return files
  }
}
