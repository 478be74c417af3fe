import JSON

/// All groups, versions and resources in one document (KEP-3352, `apidiscovery.k8s.io`).
struct AggregatedDiscovery {
  let registry: ResourceRegistry
  /// `v2` or `v2beta1`: the same document.
  let version: String

  static func isAccepted(_ accept: String) -> Bool {
    accept.contains("as=APIGroupDiscoveryList") && accept.contains("g=apidiscovery.k8s.io")
  }

  func document(core: Bool) -> JSONValue {
    let groups = registry.groups.filter { $0.group.isEmpty == core }
    return [
      "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
      "items": .array(
        groups.map { group in
          [
            "metadata": ["name": .string(group.group), "creationTimestamp": .null],
            "versions": .array(
              group.versions.map { version in
                [
                  "version": .string(version), "freshness": "Current",
                  "resources": .array(
                    registry.resources(GroupVersion(group: group.group, version: version)).map(Self.resource)),
                ]
              }),
          ]
        }),
    ]
  }

  private static func kind(_ groupVersion: GroupVersion, _ kind: String) -> JSONValue {
    ["group": .string(groupVersion.group), "version": .string(groupVersion.version), "kind": .string(kind)]
  }

  private static func resource(_ resource: Resource) -> JSONValue {
    let parts = Cluster.subresources(resource)
    return .compact([
      "resource": .string(resource.plural), "responseKind": kind(resource.groupVersion, resource.kind),
      "scope": resource.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(resource.singular),
      "verbs": JSONValue(resource.verbs),
      "shortNames": resource.shortNames.isEmpty ? nil : JSONValue(resource.shortNames),
      "categories": resource.categories.isEmpty ? nil : JSONValue(resource.categories),
      "subresources": parts.isEmpty
        ? nil
        : .array(
          parts.map { part in
            [
              "subresource": .string(part.name), "responseKind": kind(part.groupVersion, part.kind),
              "verbs": JSONValue(part.verbs),
            ]
          }),
    ])
  }
}
