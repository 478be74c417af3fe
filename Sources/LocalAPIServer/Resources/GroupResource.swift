/// A kind of resource regardless of its version, as messages name it: `deployments.apps`, `pods`.
struct GroupResource: Sendable, Hashable, CustomStringConvertible {
  let group: String
  let resource: String

  var description: String { group.isEmpty ? resource : "\(resource).\(group)" }
}

/// A group and one of its versions.
struct GroupVersion: Sendable, Hashable, CustomStringConvertible {
  let group: String
  let version: String

  /// As `apiVersion` writes it.
  var description: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// The path under which the version is served.
  var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}
