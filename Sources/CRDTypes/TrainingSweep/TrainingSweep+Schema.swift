extension TrainingSweep {
  /// The definition of the kind, as the cluster knows it.
  public static let definition = ResourceDefinition(
    type: type, shortName: "sweep",
    description:
      "Searches a parameter space with Jobs, records every trial in MLflow and names the best run.",
    spec: Spec.schema, status: Status.schema,
    columns: [
      PrinterColumn("Trials", path: ".status.progress", "Finished trials of planned ones."),
      PrinterColumn("Running", .integer, path: ".status.trials.running", "Trials at work."),
      PrinterColumn("Failed", .integer, path: ".status.trials.failed", "Trials that failed.", wide: true),
      PrinterColumn("Best", path: ".status.best.value", "The best value so far."),
      PrinterColumn("Algorithm", path: ".status.search.algorithm", "The search algorithm in use.", wide: true),
      PrinterColumn("GPU-Hours", path: ".status.gpuHours", "GPU-hours used so far.", wide: true),
      .condition("Ready", "Ready", "Whether the sweep is in the state that its spec asks for."),
      .condition("Reason", "Ready", member: "reason", "Why it is, or is not, ready."),
      .age,
    ],
    rules: [.nameLength(52)])
}
