public import JSON

extension ModelDeployment {
  /// Which model to serve, with what, and how traffic moves to a new version.
  public struct Spec: Sendable, Hashable, Codable {
    /// Where the model comes from.
    public var model: ModelSource
    /// What a new version of the model leads to: Automatic (the default) rolls it out, Manual waits.
    public var update: UpdatePolicy?
    /// The container that answers requests, made by the operator. Not with template.
    public var server: Server?
    /// A pod of your own: a Kubernetes PodTemplateSpec. Its first container's first port is served; MODEL_URI and the
    /// model's files at /mnt/model are given to it.
    public var template: JSONValue?
    /// Where the model's files are kept; without it each pod that starts downloads them.
    public var cache: ModelCache?
    /// How many pods serve. 1 by default. Not with autoscaling.
    public var replicas: Int64?
    /// Lets Kubernetes choose the number of pods. Not with replicas.
    public var autoscaling: Autoscaling?
    /// Which kind of object brings requests in: Ingress (the default) or Gateway.
    public var route: Routing.Provider?
    /// How requests reach the model from outside the cluster; without it only its Service does.
    public var ingress: Routing.Ingress?
    /// How traffic moves to a new revision.
    public var rollout: Rollout?
    /// Where the model is registered and recorded, if not where the operator's configuration says.
    public var tracking: Tracking?

    public init(
      model: ModelSource, update: UpdatePolicy? = nil, server: Server? = nil, template: JSONValue? = nil,
      cache: ModelCache? = nil, replicas: Int64? = nil, autoscaling: Autoscaling? = nil,
      route: Routing.Provider? = nil, ingress: Routing.Ingress? = nil, rollout: Rollout? = nil,
      tracking: Tracking? = nil
    ) {
      self.model = model
      self.update = update
      self.server = server
      self.template = template
      self.cache = cache
      self.replicas = replicas
      self.autoscaling = autoscaling
      self.route = route
      self.ingress = ingress
      self.rollout = rollout
      self.tracking = tracking
    }
  }

  /// The tracking server and its database.
  public struct Tracking: Sendable, Hashable, Codable {
    /// The name of a Secret in the same namespace with the keys of the operator's tracking secret: uri, database, and
    /// the credentials.
    public var secret: String

    public init(secret: String) {
      self.secret = secret
    }
  }
}

extension ModelDeployment.Spec {
  static let schema = Schema.object(
    "Which model to serve, with what, and how traffic moves to a new version.",
    [
      .required("model", ModelDeployment.ModelSource.schema.described("Where the model comes from.")),
      .optional(
        "update",
        .choice(
          "What a new version of the model leads to: Automatic (the default) rolls it out, Manual waits.",
          of: ModelDeployment.UpdatePolicy.self, default: .automatic)),
      .optional(
        "server",
        ModelDeployment.Server.schema.described(
          "The container that answers requests, made by the operator. Not with template.")),
      .optional(
        "template",
        .anyObject(
          """
          A pod of your own: a Kubernetes PodTemplateSpec. Its first container's first port is served; MODEL_URI \
          and the model's files at /mnt/model are given to it.
          """)),
      .optional(
        "cache",
        ModelDeployment.ModelCache.schema.described(
          "Where the model's files are kept; without it each pod that starts downloads them.")),
      .optional(
        "replicas",
        .int64(
          "How many pods serve. 1 by default. Not with autoscaling.",
          minimum: 0, maximum: 10000)),
      .optional(
        "autoscaling",
        ModelDeployment.Autoscaling.schema.described(
          "Lets Kubernetes choose the number of pods. Not with replicas.")),
      .optional(
        "route",
        .choice(
          "Which kind of object brings requests in: Ingress (the default) or Gateway.",
          of: Routing.Provider.self, default: .ingress)),
      .optional(
        "ingress",
        Routing.Ingress.schema.described(
          "How requests reach the model from outside the cluster; without it only its Service does.")),
      .optional("rollout", ModelDeployment.Rollout.schema.described("How traffic moves to a new revision.")),
      .optional(
        "tracking",
        ModelDeployment.Tracking.schema.described(
          "Where the model is registered and recorded, if not where the operator's configuration says.")),
    ],
    rules: [
      ValidationRule(
        "!(has(self.server) && has(self.template))",
        message: "the pod is described by server or template: remove one of them", field: "template"),
      ValidationRule(
        "!(has(self.replicas) && has(self.autoscaling))",
        message: "the number of pods is set by replicas or autoscaling: remove one of them", field: "replicas"),
      ValidationRule(
        "!has(self.route) || self.route != 'Gateway' || (has(self.ingress) && has(self.ingress.gateway))",
        message: "route Gateway needs the Gateway to attach to: set ingress.gateway", field: "ingress"),
      ValidationRule(
        "!has(self.ingress) || !has(self.ingress.gateway) || (has(self.route) && self.route == 'Gateway')",
        message: """
          ingress.gateway belongs to route Gateway: set route to Gateway or remove ingress.gateway
          """, field: "ingress"),
    ])
}

extension ModelDeployment.Tracking {
  static let schema = Schema.object(
    "The tracking server and its database.",
    [
      .required(
        "secret",
        .objectName(
          """
          The name of a Secret in the same namespace with the keys of the operator's tracking secret: uri, \
          database, and the credentials.
          """))
    ])
}
