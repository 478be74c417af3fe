/// What a path of the resource API names: a collection, an object or a subresource.
struct RequestTarget: Sendable, Hashable {
  let groupVersion: GroupVersion
  let plural: String
  var namespace: String?
  var name: String?
  var subresource: String?

  /// Nil for paths outside of the resource API (`/version`, `/apis`, `/api/v1`).
  init?(path: [String]) {
    var rest = path[...]
    switch rest.popFirst() {
    case "api":
      guard let version = rest.popFirst() else { return nil }
      groupVersion = GroupVersion(group: "", version: version)
    case "apis":
      guard let group = rest.popFirst(), let version = rest.popFirst() else { return nil }
      groupVersion = GroupVersion(group: group, version: version)
    default: return nil
    }
    // `/watch/...` is the form of watches that was deprecated in Kubernetes 1.11.
    guard let first = rest.popFirst(), first != "watch" else { return nil }
    if first == "namespaces", groupVersion.group.isEmpty || rest.count >= 2 {
      guard let namespace = rest.popFirst() else {
        plural = "namespaces"
        return
      }
      guard let second = rest.popFirst(), !["finalize", "status"].contains(second) else {
        plural = "namespaces"
        name = namespace
        subresource = path.count > 4 ? path[4] : nil
        return
      }
      self.namespace = namespace
      plural = second
    } else {
      plural = first
    }
    name = rest.popFirst()
    subresource = rest.popFirst()
    if !rest.isEmpty { subresource = ([subresource ?? ""] + rest).joined(separator: "/") }
  }

  /// The verb of a method on this target, as authorization names it.
  func verb(method: String, query: Query) -> String {
    switch method {
    case "GET", "HEAD":
      if query.flag("watch") == true { return "watch" }
      return name == nil ? "list" : "get"
    case "POST": return "create"
    case "PUT": return "update"
    case "PATCH": return "patch"
    case "DELETE": return name == nil ? "deletecollection" : "delete"
    default: return method.lowercased()
    }
  }
}
