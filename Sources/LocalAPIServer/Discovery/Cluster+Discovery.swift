import JSON

extension Cluster {
  /// `/api`, `/apis`, and a group version's resources; in one document where the client takes that.
  mutating func discovery(_ request: APIRequest) throws -> APIReply {
    let isCore = request.path[0] == "api"
    switch (isCore, request.path.count) {
    case (_, 1) where AggregatedDiscovery.isAccepted(request.accept):
      let version = request.accept.contains("v=v2;") || request.accept.hasSuffix("v=v2") ? "v2" : "v2beta1"
      return .json(
        code: 200, AggregatedDiscovery(registry: registry, version: version).document(core: isCore),
        contentType: "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
    case (true, 1):
      return .json(
        code: 200,
        [
          "kind": "APIVersions", "versions": ["v1"],
          "serverAddressByClientCIDRs": [
            ["clientCIDR": "0.0.0.0/0", "serverAddress": .string("\(identity.host):\(identity.port)")]
          ],
        ])
    case (false, 1):
      return .json(
        code: 200,
        [
          "kind": "APIGroupList", "apiVersion": "v1",
          "groups": .array(registry.groups.filter { !$0.group.isEmpty }.map(Self.group)),
        ])
    case (false, 2):
      guard let found = registry.groups.first(where: { $0.group == request.path[1] && !$0.group.isEmpty }) else {
        throw StatusError.noSuchPath
      }
      var document = Self.group(found)
      document["kind"] = "APIGroup"
      document["apiVersion"] = "v1"
      return .json(code: 200, document)
    case (true, 2), (false, 3):
      let version = GroupVersion(
        group: isCore ? "" : request.path[1], version: isCore ? request.path[1] : request.path[2])
      let resources = registry.resources(version)
      guard !resources.isEmpty else { throw StatusError.noSuchPath }
      return .json(
        code: 200,
        [
          "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(version.description),
          "resources": .array(resources.flatMap(Self.entries)),
        ])
    default: throw StatusError.noSuchPath
    }
  }

  private static func group(_ group: (group: String, versions: [String])) -> JSONValue {
    let versions = group.versions.map { version -> JSONValue in
      ["groupVersion": .string("\(group.group)/\(version)"), "version": .string(version)]
    }
    return [
      "name": .string(group.group), "versions": .array(versions), "preferredVersion": versions.first ?? [:],
    ]
  }

  /// A resource and its subresources as `APIResource`s.
  private static func entries(_ resource: Resource) -> [JSONValue] {
    func entry(_ name: String, kind: String, verbs: [String], _ more: JSONObject = [:]) -> JSONValue {
      var out = more
      out["name"] = .string(name)
      out["kind"] = .string(kind)
      out["verbs"] = JSONValue(verbs)
      out["namespaced"] = .bool(resource.isNamespaced)
      if out["singularName"] == nil { out["singularName"] = "" }
      return .object(out)
    }
    var main: JSONObject = ["singularName": .string(resource.singular)]
    if !resource.shortNames.isEmpty { main["shortNames"] = JSONValue(resource.shortNames) }
    if !resource.categories.isEmpty { main["categories"] = JSONValue(resource.categories) }
    var out = [entry(resource.plural, kind: resource.kind, verbs: resource.verbs, main)]
    for part in subresources(resource) {
      var more: JSONObject = [:]
      if part.groupVersion != resource.groupVersion {
        more["group"] = .string(part.groupVersion.group)
        more["version"] = .string(part.groupVersion.version)
      }
      out.append(entry("\(resource.plural)/\(part.name)", kind: part.kind, verbs: part.verbs, more))
    }
    return out
  }

  static func subresources(_ resource: Resource) -> [Subresource] {
    var out = resource.extraSubresources
    let verbs = ["get", "patch", "update"]
    if resource.scale != nil {
      out.append(
        Subresource(
          name: "scale", groupVersion: GroupVersion(group: "autoscaling", version: "v1"), kind: "Scale",
          verbs: verbs))
    }
    if resource.hasStatus {
      out.append(
        Subresource(name: "status", groupVersion: resource.groupVersion, kind: resource.kind, verbs: verbs))
    }
    return out.sorted { $0.name < $1.name }
  }

  // MARK: OpenAPI

  mutating func openAPIReply(_ request: APIRequest) throws -> APIReply {
    switch request.path.dropFirst().first {
    case "v2":
      if request.accept.contains("proto-openapi.spec.v2") {
        return .bytes(OpenAPIv2Header.bytes, contentType: OpenAPIv2Header.contentType)
      }
      return .json(code: 200, openAPI(nil) ?? .object([:]))
    case "v3":
      let rest = Array(request.path.dropFirst(2))
      if rest.isEmpty { return .json(code: 200, openAPIIndex) }
      let version: GroupVersion?
      switch (rest.first, rest.count) {
      case ("api", 2): version = GroupVersion(group: "", version: rest[1])
      case ("apis", 3): version = GroupVersion(group: rest[1], version: rest[2])
      default: version = nil
      }
      guard let version, let document = openAPI(version) else { throw StatusError.noSuchPath }
      return .json(code: 200, document)
    default: throw StatusError.noSuchPath
    }
  }
}

extension ClusterIdentity {
  var versionDocument: JSONValue {
    [
      "major": "1", "minor": "36", "gitVersion": .string(version), "gitCommit": "", "gitTreeState": "clean",
      "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none", "compiler": "swiftc", "platform": "linux/amd64",
    ]
  }
}
