/// What MLflow knows about the model that a sweep is to register.
public struct RegistryObservation: Sendable, Hashable {
  /// The run whose model is to be registered.
  public var runID: String
  /// The models that it logged, the last one first, by the names that the training code gave them.
  public var models: [Model]
  /// The version that was made for this sweep from this run, if there is one.
  public var version: Version?

  public init(runID: String, models: [Model], version: Version? = nil) {
    self.runID = runID
    self.models = models
    self.version = version
  }

  /// A model that a run logged.
  public struct Model: Sendable, Hashable {
    /// MLflow 3's `m-…`; nil for a folder of the run's.
    public var id: String?
    public var name: String
    public var artifactLocation: String

    public init(id: String?, name: String, artifactLocation: String) {
      self.id = id
      self.name = name
      self.artifactLocation = artifactLocation
    }
  }

  /// A version of a registered model.
  public struct Version: Sendable, Hashable {
    public var number: Int
    public var aliases: [String]

    public init(number: Int, aliases: [String]) {
      self.number = number
      self.aliases = aliases
    }
  }
}

/// A model version to be made of a run, once.
public struct SweepRegistration: Sendable, Hashable {
  /// The tag of a version that names the run it was made from.
  public static let runTag = "martlet.run"

  public var model: String
  public var alias: String?
  public var runID: String
  public var logged: RegistryObservation.Model
  /// Those that tell the version apart from every other are `identity`.
  public var tags: [String: String]
  public var identity: [String: String]
}
