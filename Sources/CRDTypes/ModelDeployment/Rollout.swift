extension ModelDeployment {
  /// What a new model version leads to.
  public enum UpdatePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is rolled out.
    case automatic = "Automatic"
    /// It is shown in status and waits for a change of the spec.
    case manual = "Manual"
  }

  /// How traffic moves to a new revision.
  public enum Strategy: String, Sendable, Hashable, Codable, CaseIterable {
    /// By the steps.
    case canary = "Canary"
    /// All at once, when the checks have passed without traffic.
    case blueGreen = "BlueGreen"
    /// It gets copies of requests first, by the steps, and its answers are thrown away; then all traffic moves.
    case shadow = "Shadow"
  }

  /// How traffic moves to a new revision.
  public struct Rollout: Sendable, Hashable, Codable {
    /// Canary (the default) moves traffic by the steps; BlueGreen all at once after the checks; Shadow all at once after
    /// steps at which the new revision got copies of requests.
    public var strategy: Strategy?
    /// The weights of the new revision on its way to 100, rising; with Shadow, of how many requests it gets a copy.
    /// Without steps all traffic moves when the revision is ready.
    public var steps: [Step]?
    /// What must hold at every step. A failed check puts the traffic back; missing data is never a pass.
    public var checks: [Check]?
    /// How long a revision may take to become ready before the rollout is given up. A duration; 10m by default.
    public var deadline: String?
    /// How long a revision without traffic goes on before it is scaled down. A duration; 30s by default.
    public var drain: String?
    /// How long the previous revision keeps its replicas after a rollout, for an instant way back. A duration; 0s by
    /// default.
    public var keepWarm: String?
    /// How many old revisions are kept. 3 by default.
    public var historyLimit: Int64?
    /// Holds the rollout at the step that it has reached. Off by default.
    public var paused: Bool?
    /// Puts all traffic back on the stable revision and keeps it there. Off by default.
    public var abort: Bool?
    /// The name of a kept revision to return to, for a rollback; the newest by default.
    public var revision: String?
    /// The name of a revision whose remaining steps, pauses and checks are left out: all traffic moves to it as soon as
    /// its replicas are ready.
    public var promote: String?
    /// A request that a new revision must answer before it gets traffic.
    public var warmUp: WarmUp?

    public init(
      strategy: Strategy? = nil, steps: [Step]? = nil, checks: [Check]? = nil, deadline: String? = nil,
      drain: String? = nil, keepWarm: String? = nil, historyLimit: Int64? = nil, paused: Bool? = nil,
      abort: Bool? = nil, revision: String? = nil, promote: String? = nil, warmUp: WarmUp? = nil
    ) {
      self.strategy = strategy
      self.steps = steps
      self.checks = checks
      self.deadline = deadline
      self.drain = drain
      self.keepWarm = keepWarm
      self.historyLimit = historyLimit
      self.paused = paused
      self.abort = abort
      self.revision = revision
      self.promote = promote
      self.warmUp = warmUp
    }
  }

  /// A share of the traffic, and how long it stays.
  public struct Step: Sendable, Hashable, Codable {
    /// The new revision's share, in percent.
    public var weight: Int64
    /// How long the share stays before the next step. A duration; 0s by default.
    public var hold: String?
    /// Waits at this step until it is removed or the rollout is promoted by hand. Off by default.
    public var pause: Bool?

    public init(weight: Int64, hold: String? = nil, pause: Bool? = nil) {
      self.weight = weight
      self.hold = hold
      self.pause = pause
    }
  }

  /// A request to every new pod before it gets traffic.
  public struct WarmUp: Sendable, Hashable, Codable {
    /// The path. /invocations by default.
    public var path: String?
    /// The JSON body of the request; the answer must be 2xx.
    public var body: String

    public init(path: String? = nil, body: String) {
      self.path = path
      self.body = body
    }
  }
}

