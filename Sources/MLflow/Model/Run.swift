public import FoundationEssentials

/// The state of a run as MLflow records it. It is what the training code or the operator last said, not what is true:
/// a process that was killed leaves its run RUNNING for ever.
public struct RunStatus: RawRepresentable, Sendable, Hashable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let scheduled = RunStatus(rawValue: "SCHEDULED")
  public static let running = RunStatus(rawValue: "RUNNING")
  public static let finished = RunStatus(rawValue: "FINISHED")
  public static let failed = RunStatus(rawValue: "FAILED")
  public static let killed = RunStatus(rawValue: "KILLED")

  /// Whether the run has come to an end.
  public var isTerminal: Bool { self == .finished || self == .failed || self == .killed }
}

/// A run of an experiment.
public struct Run: Sendable, Hashable {
  /// 32 hexadecimal digits.
  public let id: String
  public let experimentID: String
  public let name: String
  public let status: RunStatus
  /// Deleting in MLflow is a mark: the run and its values stay.
  public let isDeleted: Bool
  public let startTime: Date?
  /// A run that was started again keeps the end of its first life: only `status` says whether it has ended.
  public let endTime: Date?
  /// Where its artifacts are, as MLflow's clients understand it.
  public let artifactURI: String

  public init(
    id: String, experimentID: String, name: String, status: RunStatus, isDeleted: Bool, startTime: Date?,
    endTime: Date?, artifactURI: String
  ) {
    self.id = id
    self.experimentID = experimentID
    self.name = name
    self.status = status
    self.isDeleted = isDeleted
    self.startTime = startTime
    self.endTime = endTime
    self.artifactURI = artifactURI
  }
}

/// A value of a metric at a step.
public struct MetricPoint: Sendable, Hashable {
  /// NaN and the infinities are what was logged.
  public let value: Double
  public let step: Int64
  public let time: Date

  public init(value: Double, step: Int64, time: Date) {
    self.value = value
    self.step = step
    self.time = time
  }
}

/// MLflow's times: whole milliseconds since 1970.
enum Milliseconds {
  static func date(_ value: Int64) -> Date { Date(timeIntervalSince1970: Double(value) / 1000) }
  static func value(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded(.down)) }
}
