public import CRDTypes
public import FoundationEssentials
public import JSON
public import Search

/// Everything that was read to decide about a sweep.
public struct SweepObservation: Sendable {
  /// The Jobs that the sweep controls, without those of settled trials.
  public var jobs: [TrialJob]
  /// The runs whose tag `martlet.sweep.uid` is the sweep's UID, without those of settled trials; what the operator has
  /// written is there.
  public var runs: [RunRecord]
  /// The trials that are settled.
  public var settled = SettledTrials()
  public var tracking: Tracking
  /// The experiment that holds the runs; nil until it is created.
  public var experimentID: String?
  /// The objective's curve so far of each trial's last run, by trial; empty where nothing stops trials early.
  public var curves: [Int: LearningCurve] = [:]
  /// The sweeps of search.warmStart.
  public var earlier: [EarlierSweep] = []
  /// What is known of the model to be registered; nil until the sweep has ended.
  public var registry: RegistryObservation?
  /// The Service of trials that have several nodes, if it is there.
  public var service: DynamicObject?

  public init(jobs: [TrialJob] = [], runs: [RunRecord] = [], tracking: Tracking, experimentID: String? = nil) {
    self.jobs = jobs
    self.runs = runs
    self.tracking = tracking
    self.experimentID = experimentID
  }

  /// Whether MLflow and its database answer.
  public enum Tracking: Sendable, Hashable {
    case available(Access)
    /// Jobs alone are known then; nothing is started and nothing is concluded.
    case unavailable(reason: String, message: String)
  }

  /// How a trial's pods reach MLflow.
  public struct Access: Sendable, Hashable {
    /// The value of MLFLOW_TRACKING_URI in pods.
    public var trackingURI: String
    /// More variables for the pods, each a Kubernetes EnvVar, such as credentials from a Secret.
    public var environment: [JSONValue]

    public init(trackingURI: String, environment: [JSONValue] = []) {
      self.trackingURI = trackingURI
      self.environment = environment
    }

    /// With credentials from a Secret in the pods' namespace.
    public init(trackingURI: String, credentials secret: String?) {
      self.init(trackingURI: trackingURI, environment: secret.map(TrackingCredentials.environment) ?? [])
    }
  }
}

/// What went wrong with an attempt.
public struct TrialProblem: Sendable, Hashable {
  /// A CamelCase word for programs.
  public var reason: String
  /// For people; the last lines of the log may follow.
  public var message: String

  public init(_ reason: String, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

/// A Job of a trial, with what its pods say.
public struct TrialJob: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    /// Not admitted, or without a pod, or with one that has not started.
    case queued
    case running
    case succeeded
    /// `isDisruption`: the infrastructure took the pod away; the training code is not to blame.
    case failed(TrialProblem, isDisruption: Bool)

    public var isFinished: Bool {
      switch self {
      case .queued, .running: false
      case .succeeded, .failed: true
      }
    }
  }

  /// Why a pod does not start.
  public struct Waiting: Sendable, Hashable {
    /// As the kubelet or the scheduler has it, such as ErrImagePull or Unschedulable.
    public var reason: String
    public var message: String
    public var since: Date

    public init(reason: String, message: String, since: Date) {
      self.reason = reason
      self.message = message
      self.since = since
    }

    /// The message, with what to do where the kubelet's own words do not say it.
    var advice: String {
      guard message.contains("runAsNonRoot") else { return message }
      return message + "; set spec.template.spec.securityContext.runAsUser in a new sweep, or runAsNonRoot: false there"
    }
  }

  /// The working time of one pod.
  public struct Span: Sendable, Hashable {
    public var start: Date
    public var end: Date?

    public init(start: Date, end: Date? = nil) {
      self.start = start
      self.end = end
    }
  }

  public var name: String
  public var uid: String
  public var trial: Int
  public var attempt: Int
  public var parameters: [String: String]
  public var runID: String?
  public var state: State
  public var waiting: Waiting?
  public var created: Date
  /// When its containers began.
  public var started: Date?
  /// When each of its pods began to work and ended; those that still work have no end.
  public var spans: [Span] = []
  /// Seconds for which it was admitted before, summed over evictions by a queue.
  public var pastSeconds: Double = 0
  public var finished: Date?
  /// The last lines that a failed container wrote.
  public var logTail: String?
  /// Whether somebody has asked for it to be deleted.
  public var isDeleting: Bool

  public init(
    name: String, uid: String, trial: Int, attempt: Int, parameters: [String: String], runID: String? = nil,
    state: State, waiting: Waiting? = nil, created: Date, started: Date? = nil, finished: Date? = nil,
    logTail: String? = nil, isDeleting: Bool = false
  ) {
    self.name = name
    self.uid = uid
    self.trial = trial
    self.attempt = attempt
    self.parameters = parameters
    self.runID = runID
    self.state = state
    self.waiting = waiting
    self.created = created
    self.started = started
    self.finished = finished
    self.logTail = logTail
    self.isDeleting = isDeleting
  }

  /// Whether it may hold resources.
  var isLive: Bool { !state.isFinished }
}
