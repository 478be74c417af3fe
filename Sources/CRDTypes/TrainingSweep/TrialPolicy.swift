extension TrainingSweep {
  /// What happens to running trials when the sweep ends early.
  public enum FinishPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// They are stopped, with SIGTERM and the grace period.
    case stop = "Stop"
    /// They run to their end; their results count.
    case drain = "Drain"
  }

  /// How many trials run, how many at a time, and what becomes of failures.
  public struct TrialPolicy: Sendable, Hashable, Codable {
    /// How many trials to run. Raising it extends the sweep, also after its end. 20 by default.
    public var max: Int64?
    /// How many trials run at a time; queued ones count. 1 by default.
    public var parallel: Int64?
    /// The sweep ends as failed when more trials than this have failed. No limit by default; a sweep whose first
    /// three trials all fail ends in any case.
    public var maxFailed: Int64?
    /// How often a trial that fails is run again with the same parameters. Disruptions such as preemption and
    /// eviction are retried without counting. 0 by default.
    public var retries: Int64?
    /// How long a trial may run. A duration such as 2h; no limit by default.
    public var timeout: String?
    /// How long a finished trial's metric is waited for before the trial counts as failed. A duration; 1m by default.
    public var metricGracePeriod: String?
    /// Raise this number to run the failed trials again with the same parameters. 0 by default.
    public var rerunFailed: Int64?

    public init(
      max: Int64? = nil, parallel: Int64? = nil, maxFailed: Int64? = nil, retries: Int64? = nil,
      timeout: String? = nil, metricGracePeriod: String? = nil, rerunFailed: Int64? = nil
    ) {
      self.max = max
      self.parallel = parallel
      self.maxFailed = maxFailed
      self.retries = retries
      self.timeout = timeout
      self.metricGracePeriod = metricGracePeriod
      self.rerunFailed = rerunFailed
    }
  }

  /// Trials that are trained once for each fold.
  public struct CrossValidation: Sendable, Hashable, Codable {
    /// How many folds: each trial is an Indexed Job of as many pods, which read their fold from JOB_COMPLETION_INDEX,
    /// and its value is the mean over the folds.
    public var folds: Int64

    public init(folds: Int64) {
      self.folds = folds
    }
  }

  /// What the sweep may use up before it ends.
  public struct Budget: Sendable, Hashable, Codable {
    /// GPUs times hours, over all trials. A trial that cannot fit is not started. A decimal, as a string.
    public var gpuHours: String?
    /// How long the sweep may take, time suspended left out. A duration such as 12h.
    public var wallClock: String?
    /// The sweep ends when this many finished trials in a row have not improved the best.
    public var noProgressTrials: Int64?

    public init(gpuHours: String? = nil, wallClock: String? = nil, noProgressTrials: Int64? = nil) {
      self.gpuHours = gpuHours
      self.wallClock = wallClock
      self.noProgressTrials = noProgressTrials
    }
  }

  /// The GPUs that a trial's pods request.
  public struct GPUs: Sendable, Hashable, Codable {
    /// How many the pod of a trial requests and is limited to; where a trial has several nodes or folds, so does each
    /// of their pods. 1 by default.
    public var perTrial: Int64?
    /// The name of the extended resource, such as nvidia.com/gpu (the default) or nvidia.com/mig-1g.10gb.
    public var resource: String?

    public init(perTrial: Int64? = nil, resource: String? = nil) {
      self.perTrial = perTrial
      self.resource = resource
    }
  }
}

extension TrainingSweep.TrialPolicy {
  static let schema = Schema.object(
    "How many trials run, how many at a time, and what becomes of failures.",
    [
      .optional(
        "max",
        .int64(
          "How many trials to run. Raising it extends the sweep, also after its end. 20 by default.",
          minimum: 1, maximum: 100000, default: 20)),
      .optional(
        "parallel",
        .int64(
          "How many trials run at a time; queued ones count. 1 by default.",
          minimum: 1, maximum: 1000, default: 1)),
      .optional(
        "maxFailed",
        .int64(
          """
          The sweep ends as failed when more trials than this have failed. No limit by default; a sweep whose \
          first three trials all fail ends in any case.
          """,
          minimum: 0, maximum: 100000)),
      .optional(
        "retries",
        .int64(
          """
          How often a trial that fails is run again with the same parameters. Disruptions such as preemption and \
          eviction are retried without counting. 0 by default.
          """,
          minimum: 0, maximum: 20, default: 0)),
      .optional("timeout", .duration("How long a trial may run. A duration such as 2h; no limit by default.")),
      .optional(
        "metricGracePeriod",
        .duration(
          """
          How long a finished trial's metric is waited for before the trial counts as failed. A duration; 1m by \
          default.
          """,
          default: "1m")),
      .optional(
        "rerunFailed",
        .int64(
          "Raise this number to run the failed trials again with the same parameters. 0 by default.",
          minimum: 0, default: 0)),
    ])
}

extension TrainingSweep.CrossValidation {
  static let schema = Schema.object(
    "Trials that are trained once for each fold.",
    [
      .required(
        "folds",
        .int64(
          """
          How many folds: each trial is an Indexed Job of as many pods, which read their fold from \
          JOB_COMPLETION_INDEX, and its value is the mean over the folds.
          """,
          minimum: 2, maximum: 50))
    ])
}

extension TrainingSweep.Budget {
  static let schema = Schema.object(
    "What the sweep may use up before it ends.",
    [
      .optional(
        "gpuHours",
        .decimal(
          "GPUs times hours, over all trials. A trial that cannot fit is not started. A decimal, as a string.",
          positive: true)),
      .optional(
        "wallClock",
        .duration(
          "How long the sweep may take, time suspended left out. A duration such as 12h.")),
      .optional(
        "noProgressTrials",
        .int64(
          "The sweep ends when this many finished trials in a row have not improved the best.",
          minimum: 1, maximum: 100000)),
    ],
    rules: [
      ValidationRule(
        "has(self.gpuHours) || has(self.wallClock) || has(self.noProgressTrials)",
        message: "a budget needs gpuHours, wallClock or noProgressTrials: set at least one, or remove budget")
    ])
}

extension TrainingSweep.GPUs {
  static let schema = Schema.object(
    "The GPUs that a trial's pods request.",
    [
      .optional(
        "perTrial",
        .int64(
          """
          How many the pod of a trial requests and is limited to; where a trial has several nodes or folds, so \
          does each of their pods. 1 by default.
          """,
          minimum: 0, maximum: 64, default: 1)),
      .optional(
        "resource",
        .string(
          "The name of the extended resource, such as nvidia.com/gpu (the default) or nvidia.com/mig-1g.10gb.",
          minLength: 1, maxLength: 120,
          pattern: "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
          default: "nvidia.com/gpu")),
    ])
}
