/// A version of a model in MLflow's registry.
public struct ModelVersion: Sendable, Hashable {
  public let model: String
  public let version: Int
  /// Where it was registered from, such as `models:/m-…` (3.x), `runs:/…/model` (2.x) or a storage location.
  public let source: String
  /// The run that made it; nil where none was named.
  public let runID: String?
  /// READY, PENDING_REGISTRATION or FAILED_REGISTRATION.
  public let status: String
  public let aliases: [String]
  public let tags: [String: String]

  public init(
    model: String, version: Int, source: String, runID: String?, status: String, aliases: [String] = [],
    tags: [String: String] = [:]
  ) {
    self.model = model
    self.version = version
    self.source = source
    self.runID = runID
    self.status = status
    self.aliases = aliases
    self.tags = tags
  }
}

/// A model that a run logged.
public struct LoggedModel: Sendable, Hashable {
  /// `m-` and 32 hexadecimal digits; nil for models of MLflow 2, which are folders of their run.
  public let id: String?
  /// The name that the training code gave it; in MLflow 2 the path below the run's artifacts.
  public let name: String
  public let runID: String
  /// The storage location of its files.
  public let artifactLocation: String

  public init(id: String?, name: String, runID: String, artifactLocation: String) {
    self.id = id
    self.name = name
    self.runID = runID
    self.artifactLocation = artifactLocation
  }

  /// The URI that `mlflow models serve -m` and the registry take.
  public var uri: String { id.map { "models:/\($0)" } ?? "runs:/\(runID)/\(name)" }
}
