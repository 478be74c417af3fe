import JSON
import YAML

/// The contexts, clusters and users of one or more kubeconfig files, merged as kubectl does: of entries with the same
/// name, and of `current-context`, the first file's counts.
struct Kubeconfig: Sendable {
  /// One entry together with the file that it came from, which relative paths in it are seen from.
  struct Entry: Sendable {
    let path: String
    let name: String
    /// What the entry holds: the object under `context`, `cluster` or `user`.
    let fields: ConfigurationFields
  }

  private(set) var contexts: [Entry] = []
  private(set) var clusters: [Entry] = []
  private(set) var users: [Entry] = []
  private(set) var currentContext: String?
  private(set) var paths: [String] = []

  /// The files, for messages.
  var file: String { "kubeconfig \(paths.joined(separator: ":"))" }

  /// Adds a file's entries behind those that are there.
  mutating func merge(_ text: [UInt8], path: String) throws(ConfigurationError) {
    let file = "kubeconfig \(path)"
    let json: JSONValue
    do {
      json = try JSONValue(yaml: text)
    } catch {
      throw ConfigurationError(code: .malformed, file: file, problem: error.description)
    }
    paths.append(path)
    if json.isNull { return }
    guard json.object != nil else {
      throw ConfigurationError(code: .malformed, file: file, problem: "must be an object, not \(json.typeName)")
    }
    let root = ConfigurationFields(file: file, field: "", json: json)
    if currentContext == nil { currentContext = try root.string("current-context") }
    try Self.merge(root, "contexts", holding: "context", path: path, into: &contexts)
    try Self.merge(root, "clusters", holding: "cluster", path: path, into: &clusters)
    try Self.merge(root, "users", holding: "user", path: path, into: &users)
  }

  private static func merge(
    _ root: ConfigurationFields, _ list: String, holding member: String, path: String, into entries: inout [Entry]
  ) throws(ConfigurationError) {
    let known = Set(entries.map(\.name))
    for element in try root.objects(list) {
      guard let name = try element.string("name") else { throw element.error("name", "is missing") }
      if known.contains(name) { continue }
      let fields =
        try element.object(member)
        ?? ConfigurationFields(file: element.file, field: element.name(of: member), json: .object([:]))
      entries.append(Entry(path: path, name: name, fields: fields))
    }
  }

  /// The entry of a context: the one that is named, or the current one.
  func context(_ name: String?) throws(ConfigurationError) -> Entry {
    if let name {
      if let entry = contexts.first(where: { $0.name == name }) { return entry }
      throw ConfigurationError(
        code: .unknownName, file: file, field: "contexts",
        problem: "has no context \"\(name)\"; there \(Self.listing(contexts))")
    }
    guard let current = currentContext else {
      throw ConfigurationError(
        code: .unknownName, file: file, field: "current-context",
        problem: "is not set; name a context, there \(Self.listing(contexts))")
    }
    guard let entry = contexts.first(where: { $0.name == current }) else {
      throw ConfigurationError(
        code: .unknownName, file: file, field: "current-context",
        problem: "\"\(current)\" is not among contexts; there \(Self.listing(contexts))")
    }
    return entry
  }

  func cluster(of context: Entry) throws(ConfigurationError) -> Entry {
    guard let name = try context.fields.string("cluster") else {
      throw context.fields.error("cluster", "is missing")
    }
    guard let entry = clusters.first(where: { $0.name == name }) else {
      throw context.fields.error("cluster", "\"\(name)\" is not among clusters", code: .unknownName)
    }
    return entry
  }

  /// The user of a context; nil where it names none.
  func user(of context: Entry) throws(ConfigurationError) -> Entry? {
    guard let name = try context.fields.string("user") else { return nil }
    guard let entry = users.first(where: { $0.name == name }) else {
      throw context.fields.error("user", "\"\(name)\" is not among users", code: .unknownName)
    }
    return entry
  }

  private static func listing(_ entries: [Entry]) -> String {
    entries.isEmpty ? "are none" : "are \(entries.map { "\"\($0.name)\"" }.joined(separator: ", "))"
  }
}
