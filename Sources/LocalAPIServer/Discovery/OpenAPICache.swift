import JSON
import KubernetesSchema

/// The OpenAPI documents, made when they are first asked for.
struct OpenAPICache: Sendable {
  private var documents: [GroupVersion?: JSONValue] = [:]

  /// The v3 document of a group version, or the v2 document of everything; nil where nothing is served.
  mutating func document(_ groupVersion: GroupVersion?, registry: ResourceRegistry) -> JSONValue? {
    if let made = documents[groupVersion] { return made }
    let made: JSONValue
    if let groupVersion {
      let resources = registry.resources(groupVersion)
      guard !resources.isEmpty else { return nil }
      made = OpenAPIDocuments.v3(
        group: groupVersion.group, version: groupVersion.version, kinds: resources.map(Self.kind))
    } else {
      made = OpenAPIDocuments.v2(kinds: registry.resources.map(Self.kind))
    }
    documents[groupVersion] = made
    return made
  }

  private static func kind(_ resource: Resource) -> OpenAPIKind {
    OpenAPIKind(
      schema: resource.schema, plural: resource.plural, isNamespaced: resource.isNamespaced,
      hasStatus: resource.hasStatus, hasScale: resource.scale != nil)
  }
}

extension Cluster {
  var openAPIIndex: JSONValue {
    OpenAPIDocuments.index(
      groupVersions: registry.groups.flatMap { group in
        group.versions.map { (group: group.group, version: $0) }
      })
  }
}
