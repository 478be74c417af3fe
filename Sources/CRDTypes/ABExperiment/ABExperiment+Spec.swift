extension ABExperiment {
  /// Between which models traffic is split, how, and what decides.
  public struct Spec: Sendable, Hashable, Codable {
    /// How requests reach the experiment from outside the cluster; without it only its router's Service does.
    public var ingress: Routing.Ingress?
    /// What splits the traffic: Ingress (the default) puts the operator's router behind an Ingress, Gateway uses the
    /// weights of an HTTPRoute, which are not sticky.
    public var route: Routing.Provider?
    /// How a user is recognised, so that the same user always gets the same variant.
    public var assignment: Assignment
    /// The models between which traffic is split.
    public var variants: [Variant]
    /// What is measured for each variant.
    public var metrics: [Metric]?
    /// How and when it is decided which variant is better.
    public var analysis: Analysis?
    /// Weights that follow the results, instead of fixed ones.
    public var bandit: Bandit?
    /// What happens when the experiment is decided.
    public var onDecision: OnDecision?
    /// The proxy that splits the traffic.
    public var router: RouterSettings?
    /// Holds the analysis; traffic stays as it is. Off by default.
    public var suspend: Bool?
    /// Where the models are registered, if not where the operator's configuration says.
    public var tracking: ModelDeployment.Tracking?

    public init(
      ingress: Routing.Ingress? = nil, route: Routing.Provider? = nil, assignment: Assignment, variants: [Variant],
      metrics: [Metric]? = nil, analysis: Analysis? = nil, bandit: Bandit? = nil, onDecision: OnDecision? = nil,
      router: RouterSettings? = nil, suspend: Bool? = nil, tracking: ModelDeployment.Tracking? = nil
    ) {
      self.ingress = ingress
      self.route = route
      self.assignment = assignment
      self.variants = variants
      self.metrics = metrics
      self.analysis = analysis
      self.bandit = bandit
      self.onDecision = onDecision
      self.router = router
      self.suspend = suspend
      self.tracking = tracking
    }
  }
}

extension ABExperiment.Spec {
  static let schema = Schema.object(
    "Between which models traffic is split, how, and what decides.",
    [
      .optional(
        "ingress",
        Routing.Ingress.schema.described(
          "How requests reach the experiment from outside the cluster; without it only its router's Service does.")),
      .optional(
        "route",
        .choice(
          """
          What splits the traffic: Ingress (the default) puts the operator's router behind an Ingress, Gateway \
          uses the weights of an HTTPRoute, which are not sticky.
          """,
          of: Routing.Provider.self, default: .ingress)),
      .required(
        "assignment",
        ABExperiment.Assignment.schema.described(
          "How a user is recognised, so that the same user always gets the same variant.")),
      .required(
        "variants",
        .list(
          "The models between which traffic is split.",
          of: ABExperiment.Variant.schema, minItems: 2, maxItems: 16, kind: .map(key: "name"))),
      .optional(
        "metrics",
        .list(
          "What is measured for each variant.",
          of: ABExperiment.Metric.schema, maxItems: 20, kind: .map(key: "name"))),
      .optional(
        "analysis",
        ABExperiment.Analysis.schema.described(
          "How and when it is decided which variant is better.")),
      .optional(
        "bandit",
        ABExperiment.Bandit.schema.described(
          "Weights that follow the results, instead of fixed ones.")),
      .optional("onDecision", ABExperiment.OnDecision.schema.described("What happens when the experiment is decided.")),
      .optional("router", ABExperiment.RouterSettings.schema.described("The proxy that splits the traffic.")),
      .optional("suspend", .boolean("Holds the analysis; traffic stays as it is. Off by default.", default: false)),
      .optional(
        "tracking",
        ModelDeployment.Tracking.schema.described(
          "Where the models are registered, if not where the operator's configuration says.")),
    ],
    rules: [
      ValidationRule(
        "self.variants.all(v, has(v.weight)) || (has(self.bandit) && self.variants.all(v, !has(v.weight)))",
        message: """
          every variant needs a weight: set variants.weight (with a bandit, on all variants or on none)
          """, field: "variants"),
      ValidationRule(
        "self.variants.all(v, !has(v.weight)) || self.variants.map(v, has(v.weight) ? v.weight : 0).sum() == 100",
        message: "the weights of the variants must sum to 100: change variants.weight", field: "variants"),
      ValidationRule(
        "self.variants.exists_one(v, has(v.control) && v.control)",
        message: "exactly one variant is the control: set control: true on one of them", field: "variants"),
      ValidationRule(
        """
        (!has(self.analysis) && !has(self.bandit)) || (has(self.metrics) && self.metrics.exists(m, has(m.role) && \
        m.role == 'Decision'))
        """,
        message: """
          analysis and bandit need a metric that decides: give one of metrics the role Decision
          """, field: "metrics"),
      ValidationRule(
        "!has(self.onDecision) || has(self.analysis)",
        message: "onDecision needs a way to decide: set analysis", field: "onDecision"),
      ValidationRule(
        "!has(self.route) || self.route != 'Gateway' || !has(self.ingress) || has(self.ingress.gateway)",
        message: "route Gateway needs the Gateway to attach to: set ingress.gateway", field: "ingress"),
      ValidationRule(
        "!has(self.ingress) || !has(self.ingress.gateway) || (has(self.route) && self.route == 'Gateway')",
        message: "ingress.gateway belongs to route Gateway: set route to Gateway or remove ingress.gateway",
        field: "ingress"),
      .immutable(
        "assignment", because: "users would change variants in the middle; create a new experiment"),
    ])
}
