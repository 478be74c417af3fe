extension ModelDeployment {
  /// The definition of the kind, as the cluster knows it.
  public static let definition = ResourceDefinition(
    type: type, shortName: "mdep",
    description: """
      Serves a model, from a sweep, a registry, a run or a URI, and moves traffic to new versions step by step.
      """,
    spec: Spec.schema, status: Status.schema,
    columns: [
      PrinterColumn("Ready", path: ".status.ready", "Ready pods of wanted ones."),
      PrinterColumn("Model", path: ".status.model.source", "The model that is served."),
      PrinterColumn("Version", path: ".status.stable.model.version", "The version that has been promoted last."),
      PrinterColumn("Candidate", path: ".status.candidate.name", "The revision that is rolled out.", wide: true),
      PrinterColumn("Weight", .integer, path: ".status.candidate.weight", "The candidate's share.", wide: true),
      .condition("Available", "Available", "Whether requests are answered."),
      .condition("Reason", "Ready", member: "reason", "Why it is, or is not, ready."),
      PrinterColumn("URL", path: ".status.url", "Where requests go.", wide: true),
      .age,
    ],
    scale: ResourceDefinition.Scale(
      specReplicas: ".spec.replicas", statusReplicas: ".status.replicas", selector: ".status.selector"),
    rules: [.nameLength(40)])
}
