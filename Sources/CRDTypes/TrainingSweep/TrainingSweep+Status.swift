extension TrainingSweep {
  /// How far the sweep is and what it found.
  public struct Status: Sendable, Hashable, Codable {
    /// The generation of the spec that this status was made from.
    public var observedGeneration: Int64?
    /// Ready, Reconciling, Stalled, Succeeded and Suspended.
    public var conditions: [Condition]?
    /// How many trials are in which state.
    public var trials: TrialCounts?
    /// Finished trials of planned ones, such as 44/60.
    public var progress: String?
    /// The best trial so far, or at the end; absent with several objectives.
    public var best: TrialSummary?
    /// The best five trials, best first.
    public var top: [TrialSummary]?
    /// With several objectives, the trials that no other trial beats in all of them (at most 50).
    public var front: [TrialSummary]?
    /// The last five failures, latest first.
    public var failures: [TrialFailure]?
    /// The algorithm in use.
    public var search: SearchSummary?
    /// GPUs times hours used so far, a decimal as a string.
    public var gpuHours: String?
    /// When the sweep began.
    public var startTime: String?
    /// When the sweep ended.
    public var completionTime: String?
    /// When the sweep will end if the trials go on taking as long as they do.
    public var estimatedCompletionTime: String?
    /// Since when the sweep is suspended.
    public var suspendedTime: String?
    /// How long the sweep was suspended before, in seconds.
    public var suspendedSeconds: Int64?
    /// The MLflow experiment that holds the runs.
    public var experimentID: String?
    /// The model version that the best run became.
    public var registered: RegisteredModel?
    /// The value of trials.rerunFailed that was last acted on.
    public var rerunFailed: Int64?

    public init(
      observedGeneration: Int64? = nil, conditions: [Condition]? = nil, trials: TrialCounts? = nil,
      progress: String? = nil, best: TrialSummary? = nil, top: [TrialSummary]? = nil, front: [TrialSummary]? = nil,
      failures: [TrialFailure]? = nil, search: SearchSummary? = nil, gpuHours: String? = nil,
      startTime: String? = nil, completionTime: String? = nil, estimatedCompletionTime: String? = nil,
      suspendedTime: String? = nil, suspendedSeconds: Int64? = nil, experimentID: String? = nil,
      registered: RegisteredModel? = nil, rerunFailed: Int64? = nil
    ) {
      self.observedGeneration = observedGeneration
      self.conditions = conditions
      self.trials = trials
      self.progress = progress
      self.best = best
      self.top = top
      self.front = front
      self.failures = failures
      self.search = search
      self.gpuHours = gpuHours
      self.startTime = startTime
      self.completionTime = completionTime
      self.estimatedCompletionTime = estimatedCompletionTime
      self.suspendedTime = suspendedTime
      self.suspendedSeconds = suspendedSeconds
      self.experimentID = experimentID
      self.registered = registered
      self.rerunFailed = rerunFailed
    }
  }

  /// How many trials are in which state. Each trial is in one: queued, running, succeeded, stopped or failed.
  public struct TrialCounts: Sendable, Hashable, Codable {
    /// How many trials the sweep means to run.
    public var planned: Int64
    /// Created, and waiting for admission or for a node.
    public var queued: Int64
    /// At work.
    public var running: Int64
    /// Finished with a value.
    public var succeeded: Int64
    /// Stopped early by the rule, or at the end of the sweep.
    public var stopped: Int64
    /// Failed, retries included.
    public var failed: Int64

    public init(planned: Int64, queued: Int64, running: Int64, succeeded: Int64, stopped: Int64, failed: Int64) {
      self.planned = planned
      self.queued = queued
      self.running = running
      self.succeeded = succeeded
      self.stopped = stopped
      self.failed = failed
    }
  }

  /// A finished trial.
  public struct TrialSummary: Sendable, Hashable, Codable {
    /// The trial's number; its Job is named sweep-number.
    public var trial: Int64
    /// The MLflow run.
    public var runID: String?
    /// The value of the objective, a decimal as a string; the mean over folds with cross-validation.
    public var value: String?
    /// The standard deviation over the folds, a decimal as a string.
    public var spread: String?
    /// The values of objectives and constraints by metric name, decimals as strings.
    public var metrics: [String: String]?
    /// The values by parameter name.
    public var parameters: [String: String]

    public init(
      trial: Int64, runID: String? = nil, value: String? = nil, spread: String? = nil,
      metrics: [String: String]? = nil, parameters: [String: String]
    ) {
      self.trial = trial
      self.runID = runID
      self.value = value
      self.spread = spread
      self.metrics = metrics
      self.parameters = parameters
    }
  }

  /// A trial that failed.
  public struct TrialFailure: Sendable, Hashable, Codable {
    /// The trial's number.
    public var trial: Int64
    /// Which run of the trial it was, from 0.
    public var attempt: Int64?
    /// A CamelCase word for programs.
    public var reason: String
    /// What happened, with the log's last lines if there are any.
    public var message: String?
    /// The MLflow run.
    public var runID: String?
    /// When it failed.
    public var time: String?

    public init(
      trial: Int64, attempt: Int64? = nil, reason: String, message: String? = nil, runID: String? = nil,
      time: String? = nil
    ) {
      self.trial = trial
      self.attempt = attempt
      self.reason = reason
      self.message = message
      self.runID = runID
      self.time = time
    }
  }

  /// The algorithm in use.
  public struct SearchSummary: Sendable, Hashable, Codable {
    /// The algorithm, which Auto has picked or the spec names.
    public var algorithm: String
    /// Why Auto picked it.
    public var reason: String?

    public init(algorithm: String, reason: String? = nil) {
      self.algorithm = algorithm
      self.reason = reason
    }
  }

  /// A model version in MLflow's registry.
  public struct RegisteredModel: Sendable, Hashable, Codable {
    /// The registered model.
    public var model: String
    /// The version.
    public var version: String
    /// The alias that points at the version.
    public var alias: String?
    /// The run that it was made from.
    public var runID: String?

    public init(model: String, version: String, alias: String? = nil, runID: String? = nil) {
      self.model = model
      self.version = version
      self.alias = alias
      self.runID = runID
    }
  }
}

