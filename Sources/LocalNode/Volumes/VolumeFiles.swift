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
    var files: [File] = []
    if let configMap = volume["configMap"] {
      files = try Self.keyed(configMap, "configmap", configMap["name"]?.string ?? "", sources.configMaps)
    } else if let secret = volume["secret"] {
      files = try Self.keyed(secret, "secret", secret["secretName"]?.string ?? "", sources.secrets)
    } else if let downward = volume["downwardAPI"] {
      files = try Self.downward(downward, facts)
    } else if let projected = volume["projected"] {
      let mode = projected["defaultMode"]
      for source in projected["sources"]?.array ?? [] {
        if let configMap = source["configMap"] {
          files += try Self.keyed(configMap, "configmap", configMap["name"]?.string ?? "", sources.configMaps, mode)
        } else if let secret = source["secret"] {
          files += try Self.keyed(secret, "secret", secret["name"]?.string ?? "", sources.secrets, mode)
        } else if let downward = source["downwardAPI"] {
          files += try Self.downward(downward, facts, mode)
        }
      }
    } else if volume["emptyDir"] == nil {
      let name = volume["name"]?.string ?? ""
      throw ContainerConfigError(
        reason: "FailedMount",
        message: "volume \"\(name)\": this node has only emptyDir, configMap, secret, downwardAPI, projected and hostPath")
    }
    for file in files where !Self.staysInside(file.path) {
      throw ContainerConfigError(
        reason: "FailedMount", message: "path \"\(file.path)\" must be relative and must not contain \"..\"")
    }
    self.files = files
  }

  private static func staysInside(_ path: String) -> Bool {
    !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
  }

  private static func mode(_ value: JSONValue?, or other: UInt32 = 0o644) -> UInt32 {
    value?.integer.flatMap(UInt32.init(exactly:)).map { $0 & 0o777 } ?? other
  }

  private static func keyed(
    _ source: JSONValue, _ kind: String, _ name: String, _ objects: [String: [String: [UInt8]]],
    _ defaultMode: JSONValue? = nil
  ) throws(ContainerConfigError) -> [File] {
    let optional = source["optional"]?.bool == true
    let mode = mode(source["defaultMode"] ?? defaultMode)
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
      files.append(File(path: path, content: content, mode: Self.mode(item["mode"], or: mode)))
    }
    return files
  }

  private static func downward(
    _ source: JSONValue, _ facts: ContainerEnvironment.PodFacts, _ defaultMode: JSONValue? = nil
  ) throws(ContainerConfigError) -> [File] {
    let mode = mode(source["defaultMode"] ?? defaultMode)
    var files: [File] = []
    for item in source["items"]?.array ?? [] {
      guard let path = item["path"]?.string, let field = item[path: "fieldRef", "fieldPath"]?.string else { continue }
      guard let value = facts.field(field) else {
        throw ContainerConfigError(reason: "FailedMount", message: "unsupported fieldPath: \(field)")
      }
      files.append(File(path: path, content: Array(value.utf8), mode: Self.mode(item["mode"], or: mode)))
    }
    return files
  }
}
