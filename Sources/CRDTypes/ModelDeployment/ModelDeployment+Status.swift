extension ModelDeployment {
  /// What serves, and what is on its way.
  public struct Status: Sendable, Hashable, Codable {
    /// The generation of the spec that this status was made from.
    public var observedGeneration: Int64?
    /// Ready, Reconciling, Stalled, Available, Progressing and UpToDate.
    public var conditions: [Condition]?
    /// Where requests go.
    public var url: String?
    /// The model that the spec's source was resolved to.
    public var model: ServedModel?
    /// Whether an HTTPRoute leads requests to the revisions.
    public var routed: Bool?
    /// What of the spec the model was accepted for; under update Manual another model waits until it changes.
    public var acceptedSpec: String?
    /// How many pods there are.
    public var replicas: Int64?
    /// How many pods are ready.
    public var readyReplicas: Int64?
    /// How many pods there should be.
    public var desiredReplicas: Int64?
    /// Ready pods of wanted ones, such as 2/3.
    public var ready: String?
    /// The label selector of the pods, for autoscalers.
    public var selector: String?
    /// The revision that was promoted last.
    public var stable: Revision?
    /// The revision that is being rolled out.
    public var candidate: Revision?
    /// Older revisions that are kept, latest first.
    public var history: [Revision]?
    /// The index of the rollout's step, from 0.
    public var step: Int64?
    /// When the step's weight took effect; the hold and the window of checks begin then.
    public var stepTime: String?
    /// When the rollout last got on.
    public var progressTime: String?
    /// The latest result of each check.
    public var checks: [CheckResult]?
    /// The revision that failed last; it is not tried again until something changes.
    public var failedRevision: Revision?
    /// What was asked for when that revision failed: it is tried again when this is no longer what is asked for.
    public var failedAttempt: String?
    /// What failed last.
    public var lastFailure: Failure?

    public init(
      observedGeneration: Int64? = nil, conditions: [Condition]? = nil, url: String? = nil,
      model: ServedModel? = nil, routed: Bool? = nil, acceptedSpec: String? = nil, replicas: Int64? = nil, readyReplicas: Int64? = nil,
      desiredReplicas: Int64? = nil, ready: String? = nil, selector: String? = nil, stable: Revision? = nil, candidate: Revision? = nil,
      history: [Revision]? = nil, step: Int64? = nil, stepTime: String? = nil, progressTime: String? = nil,
      checks: [CheckResult]? = nil, failedRevision: Revision? = nil, failedAttempt: String? = nil,
      lastFailure: Failure? = nil
    ) {
      self.observedGeneration = observedGeneration
      self.conditions = conditions
      self.url = url
      self.model = model
      self.routed = routed
      self.acceptedSpec = acceptedSpec
      self.replicas = replicas
      self.readyReplicas = readyReplicas
      self.desiredReplicas = desiredReplicas
      self.ready = ready
      self.selector = selector
      self.stable = stable
      self.candidate = candidate
      self.history = history
      self.step = step
      self.stepTime = stepTime
      self.progressTime = progressTime
      self.checks = checks
      self.failedRevision = failedRevision
      self.failedAttempt = failedAttempt
      self.lastFailure = lastFailure
    }
  }

  /// A model, resolved.
  public struct ServedModel: Sendable, Hashable, Codable {
    /// The source as the spec names it, such as sweep/churn or models:/churn@champion.
    public var source: String
    /// The version in the registry.
    public var version: String?
    /// The MLflow run.
    public var runID: String?
    /// The logged model (MLflow 3).
    public var modelID: String?
    /// Where its files are.
    public var uri: String?
    /// The digest of its files.
    public var digest: String?

    public init(
      source: String, version: String? = nil, runID: String? = nil, modelID: String? = nil, uri: String? = nil,
      digest: String? = nil
    ) {
      self.source = source
      self.version = version
      self.runID = runID
      self.modelID = modelID
      self.uri = uri
      self.digest = digest
    }
  }

  /// A model with a pod template, and its share of the traffic.
  public struct Revision: Sendable, Hashable, Codable {
    /// The name of its Deployment and Service.
    public var name: String
    /// The model.
    public var model: ServedModel?
    /// Its share of the traffic, in percent.
    public var weight: Int64?
    /// Of how many requests it gets a copy, in percent, where it answers none.
    public var mirrored: Int64?
    /// How many pods it should have.
    public var replicas: Int64?
    /// How many of its pods are ready.
    public var readyReplicas: Int64?
    /// When it came to be.
    public var time: String?
    /// When all traffic had moved to it.
    public var promotedTime: String?
    /// When it lost its traffic.
    public var retiredTime: String?
    /// How many requests it has answered since the step began; only where a router counts them.
    public var requests: Int64?
    /// How many of them it answered with a status from 400 to 499.
    public var clientErrors: Int64?
    /// How many of them it answered with a status of 500 or more.
    public var serverErrors: Int64?
    /// The mean time of its latest answers. A duration.
    public var meanLatency: String?

    public init(
      name: String, model: ServedModel? = nil, weight: Int64? = nil, mirrored: Int64? = nil,
      replicas: Int64? = nil, readyReplicas: Int64? = nil, time: String? = nil, promotedTime: String? = nil, retiredTime: String? = nil,
      requests: Int64? = nil, clientErrors: Int64? = nil, serverErrors: Int64? = nil, meanLatency: String? = nil
    ) {
      self.name = name
      self.model = model
      self.weight = weight
      self.mirrored = mirrored
      self.replicas = replicas
      self.readyReplicas = readyReplicas
      self.time = time
      self.promotedTime = promotedTime
      self.retiredTime = retiredTime
      self.requests = requests
      self.clientErrors = clientErrors
      self.serverErrors = serverErrors
      self.meanLatency = meanLatency
    }
  }

  /// The latest result of a check.
  public struct CheckResult: Sendable, Hashable, Codable {
    /// The name of the check.
    public var name: String
    /// Passed, Failed or Unknown.
    public var verdict: String
    /// The number that was measured.
    public var value: String?
    /// The limit that it was held to.
    public var limit: String?
    /// For people.
    public var message: String?
    /// When it was measured.
    public var time: String?

    public init(
      name: String, verdict: String, value: String? = nil, limit: String? = nil, message: String? = nil,
      time: String? = nil
    ) {
      self.name = name
      self.verdict = verdict
      self.value = value
      self.limit = limit
      self.message = message
      self.time = time
    }
  }

  /// Something that failed.
  public struct Failure: Sendable, Hashable, Codable {
    /// The revision.
    public var revision: String?
    /// A CamelCase word for programs.
    public var reason: String
    /// What happened.
    public var message: String?
    /// The exit code of the container.
    public var exitCode: Int64?
    /// The last lines of the container's log.
    public var log: String?
    /// When it failed.
    public var time: String?

    public init(
      revision: String? = nil, reason: String, message: String? = nil, exitCode: Int64? = nil, log: String? = nil,
      time: String? = nil
    ) {
      self.revision = revision
      self.reason = reason
      self.message = message
      self.exitCode = exitCode
      self.log = log
      self.time = time
    }
  }
}

