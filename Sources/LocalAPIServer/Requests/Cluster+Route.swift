import FoundationEssentials
import JSON

extension Cluster {
  /// Finds out what a request asks for, and whether its user may.
  mutating func route(_ request: APIRequest, now: Date) throws -> APIReply {
    guard let target = RequestTarget(path: request.path) else { return try routePath(request) }
    guard let resource = registry.resource(target.groupVersion, target.plural) else {
      throw StatusError.noSuchPath
    }
    let verb = target.verb(method: request.method, query: request.query)
    let access = AccessRequest.resource(
      verb: verb, resource.groupResource, subresource: target.subresource ?? "", namespace: target.namespace,
      name: target.name ?? "")
    guard RoleBasedAccess(store: store).allows(access, by: request.user) else {
      throw access.refusal(of: request.user)
    }
    if resource.isNamespaced, target.namespace == nil, target.name != nil { throw StatusError.noSuchPath }
    if !resource.isNamespaced, target.namespace != nil { throw StatusError.noSuchPath }
    let call = ResourceCall(request: request, target: target, resource: resource, now: now)
    if let subresource = target.subresource { return try routeSubresource(subresource, call) }
    let needsName = verb == "update" || verb == "patch"
    guard resource.verbs.contains(verb), !needsName || target.name != nil else {
      throw StatusError.methodNotAllowed()
    }
    switch verb {
    case "get": return call.reply(try read(call))
    case "list": return try list(call)
    case "watch": return .watch(try watch(call))
    case "create":
      if resource.verbs == ["create"] { return try review(call) }
      return try create(call)
    case "update": return try replace(call)
    case "patch": return try patch(call)
    case "delete": return try delete(call)
    case "deletecollection": return try deleteCollection(call)
    default: throw StatusError.methodNotAllowed()
    }
  }

  private mutating func routeSubresource(_ subresource: String, _ call: ResourceCall) throws -> APIReply {
    switch (subresource, call.request.method) {
    case ("status", _) where call.resource.hasStatus:
      switch call.request.method {
      case "GET", "HEAD": return call.reply(try read(call))
      case "PUT": return try replace(call)
      case "PATCH": return try patch(call)
      default: throw StatusError.methodNotAllowed()
      }
    case ("scale", _) where call.resource.scale != nil: return try scale(call)
    case ("log", "GET") where call.isCore("pods"): return .logs(try podLog(call))
    case ("binding", "POST") where call.isCore("pods"): return try bind(call)
    case ("eviction", "POST") where call.isCore("pods"): return try evict(call)
    case ("token", "POST") where call.isCore("serviceaccounts"): return try issueToken(call)
    case ("finalize", "PUT") where call.isCore("namespaces"): return try finalizeNamespace(call)
    case ("exec", _), ("attach", _), ("portforward", _), ("proxy", _), ("ephemeralcontainers", _), ("resize", _):
      throw StatusError.notImplemented("\(call.resource.plural)/\(subresource)")
    default: throw StatusError.noSuchPath
    }
  }

  private mutating func routePath(_ request: APIRequest) throws -> APIReply {
    let path = "/" + request.path.joined(separator: "/")
    let access = AccessRequest.path(verb: request.method == "GET" ? "get" : request.method.lowercased(), path)
    guard RoleBasedAccess(store: store).allows(access, by: request.user) else {
      throw access.refusal(of: request.user)
    }
    guard request.method == "GET" || request.method == "HEAD" else { throw StatusError.methodNotAllowed() }
    switch request.path.first {
    case "healthz", "livez", "readyz": return .text(code: 200, "ok")
    case "version": return .json(code: 200, identity.versionDocument)
    case "openapi": return try openAPIReply(request)
    case "api", "apis": return try discovery(request)
    case nil:
      let paths = ["/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
      return .json(code: 200, ["paths": JSONValue(paths)])
    case "metrics": throw StatusError.notImplemented("/metrics")
    default: throw StatusError.noSuchPath
    }
  }
}

/// A request together with the resource that it is about.
struct ResourceCall {
  let request: APIRequest
  let target: RequestTarget
  let resource: Resource
  let now: Date

  var name: String { target.name ?? "" }
  var isStatus: Bool { target.subresource == "status" }

  func isCore(_ plural: String) -> Bool { resource.isCore(plural) }

  /// One object as the client wants to see it.
  func reply(_ object: JSONValue, code: Int = 200, warnings: [String] = []) -> APIReply {
    let shown = Presentation(request.accept)
    guard let shown else {
      let refusal = StatusError(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json, "
          + "application/json;as=Table;v=v1;g=meta.k8s.io, "
          + "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")
      return .json(code: refusal.code, refusal.status)
    }
    return .json(
      code: code,
      shown.object(resource.served(object), resource: resource, options: .init(request.query), now: now),
      warnings: warnings)
  }
}
