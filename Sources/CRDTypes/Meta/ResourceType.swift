/// A kind of Kubernetes object together with where its REST endpoint lies.
public struct ResourceType: Sendable, Hashable, CustomStringConvertible {
  /// The API group; empty for the core group.
  public let group: String
  public let version: String
  public let kind: String
  /// The plural, lower-case name that URLs use.
  public let plural: String
  public let namespaced: Bool

  public init(group: String, version: String, kind: String, plural: String, namespaced: Bool = true) {
    self.group = group
    self.version = version
    self.kind = kind
    self.plural = plural
    self.namespaced = namespaced
  }

  /// `group/version`, or the version alone in the core group.
  public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// The path of the group and version, such as `/apis/batch/v1`.
  public var basePath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

  /// `plural.group`, as messages and CRD names write it.
  public var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }

  public var description: String { qualifiedName }
}

extension ResourceType {
  public static let configMap = ResourceType(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
  public static let secret = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets")
  public static let service = ResourceType(group: "", version: "v1", kind: "Service", plural: "services")
  public static let pod = ResourceType(group: "", version: "v1", kind: "Pod", plural: "pods")
  public static let serviceAccount = ResourceType(
    group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")
  public static let namespace = ResourceType(
    group: "", version: "v1", kind: "Namespace", plural: "namespaces", namespaced: false)
  public static let node = ResourceType(group: "", version: "v1", kind: "Node", plural: "nodes", namespaced: false)
  public static let coreEvent = ResourceType(group: "", version: "v1", kind: "Event", plural: "events")
  public static let event = ResourceType(group: "events.k8s.io", version: "v1", kind: "Event", plural: "events")
  public static let endpointSlice = ResourceType(
    group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices")
  public static let deployment = ResourceType(group: "apps", version: "v1", kind: "Deployment", plural: "deployments")
  public static let replicaSet = ResourceType(group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets")
  public static let job = ResourceType(group: "batch", version: "v1", kind: "Job", plural: "jobs")
  public static let ingress = ResourceType(
    group: "networking.k8s.io", version: "v1", kind: "Ingress", plural: "ingresses")
  public static let httpRoute = ResourceType(
    group: "gateway.networking.k8s.io", version: "v1", kind: "HTTPRoute", plural: "httproutes")
  public static let lease = ResourceType(
    group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
  public static let podDisruptionBudget = ResourceType(
    group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets")
  public static let horizontalPodAutoscaler = ResourceType(
    group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers")
  public static let customResourceDefinition = ResourceType(
    group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions", namespaced: false)
}
