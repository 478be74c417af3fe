/// All resources that are served now: the built-in ones and those of established CRDs.
struct ResourceRegistry: Sendable {
  private var builtin: [GroupVersion: [String: Resource]] = [:]
  private var builtinOrder: [GroupVersion] = []
  /// By the CRD's name.
  private(set) var custom: [String: [Resource]] = [:]

  init() {
    for resource in BuiltinResources.all {
      if builtin[resource.groupVersion] == nil { builtinOrder.append(resource.groupVersion) }
      builtin[resource.groupVersion, default: [:]][resource.plural] = resource
    }
  }

  mutating func setCustom(_ resources: [Resource], of crd: String) {
    custom[crd] = resources.isEmpty ? nil : resources
  }

  func resource(_ groupVersion: GroupVersion, _ plural: String) -> Resource? {
    if let found = builtin[groupVersion]?[plural] { return found }
    for resources in custom.values {
      if let found = resources.first(where: { $0.groupVersion == groupVersion && $0.plural == plural }) {
        return found
      }
    }
    return nil
  }

  /// The resource of a kind at a version, such as an owner reference or a manifest names it.
  func resource(apiVersion: String, kind: String) -> Resource? {
    resources.first { $0.groupVersion.description == apiVersion && $0.kind == kind }
  }

  /// A resource at its preferred version.
  func preferred(_ resource: GroupResource) -> Resource? {
    resources.first { $0.groupResource == resource }
  }

  /// Groups with their versions: built-in ones in their order, then custom ones by name; in a group the preferred
  /// version first.
  var groups: [(group: String, versions: [String])] {
    var out: [(group: String, versions: [String])] = []
    func add(_ groupVersion: GroupVersion) {
      if let index = out.firstIndex(where: { $0.group == groupVersion.group }) {
        if !out[index].versions.contains(groupVersion.version) { out[index].versions.append(groupVersion.version) }
      } else {
        out.append((groupVersion.group, [groupVersion.version]))
      }
    }
    builtinOrder.forEach(add)
    let customVersions = Set(custom.values.joined().map(\.groupVersion)).sorted {
      $0.group == $1.group ? VersionPriority($0.version) > VersionPriority($1.version) : $0.group < $1.group
    }
    customVersions.forEach(add)
    return out
  }

  /// The resources of a version by name.
  func resources(_ groupVersion: GroupVersion) -> [Resource] {
    let all = Array((builtin[groupVersion] ?? [:]).values)
      + custom.values.joined().filter { $0.groupVersion == groupVersion }
    return all.sorted { $0.plural < $1.plural }
  }

  /// All resources in the order of discovery.
  var resources: [Resource] {
    groups.flatMap { group in
      group.versions.flatMap { resources(GroupVersion(group: group.group, version: $0)) }
    }
  }

  /// Every stored kind once.
  var storages: [Resource] {
    var seen: Set<GroupResource> = []
    return resources.filter { $0.verbs.contains("list") && seen.insert($0.storage).inserted }
  }
}
