extension ResourceDefinition {
  /// The definitions of all kinds of this project.
  public static let all = [
    TrainingSweep.definition, ModelDeployment.definition, ABExperiment.definition, FeatureSet.definition,
  ]
}
