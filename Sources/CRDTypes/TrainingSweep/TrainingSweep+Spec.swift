public import JSON

extension TrainingSweep {
  /// What to search, with what, and within which limits.
  public struct Spec: Sendable, Hashable, Codable {
    /// The metric to optimise. Exactly one of objective and objectives is set.
    public var objective: Objective?
    /// Two or three metrics to optimise together: status then shows the trials that no other trial beats in all of
    /// them.
    public var objectives: [Objective]?
    /// Bounds on metrics: a trial that breaks one is never the best.
    public var constraints: [Constraint]?
    /// The search space.
    public var parameters: [Parameter]
    /// How parameters are chosen.
    public var search: Search?
    /// Trains every trial once for each fold.
    public var crossValidation: CrossValidation?
    /// How many pods work on one trial together: an Indexed Job with a headless Service and the variables that
    /// torchrun expects. 1 by default.
    public var nodes: Int64?
    /// How many trials run, how many at a time, and what becomes of failures.
    public var trials: TrialPolicy?
    /// What the sweep may use up before it ends.
    public var budget: Budget?
    /// Stops running trials that lag behind.
    public var earlyStopping: EarlyStopping?
    /// The GPUs that a trial's first container requests; without it the template's own resources hold.
    public var gpus: GPUs?
    /// The Kueue LocalQueue, in the same namespace, that admits the trials.
    public var queue: String?
    /// The Kueue WorkloadPriorityClass of the trials. Needs queue.
    public var priorityClass: String?
    /// A training set of features for the trials.
    public var featureSet: FeatureSource?
    /// The pod that a trial runs: a Kubernetes PodTemplateSpec. Its containers get the parameters, MLFLOW_RUN_ID,
    /// MLFLOW_EXPERIMENT_ID and MLFLOW_TRACKING_URI as environment variables. restartPolicy is Never if it is left
    /// out.
    public var template: JSONValue
    /// Makes the best run a version of a registered model.
    public var register: Registration?
    /// How long the Jobs of finished trials are kept. Their results stay in MLflow. A duration; 1h by default.
    public var keepJobs: String?
    /// Stops the running trials and starts no new ones; results are kept, and false goes on. Off by default.
    public var suspend: Bool?
    /// What happens to running trials when the sweep ends by its target, budget or failures: Stop (the default) or
    /// Drain.
    public var onFinish: FinishPolicy?
    /// Where the sweep's runs are recorded, if not where the operator's configuration says.
    public var tracking: Tracking?

    public init(
      objective: Objective? = nil, objectives: [Objective]? = nil, constraints: [Constraint]? = nil,
      parameters: [Parameter], search: Search? = nil, crossValidation: CrossValidation? = nil, nodes: Int64? = nil,
      trials: TrialPolicy? = nil, budget: Budget? = nil, earlyStopping: EarlyStopping? = nil, gpus: GPUs? = nil,
      queue: String? = nil, priorityClass: String? = nil, featureSet: FeatureSource? = nil, template: JSONValue,
      register: Registration? = nil, keepJobs: String? = nil, suspend: Bool? = nil, onFinish: FinishPolicy? = nil,
      tracking: Tracking? = nil
    ) {
      self.objective = objective
      self.objectives = objectives
      self.constraints = constraints
      self.parameters = parameters
      self.search = search
      self.crossValidation = crossValidation
      self.nodes = nodes
      self.trials = trials
      self.budget = budget
      self.earlyStopping = earlyStopping
      self.gpus = gpus
      self.queue = queue
      self.priorityClass = priorityClass
      self.featureSet = featureSet
      self.template = template
      self.register = register
      self.keepJobs = keepJobs
      self.suspend = suspend
      self.onFinish = onFinish
      self.tracking = tracking
    }
  }
}

