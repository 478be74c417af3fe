public import CRDTypes
import JSON
import Transport

/// One API group of a server and the versions that it serves.
public struct DiscoveredGroup: Sendable, Hashable {
  /// Empty for the core group.
  public let name: String
  /// `group/version`, in the server's order of preference.
  public let versions: [String]
  /// The one to use where nothing asks for another.
  public let preferred: String
}

/// One resource of a group and version, as discovery describes it.
public struct DiscoveredResource: Sendable, Hashable {
  public let type: ResourceType
  /// Lower case; empty where a server does not say.
  public let singular: String
  public let shortNames: [String]
  public let categories: [String]
  public let verbs: [String]
  /// Such as `status`, `scale`, `log`.
  public let subresources: [String]
}

extension KubernetesClient {
  /// The server's API groups: the core group first, then the others in the server's order.
  public func discoverGroups() async throws -> [DiscoveredGroup] {
    let core = try await json(APICall("GET", "/api"))
    let versions = core["versions"]?.array?.compactMap(\.string) ?? []
    var groups: [DiscoveredGroup] = []
    if let first = versions.first { groups.append(DiscoveredGroup(name: "", versions: versions, preferred: first)) }
    let others = try await json(APICall("GET", "/apis"))
    for group in others["groups"]?.array ?? [] {
      let versions = (group["versions"]?.array ?? []).compactMap { $0["groupVersion"]?.string }
      guard let name = group["name"]?.string, let first = versions.first else { continue }
      let preferred = group[path: "preferredVersion", "groupVersion"]?.string ?? first
      groups.append(DiscoveredGroup(name: name, versions: versions, preferred: preferred))
    }
    return groups
  }

  /// The resources of a group and version, such as `v1` or `apps/v1`; throws an `APIError` with `isNotFound` where
  /// the server has none of that name.
  public func discover(_ groupVersion: String) async throws -> [DiscoveredResource] {
    let core = !groupVersion.contains("/")
    let segments = groupVersion.split(separator: "/").map { PercentEncoding.encode(String($0)) }
    let path = (core ? "/api/" : "/apis/") + segments.joined(separator: "/")
    return DiscoveredResource.read(try await json(APICall("GET", path)), groupVersion: groupVersion)
  }

  /// Whether the server serves a kind: the question to ask before a kind that may not be installed is used.
  public func serves(_ type: ResourceType) async throws -> Bool {
    do {
      return try await discover(type.apiVersion).contains { $0.type.plural == type.plural }
    } catch let error as APIError where error.isNotFound {
      return false
    }
  }
}

extension DiscoveredResource {
  /// Reads an APIResourceList; a subresource such as `pods/log` becomes part of its resource.
  static func read(_ json: JSONValue, groupVersion: String) -> [DiscoveredResource] {
    let parts = groupVersion.split(separator: "/").map(String.init)
    let (group, version) = parts.count == 2 ? (parts[0], parts[1]) : ("", groupVersion)
    let elements = json["resources"]?.array ?? []
    var subresources: [String: [String]] = [:]
    for element in elements {
      let names = (element["name"]?.string ?? "").split(separator: "/", maxSplits: 1).map(String.init)
      if names.count == 2 { subresources[names[0], default: []].append(names[1]) }
    }
    return elements.compactMap { element in
      guard let plural = element["name"]?.string, !plural.contains("/"), let kind = element["kind"]?.string else {
        return nil
      }
      return DiscoveredResource(
        type: ResourceType(
          group: group, version: version, kind: kind, plural: plural,
          namespaced: element["namespaced"]?.bool ?? false),
        singular: element["singularName"]?.string ?? "",
        shortNames: element["shortNames"]?.array?.compactMap(\.string) ?? [],
        categories: element["categories"]?.array?.compactMap(\.string) ?? [],
        verbs: element["verbs"]?.array?.compactMap(\.string) ?? [],
        subresources: subresources[plural] ?? [])
    }
  }
}
