import JSON

/// Who makes a request.
struct User: Sendable, Hashable {
  var name: String
  var uid = ""
  var groups: [String]

  /// The owner of the local cluster.
  static let admin = User(name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"])

  /// May do everything, and act as others.
  var isAdministrator: Bool { groups.contains("system:masters") }

  /// The user of a ServiceAccount.
  static func serviceAccount(namespace: String, name: String, uid: String = "") -> User {
    User(
      name: "system:serviceaccount:\(namespace):\(name)", uid: uid,
      groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
  }

  /// The user that `--as` and `--as-group` name; a ServiceAccount's groups are its own.
  static func impersonated(name: String, groups: [String]) -> User {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if groups.isEmpty, parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
      return serviceAccount(namespace: parts[2], name: parts[3])
    }
    let all = groups.contains("system:authenticated") || name == "system:anonymous"
    return User(name: name, groups: all ? groups : groups + ["system:authenticated"])
  }

  /// As reviews show it.
  var json: JSONValue {
    .compact([
      "username": .string(name), "uid": uid.isEmpty ? nil : .string(uid), "groups": JSONValue(groups),
    ])
  }
}