extension ModelDeployment.Status {
  static let schema = Schema.object(
    "What serves, and what is on its way.",
    [
      .optional("observedGeneration", .int64("The generation of the spec that this status was made from.", minimum: 0)),
      .optional("conditions", .conditions("Ready, Reconciling, Stalled, Available, Progressing and UpToDate.")),
      .optional("url", .string("Where requests go.", maxLength: 1024)),
      .optional(
        "model",
        ModelDeployment.ServedModel.schema.described(
          "The model that the spec's source was resolved to.")),
      .optional("routed", .boolean("Whether an HTTPRoute leads requests to the revisions.")),
      .optional(
        "acceptedSpec",
        .string(
          "What of the spec the model was accepted for; under update Manual another model waits until it changes.",
          maxLength: 64)),
      .optional("replicas", .int64("How many pods there are.", minimum: 0)),
      .optional("readyReplicas", .int64("How many pods are ready.", minimum: 0)),
      .optional("desiredReplicas", .int64("How many pods there should be.", minimum: 0)),
      .optional("ready", .string("Ready pods of wanted ones, such as 2/3.", maxLength: 32)),
      .optional("selector", .string("The label selector of the pods, for autoscalers.", maxLength: 1024)),
      .optional("stable", ModelDeployment.Revision.schema.described("The revision that was promoted last.")),
      .optional("candidate", ModelDeployment.Revision.schema.described("The revision that is being rolled out.")),
      .optional(
        "history",
        .list(
          "Older revisions that are kept, latest first.",
          of: ModelDeployment.Revision.schema, maxItems: 20)),
      .optional("step", .int64("The index of the rollout's step, from 0.", minimum: 0)),
      .optional(
        "stepTime", .time("When the step's weight took effect; the hold and the window of checks begin then.")),
      .optional("progressTime", .time("When the rollout last got on.")),
      .optional(
        "checks",
        .list(
          "The latest result of each check.",
          of: ModelDeployment.CheckResult.schema, maxItems: 16, kind: .map(key: "name"))),
      .optional(
        "failedRevision",
        ModelDeployment.Revision.schema.described(
          "The revision that failed last; it is not tried again until something changes.")),
      .optional(
        "failedAttempt",
        .string(
          """
          What was asked for when that revision failed: it is tried again when this is no longer what is asked for.
          """, maxLength: 64)),
      .optional("lastFailure", ModelDeployment.Failure.schema.described("What failed last.")),
    ])
}

