public import CRDTypes

extension ModelDeployment.ModelSource {
  /// The source as people write it: `sweep/churn`, `models:/churn@champion`, `models:/churn/3`, `runs:/ID`.
  public var sourceText: String {
    if let sweep { return "sweep/\(sweep.name)" }
    if let registry {
      return registry.alias.map { "models:/\(registry.name)@\($0)" }
        ?? "models:/\(registry.name)/\(registry.version ?? "")"
    }
    if let run { return "runs:/\(run)/\(artifactName)" }
    if let loggedModel { return "models:/\(loggedModel)" }
    return uri ?? ""
  }
}