extension TrainingSweep.Status {
  static let schema = Schema.object(
    "How far the sweep is and what it found.",
    [
      .optional("observedGeneration", .int64("The generation of the spec that this status was made from.", minimum: 0)),
      .optional("conditions", .conditions("Ready, Reconciling, Stalled, Succeeded and Suspended.")),
      .optional("trials", TrainingSweep.TrialCounts.schema.described("How many trials are in which state.")),
      .optional("progress", .string("Finished trials of planned ones, such as 44/60.", maxLength: 32)),
      .optional(
        "best",
        TrainingSweep.TrialSummary.schema.described(
          "The best trial so far, or at the end; absent with several objectives.")),
      .optional("top", .list("The best five trials, best first.", of: TrainingSweep.TrialSummary.schema, maxItems: 5)),
      .optional(
        "front",
        .list(
          "With several objectives, the trials that no other trial beats in all of them (at most 50).",
          of: TrainingSweep.TrialSummary.schema, maxItems: 50)),
      .optional(
        "failures",
        .list(
          "The last five failures, latest first.",
          of: TrainingSweep.TrialFailure.schema, maxItems: 5)),
      .optional("search", TrainingSweep.SearchSummary.schema.described("The algorithm in use.")),
      .optional("gpuHours", .string("GPUs times hours used so far, a decimal as a string.", maxLength: 32)),
      .optional("startTime", .time("When the sweep began.")),
      .optional("completionTime", .time("When the sweep ended.")),
      .optional(
        "estimatedCompletionTime",
        .time(
          "When the sweep will end if the trials go on taking as long as they do.")),
      .optional("suspendedTime", .time("Since when the sweep is suspended.")),
      .optional("suspendedSeconds", .int64("How long the sweep was suspended before, in seconds.", minimum: 0)),
      .optional("experimentID", .string("The MLflow experiment that holds the runs.", maxLength: 250)),
      .optional(
        "registered",
        TrainingSweep.RegisteredModel.schema.described(
          "The model version that the best run became.")),
      .optional("rerunFailed", .int64("The value of trials.rerunFailed that was last acted on.", minimum: 0)),
    ])
}

extension TrainingSweep.TrialCounts {
  static let schema = Schema.object(
    "How many trials are in which state. Each trial is in one: queued, running, succeeded, stopped or failed.",
    [
      .required("planned", .int64("How many trials the sweep means to run.", minimum: 0)),
      .required("queued", .int64("Created, and waiting for admission or for a node.", minimum: 0)),
      .required("running", .int64("At work.", minimum: 0)),
      .required("succeeded", .int64("Finished with a value.", minimum: 0)),
      .required("stopped", .int64("Stopped early by the rule, or at the end of the sweep.", minimum: 0)),
      .required("failed", .int64("Failed, retries included.", minimum: 0)),
    ])
}

extension TrainingSweep.TrialSummary {
  static let schema = Schema.object(
    "A finished trial.",
    [
      .required("trial", .int64("The trial's number; its Job is named sweep-number.", minimum: 0)),
      .optional("runID", .string("The MLflow run.", maxLength: 64)),
      .optional(
        "value",
        .string(
          "The value of the objective, a decimal as a string; the mean over folds with cross-validation.",
          maxLength: 32)),
      .optional("spread", .string("The standard deviation over the folds, a decimal as a string.", maxLength: 32)),
      .optional(
        "metrics",
        .map(
          "The values of objectives and constraints by metric name, decimals as strings.",
          of: .string("The value.", maxLength: 32), maxProperties: 20)),
      .required(
        "parameters",
        .map(
          "The values by parameter name.",
          of: .string("The value.", maxLength: 250), maxProperties: 64)),
    ])
}

extension TrainingSweep.TrialFailure {
  static let schema = Schema.object(
    "A trial that failed.",
    [
      .required("trial", .int64("The trial's number.", minimum: 0)),
      .optional("attempt", .int64("Which run of the trial it was, from 0.", minimum: 0)),
      .required("reason", .string("A CamelCase word for programs.", maxLength: 128)),
      .optional("message", .string("What happened, with the log's last lines if there are any.", maxLength: 2048)),
      .optional("runID", .string("The MLflow run.", maxLength: 64)),
      .optional("time", .time("When it failed.")),
    ])
}

extension TrainingSweep.SearchSummary {
  static let schema = Schema.object(
    "The algorithm in use.",
    [
      .required("algorithm", .string("The algorithm, which Auto has picked or the spec names.", maxLength: 64)),
      .optional("reason", .string("Why Auto picked it.", maxLength: 1024)),
    ])
}

extension TrainingSweep.RegisteredModel {
  static let schema = Schema.object(
    "A model version in MLflow's registry.",
    [
      .required("model", .string("The registered model.", maxLength: 250)),
      .required("version", .string("The version.", maxLength: 32)),
      .optional("alias", .string("The alias that points at the version.", maxLength: 250)),
      .optional("runID", .string("The run that it was made from.", maxLength: 64)),
    ])
}
