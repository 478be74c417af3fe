import JSON
import KubernetesSchema

/// Where the scale subresource of a kind finds its numbers.
struct ScalePaths: Sendable, Hashable {
  let specReplicas: [String]
  let statusReplicas: [String]
  /// The label selector's path in text form; nil for kinds whose `spec.selector` is an object.
  let selector: [String]?
}

/// One kind at one version, as it is served.
struct Resource: Sendable {
  let groupVersion: GroupVersion
  let kind: String
  let plural: String
  let singular: String
  var shortNames: [String] = []
  var categories: [String] = []
  let isNamespaced: Bool
  let verbs: [String]
  var hasStatus = false
  var scale: ScalePaths?
  let schema: any KindSchema
  /// The columns of a custom kind; nil for built-in kinds, whose columns are compiled in.
  var columns: [PrinterColumn]?
  let fields: SelectableFields
  /// Under which name objects are stored: one for all versions, and for both kinds of events.
  let storage: GroupResource

  var groupResource: GroupResource { GroupResource(group: groupVersion.group, resource: plural) }
  var isCustom: Bool { columns != nil }

  func isCore(_ plural: String) -> Bool { groupVersion.group.isEmpty && self.plural == plural }
  var listKind: String { customListKind ?? kind + "List" }
  var customListKind: String?

  /// Subresources beside `status` and `scale`, as discovery lists them: name, kind's group version and kind, verbs.
  var extraSubresources: [Subresource] { Subresource.builtin[groupResource] ?? [] }

  /// Whether objects count the changes of their spec in `metadata.generation`.
  var countsGenerations: Bool { isCustom || Self.withGeneration.contains(groupResource) }

  private static let withGeneration: Set<GroupResource> = [
    GroupResource(group: "", resource: "pods"),
    GroupResource(group: "apps", resource: "deployments"), GroupResource(group: "apps", resource: "replicasets"),
    GroupResource(group: "apps", resource: "statefulsets"), GroupResource(group: "apps", resource: "daemonsets"),
    GroupResource(group: "batch", resource: "jobs"),
    GroupResource(group: "networking.k8s.io", resource: "ingresses"),
    GroupResource(group: "networking.k8s.io", resource: "ingressclasses"),
    GroupResource(group: "networking.k8s.io", resource: "networkpolicies"),
    GroupResource(group: "policy", resource: "poddisruptionbudgets"),
    GroupResource(group: "apiextensions.k8s.io", resource: "customresourcedefinitions"),
    GroupResource(group: "discovery.k8s.io", resource: "endpointslices"),
  ]
}

/// A subresource other than `status` and `scale`.
struct Subresource: Sendable {
  let name: String
  let groupVersion: GroupVersion
  let kind: String
  let verbs: [String]

  static let builtin: [GroupResource: [Subresource]] = [
    GroupResource(group: "", resource: "pods"): [
      Subresource(
        name: "binding", groupVersion: GroupVersion(group: "", version: "v1"), kind: "Binding", verbs: ["create"]),
      Subresource(
        name: "eviction", groupVersion: GroupVersion(group: "policy", version: "v1"), kind: "Eviction",
        verbs: ["create"]),
      Subresource(name: "log", groupVersion: GroupVersion(group: "", version: "v1"), kind: "Pod", verbs: ["get"]),
    ],
    GroupResource(group: "", resource: "serviceaccounts"): [
      Subresource(
        name: "token", groupVersion: GroupVersion(group: "authentication.k8s.io", version: "v1"),
        kind: "TokenRequest", verbs: ["create"])
    ],
    GroupResource(group: "", resource: "namespaces"): [
      Subresource(
        name: "finalize", groupVersion: GroupVersion(group: "", version: "v1"), kind: "Namespace", verbs: ["update"])
    ],
  ]
}
