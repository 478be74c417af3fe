extension ModelDeployment {
  /// Where the model comes from. Exactly one of sweep, registry, run, loggedModel and uri is set.
  public struct ModelSource: Sendable, Hashable, Codable {
    /// The best run of a TrainingSweep: a better run is a new revision.
    public var sweep: SweepReference?
    /// A version in MLflow's model registry.
    public var registry: RegistryReference?
    /// The id of an MLflow run that logged the model.
    public var run: String?
    /// The id of a logged model (MLflow 3), such as m-1f3a.
    public var loggedModel: String?
    /// Where the model's files are: s3://, https://, pvc://CLAIM/PATH or oci://IMAGE.
    public var uri: String?
    /// With sweep and run, the name under which the training code logged the model. model by default.
    public var artifact: String?
    /// The name of a Secret in the same namespace whose keys become environment variables of the download, such as
    /// AWS_ACCESS_KEY_ID.
    public var secret: String?

    public init(
      sweep: SweepReference? = nil, registry: RegistryReference? = nil, run: String? = nil,
      loggedModel: String? = nil, uri: String? = nil, artifact: String? = nil, secret: String? = nil
    ) {
      self.sweep = sweep
      self.registry = registry
      self.run = run
      self.loggedModel = loggedModel
      self.uri = uri
      self.artifact = artifact
      self.secret = secret
    }
  }

  /// A TrainingSweep.
  public struct SweepReference: Sendable, Hashable, Codable {
    /// The name of a TrainingSweep in the same namespace.
    public var name: String

    public init(name: String) {
      self.name = name
    }
  }

  /// A version in MLflow's model registry. Exactly one of alias and version is set.
  public struct RegistryReference: Sendable, Hashable, Codable {
    /// The name of the registered model.
    public var name: String
    /// An alias, such as champion. Moving it is a new revision.
    public var alias: String?
    /// A version, such as 3.
    public var version: String?

    public init(name: String, alias: String? = nil, version: String? = nil) {
      self.name = name
      self.alias = alias
      self.version = version
    }
  }
}

extension ModelDeployment.ModelSource {
  static let schema = Schema.object(
    "Where the model comes from. Exactly one of sweep, registry, run, loggedModel and uri is set.",
    [
      .optional(
        "sweep",
        ModelDeployment.SweepReference.schema.described(
          "The best run of a TrainingSweep: a better run is a new revision.")),
      .optional(
        "registry",
        ModelDeployment.RegistryReference.schema.described(
          "A version in MLflow's model registry.")),
      .optional(
        "run",
        .string(
          "The id of an MLflow run that logged the model.",
          minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$")),
      .optional(
        "loggedModel",
        .string(
          "The id of a logged model (MLflow 3), such as m-1f3a.",
          minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$")),
      .optional(
        "uri",
        .string(
          "Where the model's files are: s3://, https://, pvc://CLAIM/PATH or oci://IMAGE.",
          minLength: 1, maxLength: 1024, pattern: "^(s3|https|http|pvc|oci)://.+$")),
      .optional(
        "artifact",
        .string(
          "With sweep and run, the name under which the training code logged the model. model by default.",
          minLength: 1, maxLength: 250, default: "model")),
      .optional(
        "secret",
        .objectName(
          """
          The name of a Secret in the same namespace whose keys become environment variables of the download, such \
          as AWS_ACCESS_KEY_ID.
          """)),
    ],
    rules: [
      ValidationRule(
        """
        (has(self.sweep) ? 1 : 0) + (has(self.registry) ? 1 : 0) + (has(self.run) ? 1 : 0) + \
        (has(self.loggedModel) ? 1 : 0) + (has(self.uri) ? 1 : 0) == 1
        """,
        message: "a model comes from one of sweep, registry, run, loggedModel and uri: set exactly one of them")
    ])
}

extension ModelDeployment.SweepReference {
  static let schema = Schema.object(
    "A TrainingSweep.",
    [
      .required("name", .objectName("The name of a TrainingSweep in the same namespace."))
    ])
}

extension ModelDeployment.RegistryReference {
  static let schema = Schema.object(
    "A version in MLflow's model registry. Exactly one of alias and version is set.",
    [
      .required("name", .string("The name of the registered model.", minLength: 1, maxLength: 250)),
      .optional(
        "alias",
        .string(
          "An alias, such as champion. Moving it is a new revision.",
          minLength: 1, maxLength: 250, pattern: "^[A-Za-z0-9_-]+$")),
      .optional("version", .string("A version, such as 3.", minLength: 1, maxLength: 32, pattern: "^[0-9]+$")),
    ],
    rules: [
      ValidationRule(
        "has(self.alias) != has(self.version)",
        message: "a registered model is named by alias or version: set exactly one of them")
    ])
}
