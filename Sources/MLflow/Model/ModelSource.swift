/// What a served model is asked for by.
public enum ModelSource: Sendable, Hashable {
  /// The model that a run logged: the one of that name, or the only or last one.
  case run(id: String, name: String? = nil)
  /// The version that an alias of a registered model points at.
  case alias(model: String, alias: String)
  case version(model: String, version: Int)
  /// The version with the greatest number.
  case latest(model: String)
}

/// A model that is there, and fixed: asking again for the same source may give another one, but this one stays.
public struct ResolvedModel: Sendable, Hashable {
  /// The URI for `mlflow models serve -m`: `models:/NAME/VERSION`, `models:/m-…` or `runs:/RUN/PATH`.
  public let uri: String
  /// The storage location of the model's files, where it is known without asking the server.
  public let artifactLocation: String?
  public let runID: String?
  /// The registered model and its version, where it was asked for by the registry.
  public let model: String?
  public let version: Int?

  public init(uri: String, artifactLocation: String?, runID: String?, model: String? = nil, version: Int? = nil) {
    self.uri = uri
    self.artifactLocation = artifactLocation
    self.runID = runID
    self.model = model
    self.version = version
  }
}
