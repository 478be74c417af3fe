import CRDTypes
import FoundationEssentials
import JSON

extension Cluster {
  /// What a cluster has before anybody asks for anything.
  mutating func bootstrap(now: Date) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
      ensure(
        .namespaces, apiVersion: "v1", kind: "Namespace", namespace: nil, name: name,
        content: [
          "metadata": ["labels": ["kubernetes.io/metadata.name": .string(name)]],
          "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
        ], now: now)
    }
    let priorities = GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses")
    for (name, value) in [("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)] {
      ensure(
        priorities, apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", namespace: nil, name: name,
        content: ["value": JSONValue(value), "preemptionPolicy": "PreemptLowerPriority"], now: now)
    }
    bootstrapRoles(now: now)
    settleNow(now)
    ensure(
      .services, apiVersion: "v1", kind: "Service", namespace: "default", name: "kubernetes",
      content: [
        "metadata": ["labels": ["component": "apiserver", "provider": "kubernetes"]],
        "spec": [
          "clusterIP": .string(identity.addresses.apiServer), "clusterIPs": [.string(identity.addresses.apiServer)],
          "internalTrafficPolicy": "Cluster",
          "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "sessionAffinity": "None", "type": "ClusterIP",
          "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": JSONValue(identity.port)]],
        ], "status": ["loadBalancer": [:]],
      ], now: now)
    settleNow(now)
  }

  /// The user-facing roles that manifests refer to.
  private mutating func bootstrapRoles(now: Date) {
    let group = "rbac.authorization.k8s.io"
    let everything: JSONValue = [
      ["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]], ["nonResourceURLs": ["*"], "verbs": ["*"]],
    ]
    let read: JSONValue = [["apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]]]
    let write: JSONValue = [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]]]
    for (name, rules) in [("cluster-admin", everything), ("admin", write), ("edit", write), ("view", read)] {
      ensure(
        GroupResource(group: group, resource: "clusterroles"), apiVersion: "\(group)/v1", kind: "ClusterRole",
        namespace: nil, name: name,
        content: [
          "metadata": ["labels": ["kubernetes.io/bootstrapping": "rbac-defaults"]], "rules": rules,
        ], now: now)
    }
    ensure(
      GroupResource(group: group, resource: "clusterrolebindings"), apiVersion: "\(group)/v1",
      kind: "ClusterRoleBinding", namespace: nil, name: "cluster-admin",
      content: [
        "roleRef": ["apiGroup": .string(group), "kind": "ClusterRole", "name": "cluster-admin"],
        "subjects": [["apiGroup": .string(group), "kind": "Group", "name": "system:masters"]],
      ], now: now)
  }
}
