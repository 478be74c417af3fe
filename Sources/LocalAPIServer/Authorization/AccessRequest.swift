import JSON

/// What somebody wants to do, as authorization sees it.
enum AccessRequest: Sendable, Hashable {
  case resource(verb: String, GroupResource, subresource: String, namespace: String?, name: String)
  case path(verb: String, String)

  /// Of a SubjectAccessReview's `spec`.
  init(review spec: JSONValue) {
    if let attributes = spec["resourceAttributes"] {
      self = .resource(
        verb: attributes["verb"]?.string ?? "",
        GroupResource(group: attributes["group"]?.string ?? "", resource: attributes["resource"]?.string ?? ""),
        subresource: attributes["subresource"]?.string ?? "",
        namespace: attributes["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 },
        name: attributes["name"]?.string ?? "")
    } else {
      let attributes = spec["nonResourceAttributes"]
      self = .path(verb: attributes?["verb"]?.string ?? "", attributes?["path"]?.string ?? "")
    }
  }

  /// How a refusal words it.
  func refusal(of user: User) -> StatusError {
    switch self {
    case .path(let verb, let path):
      return .forbidden("forbidden: User \"\(user.name)\" cannot \(verb) path \"\(path)\"")
    case .resource(let verb, let resource, let subresource, let namespace, let name):
      let what = subresource.isEmpty ? resource.resource : "\(resource.resource)/\(subresource)"
      let scope = namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
      return .forbidden(
        resource, name,
        "User \"\(user.name)\" cannot \(verb) resource \"\(what)\" in API group \"\(resource.group)\" \(scope)")
    }
  }
}
