extension TrainingSweep {
  /// The training set that a FeatureSet makes for the trials: its features as they were known at the time of each
  /// label.
  public struct FeatureSource: Sendable, Hashable, Codable {
    /// The name of a FeatureSet in the same namespace.
    public var name: String
    /// The rows to which features are joined.
    public var labels: Labels
    /// Which features to join; all of the set by default.
    public var features: [String]?

    public init(name: String, labels: Labels, features: [String]? = nil) {
      self.name = name
      self.labels = labels
      self.features = features
    }
  }

  /// The table of labels, in the database of the FeatureSet's source.
  public struct Labels: Sendable, Hashable, Codable {
    /// The table or view, with its schema if that is not on the search path.
    public var table: String
    /// The column with the time at which the label was known; features are joined as of it.
    public var timestamp: String
    /// The columns that go into the training set besides the entity's keys and the timestamp; all by default.
    public var columns: [String]?

    public init(table: String, timestamp: String, columns: [String]? = nil) {
      self.table = table
      self.timestamp = timestamp
      self.columns = columns
    }
  }

  /// The model version that the best run becomes when the sweep has succeeded.
  public struct Registration: Sendable, Hashable, Codable {
    /// The name of the registered model in MLflow; it is created if it is not there.
    public var model: String
    /// The alias that the new version gets, such as challenger.
    public var alias: String?
    /// The name under which the training code logs the model. model by default.
    public var artifact: String?

    public init(model: String, alias: String? = nil, artifact: String? = nil) {
      self.model = model
      self.alias = alias
      self.artifact = artifact
    }
  }

  /// Where the sweep's runs are recorded, if not where the operator's configuration says.
  public struct Tracking: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the keys of the operator's tracking secret: uri, database, and
    /// the credentials.
    public var secret: String?
    /// The name of the MLflow experiment; namespace/name of the sweep by default.
    public var experiment: String?

    public init(secret: String? = nil, experiment: String? = nil) {
      self.secret = secret
      self.experiment = experiment
    }
  }
}

extension TrainingSweep.FeatureSource {
  static let schema = Schema.object(
    """
    The training set that a FeatureSet makes for the trials: its features as they were known at the time of each \
    label.
    """,
    [
      .required("name", .objectName("The name of a FeatureSet in the same namespace.")),
      .required("labels", TrainingSweep.Labels.schema.described("The rows to which features are joined.")),
      .optional(
        "features",
        .list(
          "Which features to join; all of the set by default.",
          of: .string("The name of a feature.", minLength: 1, maxLength: 63), minItems: 1, maxItems: 500, kind: .set)),
    ])
}

extension TrainingSweep.Labels {
  static let schema = Schema.object(
    "The table of labels, in the database of the FeatureSet's source.",
    [
      .required(
        "table",
        .string(
          "The table or view, with its schema if that is not on the search path.",
          minLength: 1, maxLength: 127)),
      .required(
        "timestamp",
        .string(
          "The column with the time at which the label was known; features are joined as of it.",
          minLength: 1, maxLength: 63)),
      .optional(
        "columns",
        .list(
          "The columns that go into the training set besides the entity's keys and the timestamp; all by default.",
          of: .string("The name of a column.", minLength: 1, maxLength: 63), minItems: 1, maxItems: 100, kind: .set)),
    ])
}

extension TrainingSweep.Registration {
  static let schema = Schema.object(
    "The model version that the best run becomes when the sweep has succeeded.",
    [
      .required(
        "model",
        .string(
          "The name of the registered model in MLflow; it is created if it is not there.",
          minLength: 1, maxLength: 250)),
      .optional(
        "alias",
        .string(
          "The alias that the new version gets, such as challenger.",
          minLength: 1, maxLength: 250, pattern: "^[A-Za-z0-9_-]+$")),
      .optional(
        "artifact",
        .string(
          "The name under which the training code logs the model. model by default.",
          minLength: 1, maxLength: 250, default: "model")),
    ])
}

extension TrainingSweep.Tracking {
  static let schema = Schema.object(
    "Where the sweep's runs are recorded, if not where the operator's configuration says.",
    [
      .optional(
        "secret",
        .objectName(
          """
          The name of a Secret in the same namespace with the keys of the operator's tracking secret: uri, \
          database, and the credentials.
          """)),
      .optional(
        "experiment",
        .string(
          "The name of the MLflow experiment; namespace/name of the sweep by default.",
          minLength: 1, maxLength: 250)),
    ])
}
