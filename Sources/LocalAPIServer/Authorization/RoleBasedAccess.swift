import CRDTypes
import JSON

/// Decides by Roles, ClusterRoles and their bindings (https://kubernetes.io/docs/reference/access-authn-authz/rbac/).
struct RoleBasedAccess {
  let store: ObjectStore

  private static let group = "rbac.authorization.k8s.io"

  private func objects(_ plural: String, namespace: String? = nil) -> [JSONValue] {
    store.objects(GroupResource(group: Self.group, resource: plural), namespace: namespace)
  }

  func allows(_ request: AccessRequest, by user: User) -> Bool {
    if user.isAdministrator { return true }
    if Self.isPublic(request) { return true }
    let namespace: String? = if case .resource(_, _, _, let namespace, _) = request { namespace } else { nil }
    return rules(of: user, namespace: namespace).contains { Self.matches($0, request) }
  }

  /// The rules that hold for a user: cluster-wide ones, and those of a namespace.
  func rules(of user: User, namespace: String?) -> [JSONValue] {
    var out: [JSONValue] = []
    for binding in objects("clusterrolebindings") where binds(binding, user) {
      out += rules(of: binding["roleRef"], namespace: nil)
    }
    if let namespace {
      for binding in objects("rolebindings", namespace: namespace) where binds(binding, user) {
        out += rules(of: binding["roleRef"], namespace: namespace)
      }
    }
    return out
  }

  private func rules(of reference: JSONValue?, namespace: String?) -> [JSONValue] {
    let isRole = reference?["kind"]?.string == "Role"
    let key = ObjectKey(namespace: isRole ? namespace : nil, name: reference?["name"]?.string ?? "")
    let plural = isRole ? "roles" : "clusterroles"
    let role = store.object(GroupResource(group: Self.group, resource: plural), key)
    return role?["rules"]?.array ?? []
  }

  private func binds(_ binding: JSONValue, _ user: User) -> Bool {
    (binding["subjects"]?.array ?? []).contains { subject in
      let name = subject["name"]?.string ?? ""
      switch subject["kind"]?.string {
      case "User": return name == user.name
      case "Group": return user.groups.contains(name)
      case "ServiceAccount":
        let namespace = subject["namespace"]?.string ?? binding.namespace ?? ""
        return user.name == "system:serviceaccount:\(namespace):\(name)"
      default: return false
      }
    }
  }

  /// What every authenticated user may do: look at the API itself, and ask about oneself.
  private static func isPublic(_ request: AccessRequest) -> Bool {
    switch request {
    case .path(let verb, let path):
      let open = ["/api", "/apis", "/openapi", "/healthz", "/livez", "/readyz", "/version"]
      return verb == "get" && open.contains { path == $0 || path.hasPrefix("\($0)/") }
    case .resource(let verb, let resource, _, _, _):
      return verb == "create" && resource.resource.hasPrefix("self") && resource.group.hasSuffix(".k8s.io")
        && resource.resource.hasSuffix("reviews")
    }
  }

  private static func matches(_ rule: JSONValue, _ request: AccessRequest) -> Bool {
    func lists(_ member: String, _ wanted: String) -> Bool {
      (rule[member]?.array ?? []).contains { $0.string == "*" || $0.string == wanted }
    }
    switch request {
    case .path(let verb, let path):
      guard lists("verbs", verb) else { return false }
      return (rule["nonResourceURLs"]?.array ?? []).compactMap(\.string).contains { pattern in
        pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : pattern == path
      }
    case .resource(let verb, let resource, let subresource, _, let name):
      guard lists("verbs", verb), lists("apiGroups", resource.group) else { return false }
      let names = rule["resourceNames"]?.array ?? []
      guard names.isEmpty || names.contains(.string(name)) else { return false }
      let full = subresource.isEmpty ? resource.resource : "\(resource.resource)/\(subresource)"
      return lists("resources", full) || (!subresource.isEmpty && lists("resources", "*/\(subresource)"))
    }
  }
}