extension TrainingSweep.Spec {
  static let schema = Schema.object(
    "What to search, with what, and within which limits.",
    [
      .optional(
        "objective",
        TrainingSweep.Objective.schema.described(
          "The metric to optimise. Exactly one of objective and objectives is set.")),
      .optional(
        "objectives",
        .list(
          """
          Two or three metrics to optimise together: status then shows the trials that no other trial beats in all \
          of them.
          """,
          of: TrainingSweep.Objective.schema, minItems: 2, maxItems: 3, kind: .map(key: "metric"))),
      .optional(
        "constraints",
        .list(
          "Bounds on metrics: a trial that breaks one is never the best.",
          of: TrainingSweep.Constraint.schema, minItems: 1, maxItems: 16, kind: .map(key: "metric"))),
      .required(
        "parameters",
        .list(
          "The search space.",
          of: TrainingSweep.Parameter.schema, minItems: 1, maxItems: 64, kind: .map(key: "name"))),
      .optional("search", TrainingSweep.Search.schema.defaulting(to: [:]).described("How parameters are chosen.")),
      .optional(
        "crossValidation",
        TrainingSweep.CrossValidation.schema.described(
          "Trains every trial once for each fold.")),
      .optional(
        "nodes",
        .int64(
          """
          How many pods work on one trial together: an Indexed Job with a headless Service and the variables that \
          torchrun expects. 1 by default.
          """,
          minimum: 1, maximum: 256, default: 1)),
      .optional(
        "trials",
        TrainingSweep.TrialPolicy.schema.defaulting(to: [:]).described(
          "How many trials run, how many at a time, and what becomes of failures.")),
      .optional("budget", TrainingSweep.Budget.schema.described("What the sweep may use up before it ends.")),
      .optional("earlyStopping", TrainingSweep.EarlyStopping.schema.described("Stops running trials that lag behind.")),
      .optional(
        "gpus",
        TrainingSweep.GPUs.schema.described(
          "The GPUs that a trial's first container requests; without it the template's own resources hold.")),
      .optional("queue", .objectName("The Kueue LocalQueue, in the same namespace, that admits the trials.")),
      .optional("priorityClass", .objectName("The Kueue WorkloadPriorityClass of the trials. Needs queue.")),
      .optional(
        "featureSet",
        TrainingSweep.FeatureSource.schema.described(
          "A training set of features for the trials.")),
      .required(
        "template",
        .anyObject(
          """
          The pod that a trial runs: a Kubernetes PodTemplateSpec. Its containers get the parameters, \
          MLFLOW_RUN_ID, MLFLOW_EXPERIMENT_ID and MLFLOW_TRACKING_URI as environment variables. restartPolicy is \
          Never if it is left out.
          """)),
      .optional(
        "register",
        TrainingSweep.Registration.schema.described(
          "Makes the best run a version of a registered model.")),
      .optional(
        "keepJobs",
        .duration(
          "How long the Jobs of finished trials are kept. Their results stay in MLflow. A duration; 1h by default.",
          default: "1h")),
      .optional(
        "suspend",
        .boolean(
          "Stops the running trials and starts no new ones; results are kept, and false goes on. Off by default.",
          default: false)),
      .optional(
        "onFinish",
        .choice(
          """
          What happens to running trials when the sweep ends by its target, budget or failures: Stop (the default) \
          or Drain.
          """,
          of: TrainingSweep.FinishPolicy.self, default: .stop)),
      .optional(
        "tracking",
        TrainingSweep.Tracking.schema.described(
          "Where the sweep's runs are recorded, if not where the operator's configuration says.")),
    ],
    rules: [
      ValidationRule(
        "has(self.objective) != has(self.objectives)",
        message: "a sweep has either objective or objectives: set exactly one of them"),
      ValidationRule(
        """
        self.parameters.all(p, !has(p.when) || self.parameters.exists(q, q.name == p.when.parameter && \
        has(q.categorical)))
        """,
        message: "when.parameter must name a categorical parameter of this sweep", field: "parameters"),
      ValidationRule(
        """
        !has(self.search) || !has(self.search.algorithm) || self.search.algorithm != 'Grid' || \
        self.parameters.all(p, !has(p.double) || has(p.double.step))
        """,
        message: """
          search.algorithm Grid needs double.step on every double parameter: add step, or list the values as \
          categorical.choices
          """, field: "parameters"),
      ValidationRule(
        """
        !has(self.search) || !has(self.search.algorithm) || self.search.algorithm == 'Auto' || \
        !has(self.objectives) || self.search.algorithm in ['Random', 'Grid', 'Sobol', 'TPE', 'GP']
        """,
        message: """
          this search.algorithm takes one objective: use Auto, Random, Grid, Sobol, TPE or GP with objectives
          """, field: "search"),
      ValidationRule(
        "!has(self.crossValidation) || !has(self.nodes) || self.nodes == 1",
        message: "crossValidation and nodes cannot be combined: remove one of them", field: "nodes"),
      ValidationRule(
        "!has(self.priorityClass) || has(self.queue)",
        message: """
          priorityClass is a Kueue priority and needs queue: set queue, or use priorityClassName in the template
          """, field: "priorityClass"),
      ValidationRule(
        "!has(self.register) || !has(self.objectives)",
        message: "register needs a single best run: use objective instead of objectives, or remove register",
        field: "register"),
      ValidationRule(
        "!has(self.earlyStopping) || !has(self.objectives)",
        message: "earlyStopping follows one metric: use objective instead of objectives, or remove earlyStopping",
        field: "earlyStopping"),
      ValidationRule(
        """
        !has(self.earlyStopping) || !has(self.search) || !has(self.search.algorithm) || \
        self.search.algorithm != 'Hyperband'
        """,
        message: "algorithm Hyperband stops trials itself: remove earlyStopping or use another algorithm",
        field: "earlyStopping"),
      .immutable("objective", because: comparability),
      .immutable("objectives", because: comparability),
      .immutable("constraints", because: comparability),
      .immutable("parameters", because: comparability),
      .immutable("crossValidation", because: comparability),
      .immutable("nodes", because: comparability),
      .immutable("featureSet", because: comparability),
      .immutable("template", because: comparability),
      .immutable("tracking", because: comparability),
      ValidationRule(
        """
        !has(self.search) || !has(oldSelf.search) || (
        has(self.search.algorithm) == has(oldSelf.search.algorithm)
        && (!has(self.search.algorithm) || self.search.algorithm == oldSelf.search.algorithm)
        && has(self.search.seed) == has(oldSelf.search.seed)
        && (!has(self.search.seed) || self.search.seed == oldSelf.search.seed)
        && has(self.search.hyperband) == has(oldSelf.search.hyperband)
        && (!has(self.search.hyperband) || self.search.hyperband == oldSelf.search.hyperband)
        && has(self.search.warmStart) == has(oldSelf.search.warmStart)
        && (!has(self.search.warmStart) || self.search.warmStart == oldSelf.search.warmStart))
        """,
        message: "algorithm, seed, hyperband and warmStart cannot change: \(comparability)", reason: .forbidden,
        field: "search"),
    ])

  private static let comparability = "the sweep's trials would not be comparable; create a new sweep"
}
