extension FeatureSet {
  /// Features, where they come from and where they are served.
  public struct Spec: Sendable, Hashable, Codable {
    /// What the features describe.
    public var entity: Entity
    /// The table that features are computed from.
    public var source: Source
    /// The features.
    public var features: [Feature]
    /// How long a value is valid after its event, in training and in serving alike. A duration such as 30d; for ever
    /// by default.
    public var ttl: String?
    /// Whether a row counts at the very time of its event: Inclusive (the default) or Strict.
    public var pointInTime: TimeBound?
    /// Where serving reads the newest values; without it the set is for training only.
    public var online: OnlineStore?
    /// Fresh turns False when the online store is this far behind. A duration; three times online.every by default.
    public var maxLag: String?
    /// What the values must be like.
    public var checks: [FeatureCheck]?
    /// Holds materialisation; what is online stays. Off by default.
    public var suspend: Bool?

    public init(
      entity: Entity, source: Source, features: [Feature], ttl: String? = nil, pointInTime: TimeBound? = nil,
      online: OnlineStore? = nil, maxLag: String? = nil, checks: [FeatureCheck]? = nil, suspend: Bool? = nil
    ) {
      self.entity = entity
      self.source = source
      self.features = features
      self.ttl = ttl
      self.pointInTime = pointInTime
      self.online = online
      self.maxLag = maxLag
      self.checks = checks
      self.suspend = suspend
    }
  }
}

extension FeatureSet.Spec {
  static let schema = Schema.object(
    "Features, where they come from and where they are served.",
    [
      .required("entity", FeatureSet.Entity.schema.described("What the features describe.")),
      .required("source", FeatureSet.Source.schema.described("The table that features are computed from.")),
      .required(
        "features",
        .list(
          "The features.",
          of: FeatureSet.Feature.schema, minItems: 1, maxItems: 500, kind: .map(key: "name"))),
      .optional(
        "ttl",
        .duration(
          """
          How long a value is valid after its event, in training and in serving alike. A duration such as 30d; for \
          ever by default.
          """)),
      .optional(
        "pointInTime",
        .choice(
          "Whether a row counts at the very time of its event: Inclusive (the default) or Strict.",
          of: FeatureSet.TimeBound.self, default: .inclusive)),
      .optional(
        "online",
        FeatureSet.OnlineStore.schema.described(
          "Where serving reads the newest values; without it the set is for training only.")),
      .optional(
        "maxLag",
        .duration(
          """
          Fresh turns False when the online store is this far behind. A duration; three times online.every by \
          default.
          """)),
      .optional(
        "checks",
        .list(
          "What the values must be like.",
          of: FeatureSet.FeatureCheck.schema, maxItems: 500, kind: .map(key: "feature"))),
      .optional("suspend", .boolean("Holds materialisation; what is online stays. Off by default.", default: false)),
    ],
    rules: [
      ValidationRule(
        "!has(self.maxLag) || has(self.online)",
        message: "maxLag is about the online store: set online or remove maxLag", field: "maxLag"),
      ValidationRule(
        "self.features.all(f, !self.entity.keys.exists(k, k.name == f.name))",
        message: """
          a feature cannot have the name of a key of the entity: rename it and give the column as sql
          """, field: "features"),
    ])
}