extension ModelDeployment.Rollout {
  static let schema = Schema.object(
    "How traffic moves to a new revision.",
    [
      .optional(
        "strategy",
        .choice(
          """
          Canary (the default) moves traffic by the steps; BlueGreen all at once after the checks; Shadow all at \
          once after steps at which the new revision got copies of requests.
          """,
          of: ModelDeployment.Strategy.self, default: .canary)),
      .optional(
        "steps",
        .list(
          """
          The weights of the new revision on its way to 100, rising; with Shadow, of how many requests it gets a \
          copy. Without steps all traffic moves when the revision is ready.
          """,
          of: ModelDeployment.Step.schema, maxItems: 20)),
      .optional(
        "checks",
        .list(
          "What must hold at every step. A failed check puts the traffic back; missing data is never a pass.",
          of: ModelDeployment.Check.schema, maxItems: 16, kind: .map(key: "name"))),
      .optional(
        "deadline",
        .duration(
          "How long a revision may take to become ready before the rollout is given up. A duration; 10m by default.",
          default: "10m")),
      .optional(
        "drain",
        .duration(
          "How long a revision without traffic goes on before it is scaled down. A duration; 30s by default.",
          default: "30s")),
      .optional(
        "keepWarm",
        .duration(
          """
          How long the previous revision keeps its replicas after a rollout, for an instant way back. A duration; \
          0s by default.
          """,
          default: "0s")),
      .optional(
        "historyLimit",
        .int64(
          "How many old revisions are kept. 3 by default.",
          minimum: 0, maximum: 20, default: 3)),
      .optional(
        "paused",
        .boolean(
          "Holds the rollout at the step that it has reached. Off by default.",
          default: false)),
      .optional(
        "abort",
        .boolean(
          "Puts all traffic back on the stable revision and keeps it there. Off by default.",
          default: false)),
      .optional(
        "revision",
        .string(
          "The name of a kept revision to return to, for a rollback; the newest by default.",
          minLength: 1, maxLength: 63)),
      .optional(
        "promote",
        .string(
          """
          The name of a revision whose remaining steps, pauses and checks are left out: all traffic moves to it as \
          soon as its replicas are ready.
          """,
          minLength: 1, maxLength: 63)),
      .optional(
        "warmUp",
        ModelDeployment.WarmUp.schema.described(
          "A request that a new revision must answer before it gets traffic.")),
    ],
    rules: [
      ValidationRule(
        """
        !has(self.steps) || [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].all(i, i + 1 >= \
        size(self.steps) || self.steps[i].weight < self.steps[i + 1].weight)
        """,
        message: "the weights of steps must rise: order them", field: "steps"),
      ValidationRule(
        """
        !has(self.strategy) || self.strategy != 'Shadow' || (has(self.steps) && size(self.steps) > 0) || \
        (has(self.checks) && size(self.checks) > 0)
        """,
        message: "Shadow needs steps or checks: without them nothing is compared", field: "strategy"),
    ])
}

extension ModelDeployment.Step {
  static let schema = Schema.object(
    "A share of the traffic, and how long it stays.",
    [
      .required("weight", .int64("The new revision's share, in percent.", minimum: 0, maximum: 100)),
      .optional("hold", .duration("How long the share stays before the next step. A duration; 0s by default.")),
      .optional(
        "pause",
        .boolean(
          "Waits at this step until it is removed or the rollout is promoted by hand. Off by default.")),
    ])
}

extension ModelDeployment.WarmUp {
  static let schema = Schema.object(
    "A request to every new pod before it gets traffic.",
    [
      .optional(
        "path",
        .string(
          "The path. /invocations by default.",
          minLength: 1, maxLength: 256, pattern: "^/[^ ]*$", default: "/invocations")),
      .required(
        "body",
        .string(
          "The JSON body of the request; the answer must be 2xx.",
          minLength: 1, maxLength: 65536)),
    ])
}