extension ModelDeployment.ServedModel {
  static let schema = Schema.object(
    "A model, resolved.",
    [
      .required(
        "source",
        .string(
          "The source as the spec names it, such as sweep/churn or models:/churn@champion.",
          maxLength: 1024)),
      .optional("version", .string("The version in the registry.", maxLength: 32)),
      .optional("runID", .string("The MLflow run.", maxLength: 64)),
      .optional("modelID", .string("The logged model (MLflow 3).", maxLength: 64)),
      .optional("uri", .string("Where its files are.", maxLength: 1024)),
      .optional("digest", .string("The digest of its files.", maxLength: 128)),
    ])
}

extension ModelDeployment.Revision {
  static let schema = Schema.object(
    "A model with a pod template, and its share of the traffic.",
    [
      .required("name", .string("The name of its Deployment and Service.", maxLength: 63)),
      .optional("model", ModelDeployment.ServedModel.schema.described("The model.")),
      .optional("weight", .int64("Its share of the traffic, in percent.", minimum: 0, maximum: 100)),
      .optional(
        "mirrored",
        .int64("Of how many requests it gets a copy, in percent, where it answers none.", minimum: 0, maximum: 100)),
      .optional("replicas", .int64("How many pods it should have.", minimum: 0)),
      .optional("readyReplicas", .int64("How many of its pods are ready.", minimum: 0)),
      .optional("time", .time("When it came to be.")),
      .optional("promotedTime", .time("When all traffic had moved to it.")),
      .optional("retiredTime", .time("When it lost its traffic.")),
      .optional(
        "requests",
        .int64("How many requests it has answered since the step began; only where a router counts them.", minimum: 0)),
      .optional("clientErrors", .int64("How many of them it answered with a status from 400 to 499.", minimum: 0)),
      .optional("serverErrors", .int64("How many of them it answered with a status of 500 or more.", minimum: 0)),
      .optional("meanLatency", .string("The mean time of its latest answers. A duration.", maxLength: 32)),
    ])
}

extension ModelDeployment.CheckResult {
  static let schema = Schema.object(
    "The latest result of a check.",
    [
      .required("name", .string("The name of the check.", maxLength: 63)),
      .required("verdict", .string("Passed, Failed or Unknown.", maxLength: 32)),
      .optional("value", .string("The number that was measured.", maxLength: 32)),
      .optional("limit", .string("The limit that it was held to.", maxLength: 64)),
      .optional("message", .string("For people.", maxLength: 1024)),
      .optional("time", .time("When it was measured.")),
    ])
}

extension ModelDeployment.Failure {
  static let schema = Schema.object(
    "Something that failed.",
    [
      .optional("revision", .string("The revision.", maxLength: 63)),
      .required("reason", .string("A CamelCase word for programs.", maxLength: 128)),
      .optional("message", .string("What happened.", maxLength: 2048)),
      .optional("exitCode", .int64("The exit code of the container.")),
      .optional("log", .string("The last lines of the container's log.", maxLength: 4096)),
      .optional("time", .time("When it failed.")),
    ])
}
