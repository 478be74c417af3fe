extension ABExperiment {
  /// The definition of the kind, as the cluster knows it.
  public static let definition = ResourceDefinition(
    type: type, shortName: "abx",
    description: "Splits traffic between model deployments, tests which is better, and shifts or promotes.",
    spec: Spec.schema, status: Status.schema,
    columns: [
      PrinterColumn("Split", path: ".status.split", "The weights, in the order of the variants."),
      PrinterColumn("Samples", .integer, path: ".status.samples", "Users that were seen."),
      PrinterColumn("Leader", path: ".status.leader", "The variant that is ahead."),
      PrinterColumn("Decision", path: ".status.decision.verdict", "How it was decided."),
      .condition("Ready", "Ready", "Whether traffic is split as the spec asks for."),
      .condition("Reason", "Ready", member: "reason", "Why it is, or is not, ready."),
      PrinterColumn("URL", path: ".status.url", "Where requests go.", wide: true),
      .age,
    ],
    rules: [.nameLength(40)])
}
