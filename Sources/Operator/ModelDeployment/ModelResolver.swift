import CRDTypes
import JSON
import MLflow
import Planning

/// Finds the model that a deployment's source means at the moment.
struct ModelResolver: Sendable {
  let sweeps: @Sendable (ObjectKey) -> DynamicObject?

  /// Throws `MLflowError` or `PostgresError` where MLflow's database cannot tell.
  func resolve(
    _ source: ModelDeployment.ModelSource, namespace: String?, _ database: TrackingDatabase
  ) async throws -> ServingObservation.Model {
    let text = source.sourceText
    if let id = source.loggedModel {
      return .resolved(.init(source: text, modelID: id, uri: "models:/\(id)"))
    }
    let query: MLflow.ModelSource
    switch runOfSweep(source, namespace: namespace) {
    case .found(let run): query = .run(id: run, name: source.artifactName)
    case .missing(let reason, let message): return .absent(reason: reason, message: message)
    case .notASweep:
      if let run = source.run {
        query = .run(id: run, name: source.artifactName)
      } else if let registry = source.registry, let alias = registry.alias {
        query = .alias(model: registry.name, alias: alias)
      } else if let registry = source.registry, let version = registry.version.flatMap({ Int($0) }) {
        query = .version(model: registry.name, version: version)
      } else {
        return .absent(
          reason: "SourceNotSupported", message: "spec.model \(text) is not a source that can be resolved")
      }
    }
    do {
      let model = try await database.resolve(query)
      return .resolved(
        .init(
          source: text, version: model.version.map { String($0) }, runID: model.runID,
          modelID: Self.modelID(model.uri), uri: model.uri))
    } catch let error as MLflowError where error.code == .notFound {
      return .absent(reason: "ModelNotFound", message: error.description)
    }
  }

  enum SweepRun: Sendable, Hashable {
    case found(String)
    case missing(reason: String, message: String)
    case notASweep
  }

  /// The best run of the sweep that a source names.
  func runOfSweep(_ source: ModelDeployment.ModelSource, namespace: String?) -> SweepRun {
    guard let name = source.sweep?.name else { return .notASweep }
    guard let sweep = sweeps(ObjectKey(namespace: namespace, name: name)) else {
      return .missing(
        reason: "SweepNotFound",
        message: "there is no TrainingSweep \(name) in this namespace: create it or change spec.model.sweep.name")
    }
    guard let run = sweep.status[path: "best", "runID"]?.string else {
      return .missing(reason: "SweepHasNoBest", message: "TrainingSweep \(name) has no best run yet")
    }
    return .found(run)
  }

  private static func modelID(_ uri: String) -> String? {
    uri.hasPrefix("models:/m-") ? String(uri.dropFirst("models:/".count)) : nil
  }
}
