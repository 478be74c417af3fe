import CRDTypes

/// What the operator does with a kind, in Kubernetes' words.
struct Permission: Sendable, Hashable {
  let group: String
  let resources: [String]
  let verbs: [String]
  /// Why.
  let reason: String

  /// Everything that the operator asks of an API server: what its ClusterRole grants, no more and no less.
  static let all: [Permission] = [
    Permission(
      group: APIGroup.name, resources: own, verbs: ["get", "list", "watch", "patch"],
      reason: "follows its kinds, and puts finalizers on them"),
    Permission(
      group: APIGroup.name, resources: own.map { $0 + "/status" }, verbs: ["get", "patch"],
      reason: "reports"),
    Permission(
      group: APIGroup.name, resources: own.map { $0 + "/finalizers" }, verbs: ["update"],
      reason: "makes objects whose owners cannot go before them"),
    Permission(
      group: "batch", resources: ["jobs"], verbs: ["get", "list", "watch", "create", "delete"], reason: "runs trials"),
    Permission(
      group: "", resources: ["pods"], verbs: ["get", "list", "watch"],
      reason: "sees why a trial or a server does not run"
    ),
    Permission(
      group: "apps", resources: ["deployments"], verbs: ["get", "list", "watch", "create", "patch", "delete"],
      reason: "serves models and splits traffic"),
    Permission(
      group: "", resources: ["services", "configmaps"], verbs: ["get", "list", "watch", "create", "patch", "delete"],
      reason: "serves models and splits traffic"),
    Permission(
      group: "networking.k8s.io", resources: ["ingresses"],
      verbs: ["get", "list", "watch", "create", "patch", "delete"], reason: "leads requests to models"),
    Permission(
      group: "autoscaling", resources: ["horizontalpodautoscalers"],
      verbs: ["get", "list", "watch", "create", "patch", "delete"], reason: "scales model servers"),
    Permission(
      group: "gateway.networking.k8s.io", resources: ["httproutes"], verbs: ["get", "create", "patch", "delete"],
      reason: "leads requests to models behind a Gateway; where the Gateway API is not installed this grants nothing"),
    Permission(
      group: "policy", resources: ["poddisruptionbudgets"],
      verbs: ["get", "list", "watch", "create", "patch", "delete"],
      reason: "keeps models and routers up while nodes are drained"),
    Permission(
      group: "", resources: ["secrets"], verbs: ["get", "create"],
      reason: "reads the connections that resources name, and makes the routers' tokens"),
    Permission(
      group: "kueue.x-k8s.io", resources: ["workloads"], verbs: ["list"],
      reason: "tells why Kueue has not admitted a trial yet; where Kueue is not installed this grants nothing"),
    Permission(
      group: "events.k8s.io", resources: ["events"], verbs: ["create", "patch"], reason: "tells what happened"),
    Permission(
      group: "coordination.k8s.io", resources: ["leases"], verbs: ["get", "create", "update"],
      reason: "elects the one replica that acts"),
  ]

  private static let own = [
    TrainingSweep.type, ModelDeployment.type, ABExperiment.type, FeatureSet.type,
  ].map(\.plural)

  /// The ClusterRole with all permissions, as YAML.
  static func clusterRole(named name: String) -> String {
    var out = """
      # Written by `martlet permissions`; do not change it by hand.
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata:
        name: \(name)
        labels:
          app.kubernetes.io/name: martlet
          app.kubernetes.io/part-of: martlet
      rules:

      """
    for permission in all {
      out += """
        # It \(permission.reason).
        - apiGroups: ["\(permission.group)"]
          resources: [\(permission.resources.joined(separator: ", "))]
          verbs: [\(permission.verbs.joined(separator: ", "))]

        """
    }
    return out
  }
}
