import KubernetesSchema

/// The built-in kinds as resources.
enum BuiltinResources {
  static let all: [Resource] = BuiltinKind.all.filter { !subresourceKinds.contains($0.kind) }.map(resource)

  /// Kinds that are bodies of subresources only.
  private static let subresourceKinds: Set = ["Binding", "Eviction", "Scale", "TokenRequest"]

  private static func resource(_ kind: BuiltinKind) -> Resource {
    let name = GroupResource(group: kind.group, resource: kind.plural)
    let extra = selectable[name] ?? []
    return Resource(
      groupVersion: GroupVersion(group: kind.group, version: kind.version), kind: kind.kind, plural: kind.plural,
      singular: kind.singular, shortNames: kind.shortNames, categories: kind.categories,
      isNamespaced: kind.isNamespaced, verbs: kind.verbs, hasStatus: kind.hasStatus,
      scale: kind.hasScale
        ? ScalePaths(specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: nil) : nil,
      schema: kind, columns: nil,
      fields: SelectableFields(extra: extra, refusal: extra.isEmpty ? .builtin : .builtinWithExtras),
      storage: name == GroupResource(group: "events.k8s.io", resource: "events")
        ? GroupResource(group: "", resource: "events") : name)
  }

  private static let eventFields = [
    "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
    "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
    "reportingComponent", "source", "type",
  ]

  /// The field selectors of upstream's `AddFieldLabelConversionFunc` calls.
  private static let selectable: [GroupResource: [String]] = [
    GroupResource(group: "", resource: "pods"): [
      "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
      "status.phase", "status.podIP", "status.nominatedNodeName",
    ],
    GroupResource(group: "", resource: "events"): eventFields,
    GroupResource(group: "events.k8s.io", resource: "events"): [
      "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion",
      "regarding.resourceVersion", "regarding.fieldPath", "reason", "reportingController", "type",
    ],
    GroupResource(group: "", resource: "nodes"): ["spec.unschedulable"],
    GroupResource(group: "", resource: "namespaces"): ["status.phase"],
    GroupResource(group: "", resource: "secrets"): ["type"],
    GroupResource(group: "", resource: "services"): ["spec.clusterIP", "spec.type"],
    GroupResource(group: "apps", resource: "replicasets"): ["status.replicas"],
    GroupResource(group: "batch", resource: "jobs"): ["status.successful"],
  ]
}
