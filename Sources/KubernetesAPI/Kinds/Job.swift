public import CRDTypes
public import JSON

/// The group `batch`, `v1`.
public enum Batch {
  public struct Job: KubernetesResource, Hashable {
    public static var type: ResourceType { .job }

    public var metadata: ObjectMeta
    public var spec: JobSpec?
    public var status: JobStatus?

    public init(metadata: ObjectMeta) { self.metadata = metadata }

    /// The job ended well.
    public var isComplete: Bool { status?.conditions?.isTrue("Complete") == true }
    /// The job ended badly: its retries or its time are used up.
    public var isFailed: Bool { status?.conditions?.isTrue("Failed") == true }
    public var isFinished: Bool { isComplete || isFailed }
  }

  public struct JobSpec: Sendable, Hashable, Codable {
    public var parallelism: Int?
    public var completions: Int?
    /// `NonIndexed` or `Indexed`.
    public var completionMode: String?
    public var backoffLimit: Int?
    public var backoffLimitPerIndex: Int?
    public var activeDeadlineSeconds: Int64?
    public var ttlSecondsAfterFinished: Int?
    public var suspend: Bool?
    public var podReplacementPolicy: String?
    public var template: JSONValue?

    public init() {}
  }

  public struct JobStatus: Sendable, Hashable, Codable {
    public var active: Int?
    public var ready: Int?
    public var succeeded: Int?
    public var failed: Int?
    public var terminating: Int?
    public var startTime: String?
    public var completionTime: String?
    public var completedIndexes: String?
    public var failedIndexes: String?
    public var conditions: [ObservedCondition]?

    public init() {}
  }
}
