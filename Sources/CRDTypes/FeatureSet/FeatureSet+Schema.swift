extension FeatureSet {
  /// The definition of the kind, as the cluster knows it.
  public static let definition = ResourceDefinition(
    type: type, shortName: "fset",
    description: "Defines features once, for point-in-time training sets and an online store alike.",
    spec: Spec.schema, status: Status.schema,
    columns: [
      PrinterColumn("Entity", path: ".spec.entity.name", "What the features describe."),
      PrinterColumn("Rows", .integer, path: ".status.rows", "Entities that are online."),
      PrinterColumn("Lag", path: ".status.lag", "How far the online store was behind."),
      PrinterColumn(
        "Materialized", .date, path: ".status.lastMaterializationTime", "When rows were last brought over.",
        wide: true),
      .condition("Fresh", "Fresh", "Whether the online store is within maxLag."),
      .condition("Ready", "Ready", "Whether the set is in the state that its spec asks for."),
      .condition("Reason", "Ready", member: "reason", "Why it is, or is not, ready."),
      .age,
    ],
    rules: [.nameLength(52)])
}
