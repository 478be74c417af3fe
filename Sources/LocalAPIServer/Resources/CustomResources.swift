import JSON
import KubernetesSchema

/// What a CustomResourceDefinition serves.
enum CustomResources {
  /// A resource for each served version, in the order of versions that discovery prefers.
  static func resources(of crd: JSONValue) throws -> [Resource] {
    guard let spec = crd["spec"], let group = spec["group"]?.string, let names = spec["names"],
      let kind = names["kind"]?.string, let plural = names["plural"]?.string
    else { return [] }
    let versions = (spec["versions"]?.array ?? []).filter { $0["served"]?.bool == true }
    return try versions.compactMap { version -> Resource? in
      guard let name = version["name"]?.string else { return nil }
      let columns = version["additionalPrinterColumns"]?.array?.map(PrinterColumn.init) ?? [.age]
      let scale = version[path: "subresources", "scale"].map { scale in
        ScalePaths(
          specReplicas: path(scale["specReplicasPath"]), statusReplicas: path(scale["statusReplicasPath"]),
          selector: scale["labelSelectorPath"].map(path) ?? [])
      }
      let selectable = (version["selectableFields"]?.array ?? []).compactMap { field in
        field["jsonPath"]?.string.map { String($0.drop { $0 == "." }) }
      }
      return Resource(
        groupVersion: GroupVersion(group: group, version: name), kind: kind, plural: plural,
        singular: names["singular"]?.string ?? kind.lowercased(),
        shortNames: names["shortNames"]?.array?.compactMap(\.string) ?? [],
        categories: names["categories"]?.array?.compactMap(\.string) ?? [],
        isNamespaced: spec["scope"]?.string != "Cluster",
        verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        hasStatus: version[path: "subresources", "status"] != nil, scale: scale,
        schema: try CustomResourceKind(crd: crd, version: name), columns: columns,
        fields: SelectableFields(extra: selectable, refusal: .custom),
        storage: GroupResource(group: group, resource: plural), customListKind: names["listKind"]?.string)
    }.sorted { VersionPriority($0.groupVersion.version) > VersionPriority($1.groupVersion.version) }
  }

  private static func path(_ json: JSONValue?) -> [String] {
    (json?.string ?? "").split(separator: ".").map(String.init)
  }
}

/// The order of API versions: stable before beta before alpha, then the higher number
/// ("Version priority" in Kubernetes' documentation of CustomResourceDefinition versions).
struct VersionPriority: Comparable {
  private let rank: [Int]
  private let name: String

  init(_ version: String) {
    name = version
    rank = Self.rank(version) ?? []
  }

  private static func rank(_ version: String) -> [Int]? {
    guard version.hasPrefix("v") else { return nil }
    let rest = version.dropFirst()
    let major = rest.prefix { $0.isNumber }
    guard let number = Int(major) else { return nil }
    let suffix = rest.dropFirst(major.count)
    if suffix.isEmpty { return [3, number, 0] }
    for (word, stage) in [("beta", 2), ("alpha", 1)] where suffix.hasPrefix(word) {
      guard let minor = Int(suffix.dropFirst(word.count)) else { return nil }
      return [stage, number, minor]
    }
    return nil
  }

  static func < (left: VersionPriority, right: VersionPriority) -> Bool {
    if left.rank.isEmpty != right.rank.isEmpty { return left.rank.isEmpty }
    if left.rank.isEmpty { return left.name > right.name }
    return left.rank.lexicographicallyPrecedes(right.rank)
  }
}
