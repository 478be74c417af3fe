/// What a spec means where it is silent. The API server sets the same values from the schema; these hold for
/// specs that were not read from one.
extension ModelDeployment.Spec {
  /// How many pods serve where nothing scales them.
  public var replicaCount: Int64 { replicas ?? 1 }
  public var updatePolicy: ModelDeployment.UpdatePolicy { update ?? .automatic }
  public var routeProvider: Routing.Provider { route ?? .ingress }
  public var runtime: String { server?.runtime ?? "MLflow" }
  public var port: Int64 { server?.port ?? 8080 }
  public var strategy: ModelDeployment.Strategy { rollout?.strategy ?? .canary }
  public var steps: [ModelDeployment.Step] { rollout?.steps ?? [] }
  /// How long a revision may take to become ready.
  public var rolloutDeadline: Duration { rollout?.deadline.flatMap(DurationText.duration) ?? .seconds(600) }
  /// How long a revision without traffic goes on before it is scaled down.
  public var drainTime: Duration { rollout?.drain.flatMap(DurationText.duration) ?? Self.defaultDrainTime }
  /// `drainTime` where the spec is silent.
  public static let defaultDrainTime: Duration = .seconds(30)
  public var warmTime: Duration { rollout?.keepWarm.flatMap(DurationText.duration) ?? .zero }
  public var historyLimit: Int64 { rollout?.historyLimit ?? 3 }
}

extension ModelDeployment.ModelSource {
  /// The name under which the training code logged the model.
  public var artifactName: String { artifact ?? "model" }
}

extension ModelDeployment.Autoscaling {
  public var minimum: Int64 { min ?? 1 }
}

extension ModelDeployment.Step {
  public var holdTime: Duration { hold.flatMap(DurationText.duration) ?? .zero }
  public var isPause: Bool { pause ?? false }
}
