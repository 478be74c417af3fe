public import FoundationEssentials

/// A change in MLflow that a sweep asks for. Each is idempotent.
public enum SweepRecord: Sendable, Hashable {
  /// Creates the experiment; one of that name counts as created.
  case createExperiment(name: String)
  /// Creates a run; one with the same tags for sweep UID, trial and attempt counts as created. It must be looked for
  /// right before, and not on a replica of the database, unless it is known that nobody else can have made it.
  case createRun(NewRun)
  /// Sets the status and the end of a run.
  case updateRun(id: String, status: RunRecord.Status, endTime: Date)
  /// Logs metrics and parameters and then sets tags: tags that are there mean that the others are.
  case log(id: String, metrics: [String: Double] = [:], parameters: [String: String] = [:], tags: [String: String])
  /// Registers the model of a run as a version, and points the alias at it. A version with the same identity counts
  /// as made.
  case register(SweepRegistration)

  /// A run to be made before its Job.
  public struct NewRun: Sendable, Hashable {
    public var experimentID: String
    public var name: String
    public var trial: Int
    public var attempt: Int
    /// All that is needed to find the run and to make its Job.
    public var tags: [String: String]
    /// MLflow stores none unless it is told.
    public var startTime: Date
  }
}

/// A run of the sweep in MLflow.
public struct RunRecord: Sendable, Hashable {
  /// MLflow's names of a run's state.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case running = "RUNNING"
    case scheduled = "SCHEDULED"
    case finished = "FINISHED"
    case failed = "FAILED"
    case killed = "KILLED"

    /// Whether the run has ended, as far as MLflow was told.
    public var isOver: Bool { self != .running && self != .scheduled }
  }

  /// A metric of a run. Values that are NaN or infinite are kept as such: MLflow stores NaN as 0 with a mark and
  /// infinities as the greatest numbers, which the reader has to undo.
  public struct Metric: Sendable, Hashable {
    /// The value of the greatest step.
    public var last: Double
    /// The least and the greatest finite value of the curve; nil where they were not read.
    public var min: Double?
    public var max: Double?

    public init(last: Double, min: Double? = nil, max: Double? = nil) {
      self.last = last
      self.min = min
      self.max = max
    }
  }

  public var id: String
  public var status: Status
  public var startTime: Date
  /// Not to be trusted while `status` says that the run goes on.
  public var endTime: Date?
  public var metrics: [String: Metric]
  public var parameters: [String: String]
  public var tags: [String: String]
  /// Whether it was deleted in MLflow: its trial is then not counted among results.
  public var isDeleted: Bool

  public init(
    id: String, status: Status, startTime: Date, endTime: Date? = nil, metrics: [String: Metric] = [:],
    parameters: [String: String] = [:], tags: [String: String], isDeleted: Bool = false
  ) {
    self.id = id
    self.status = status
    self.startTime = startTime
    self.endTime = endTime
    self.metrics = metrics
    self.parameters = parameters
    self.tags = tags
    self.isDeleted = isDeleted
  }

  /// A run that was just made.
  public init(made run: SweepRecord.NewRun, id: String) {
    self.init(id: id, status: .running, startTime: run.startTime, tags: run.tags)
  }

  /// The run that it belongs to.
  public var parent: String? { tags[SweepKeys.Tag.parent] }

  var isFinished: Bool { status == .finished }

  /// Of a fold's run: which fold.
  public var fold: Int? { tags[SweepKeys.Tag.fold].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

  /// Whether its outcome is recorded and MLflow counts it as over: nothing about it is read again.
  public var isSettled: Bool { status.isOver && TrialOutcome(tags: tags) != nil }

  /// The trial's number and attempt; nil where the tags do not say.
  public var place: (trial: Int, attempt: Int)? {
    guard let trial = tags[SweepKeys.Tag.trial].flatMap({ Int($0) }), trial >= 0,
      let attempt = tags[SweepKeys.Tag.attempt].flatMap({ Int($0) }), attempt >= 0
    else { return nil }
    return (trial, attempt)
  }
}
