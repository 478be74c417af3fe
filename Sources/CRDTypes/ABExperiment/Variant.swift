extension ABExperiment {
  /// How a user is recognised, so that the same user always gets the same variant. Exactly one of header and cookie
  /// is set.
  public struct Assignment: Sendable, Hashable, Codable {
    /// The request header that names the user, such as X-User-Id. Requests without it are assigned by a cookie that
    /// the router sets.
    public var header: String?
    /// The cookie that names the user; the router sets it where it is missing.
    public var cookie: String?
    /// What user ids are hashed with; the experiment's UID by default. Two experiments with the same salt assign
    /// alike.
    public var salt: String?

    public init(header: String? = nil, cookie: String? = nil, salt: String? = nil) {
      self.header = header
      self.cookie = cookie
      self.salt = salt
    }
  }

  /// One of the models between which traffic is split.
  public struct Variant: Sendable, Hashable, Codable {
    /// The name of the variant.
    public var name: String
    /// The name of a ModelDeployment in the same namespace.
    public var deployment: String
    /// Its share of the users, in percent; the weights of all variants sum to 100. With a bandit, the share to begin
    /// with.
    public var weight: Int64?
    /// Whether the others are compared with this one; exactly one variant is the control. Off by default.
    public var control: Bool?

    public init(name: String, deployment: String, weight: Int64? = nil, control: Bool? = nil) {
      self.name = name
      self.deployment = deployment
      self.weight = weight
      self.control = control
    }
  }
}

extension ABExperiment.Assignment {
  static let schema = Schema.object(
    """
    How a user is recognised, so that the same user always gets the same variant. Exactly one of header and cookie \
    is set.
    """,
    [
      .optional(
        "header",
        .string(
          """
          The request header that names the user, such as X-User-Id. Requests without it are assigned by a cookie \
          that the router sets.
          """,
          minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9-]+$")),
      .optional(
        "cookie",
        .string(
          "The cookie that names the user; the router sets it where it is missing.",
          minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9_-]+$")),
      .optional(
        "salt",
        .string(
          """
          What user ids are hashed with; the experiment's UID by default. Two experiments with the same salt \
          assign alike.
          """,
          minLength: 1, maxLength: 128, pattern: "^[A-Za-z0-9._-]+$")),
    ],
    rules: [
      ValidationRule(
        "has(self.header) != has(self.cookie)",
        message: "users are recognised by header or cookie: set exactly one of them")
    ])
}

extension ABExperiment.Variant {
  static let schema = Schema.object(
    "One of the models between which traffic is split.",
    [
      .required(
        "name",
        .string(
          "The name of the variant.",
          minLength: 1, maxLength: 30, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")),
      .required("deployment", .objectName("The name of a ModelDeployment in the same namespace.")),
      .optional(
        "weight",
        .int64(
          """
          Its share of the users, in percent; the weights of all variants sum to 100. With a bandit, the share to \
          begin with.
          """,
          minimum: 0, maximum: 100)),
      .optional(
        "control",
        .boolean(
          "Whether the others are compared with this one; exactly one variant is the control. Off by default.",
          default: false)),
    ])
}
