import CRDTypes

/// The names under which a sweep's objects and runs are found again.
public enum SweepKeys {
  /// Label of Jobs and pods: the sweep's name.
  public static let sweep = "martlet.dev/sweep"
  /// Label of Jobs and pods: the trial's number.
  public static let trial = "martlet.dev/trial"
  /// Label of Jobs and pods: which run of the trial it is, from 0.
  public static let attempt = "martlet.dev/attempt"
  /// Annotation of Jobs and pods: the trial's parameters, a JSON object of strings.
  public static let parameters = "martlet.dev/parameters"
  /// Annotation of Jobs: the MLflow run.
  public static let run = "martlet.dev/run-id"
  /// Finalizer of sweeps: their runs are closed before they go.
  public static let finalizer = "martlet.dev/close-runs"

  /// Tags of MLflow runs. What a trial was and what became of it is in these, so Jobs may go.
  public enum Tag {
    /// The UID of the sweep: runs of a deleted namesake have another.
    public static let sweepUID = "martlet.sweep.uid"
    /// `namespace/name` of the sweep.
    public static let sweep = "martlet.sweep"
    public static let trial = "martlet.trial"
    public static let attempt = "martlet.attempt"
    /// The value of trials.rerunFailed for which the attempt was made.
    public static let rerun = "martlet.rerun"
    /// The parameters, a JSON object of strings.
    public static let parameters = "martlet.parameters"
    /// The Job, once it was seen: a run with it and without a Job has lost its Job.
    public static let job = "martlet.job"
    /// Succeeded, Failed, Disrupted or Stopped; written last, once.
    public static let outcome = "martlet.outcome"
    public static let reason = "martlet.reason"
    public static let message = "martlet.message"
    /// The objective as it was judged. Metrics that are logged later change nothing.
    public static let value = "martlet.value"
    /// All objectives as they were judged, where there are several: numbers with commas between them.
    public static let values = "martlet.values"
    /// The standard deviation of the objective over the folds.
    public static let spread = "martlet.spread"
    /// By how much constraints are broken, in total.
    public static let violation = "martlet.violation"
    /// How long the attempt ran.
    public static let seconds = "martlet.seconds"
    /// How long its pods ran together, where that is another number.
    public static let podSeconds = "martlet.pod-seconds"
    /// The step at which early stopping compared the trial, the value there, and what it had to reach.
    public static let stopStep = "martlet.stop.step"
    public static let stopValue = "martlet.stop.value"
    public static let stopCutoff = "martlet.stop.cutoff"
    /// Of the runs of a cross-validation's folds: which fold, from 0.
    public static let fold = "martlet.fold"
    /// Of the best run of a sweep that has ended: why it won.
    public static let best = "martlet.best"
    /// MLflow's own tag of a run that belongs to another.
    public static let parent = "mlflow.parentRunId"
    /// MLflow's own tag of a run's name.
    public static let runName = "mlflow.runName"
  }
}

/// The names of a sweep's Jobs and of its Service.
public enum TrialName {
  /// `sweep-number`, and for later attempts `sweep-number-rattempt`: a function of the three, so that a Job made
  /// twice is made once. A Job's name is a label of its pods and so has at most 63 bytes; where a sweep's name is
  /// too long for that its end gives way to eight hexadecimal digits of its FNV-1a hash.
  public static func job(sweep: String, trial: Int, attempt: Int) -> String {
    let suffix = attempt == 0 ? "-\(trial)" : "-\(trial)-r\(attempt)"
    let room = 63 - suffix.utf8.count
    if sweep.utf8.count <= room { return sweep + suffix }
    return "\(sweep.prefix(max(1, room - 9)))-\(ShortHash.of(sweep))\(suffix)"
  }

  /// The number of the trial whose Job has a name as `job` makes them; nil where it is none of those.
  static func trial(ofJob name: String) -> Int? {
    var parts = name.split(separator: "-", omittingEmptySubsequences: false)
    if let last = parts.last, last.first == "r", Int(last.dropFirst()) != nil { parts.removeLast() }
    return parts.count > 1 ? parts.last.flatMap { Int($0) } : nil
  }

  /// The headless Service under which the nodes of one trial find each other.
  public static func service(sweep: String) -> String { sweep + "-nodes" }
}
