public import CRDTypes
public import JSON

/// The group `apps`, `v1`.
public enum Apps {
  public struct LabelSelector: Sendable, Hashable, Codable {
    public struct Expression: Sendable, Hashable, Codable {
      public var key: String
      /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
      public var `operator`: String
      public var values: [String]?
    }

    public var matchLabels: [String: String]?
    public var matchExpressions: [Expression]?

    public init(matchLabels: [String: String]? = nil) { self.matchLabels = matchLabels }
  }

  public struct Deployment: KubernetesResource, Hashable {
    public static var type: ResourceType { .deployment }

    public struct Spec: Sendable, Hashable, Codable {
      public var replicas: Int?
      public var selector: LabelSelector?
      public var template: JSONValue?
      public var strategy: JSONValue?
      public var minReadySeconds: Int?
      public var progressDeadlineSeconds: Int?
      public var revisionHistoryLimit: Int?
      public var paused: Bool?

      public init() {}
    }

    public struct Status: Sendable, Hashable, Codable {
      public var observedGeneration: Int64?
      public var replicas: Int?
      public var updatedReplicas: Int?
      public var readyReplicas: Int?
      public var availableReplicas: Int?
      public var unavailableReplicas: Int?
      public var conditions: [ObservedCondition]?

      public init() {}
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?

    public init(metadata: ObjectMeta) { self.metadata = metadata }

    /// The rule of `kubectl rollout status`: the newest spec was seen, every replica is of it, and all are available.
    public var isRolledOut: Bool {
      let wanted = spec?.replicas ?? 1
      guard let status, (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) else { return false }
      let updated = status.updatedReplicas ?? 0
      return updated >= wanted && (status.replicas ?? 0) <= updated && (status.availableReplicas ?? 0) >= updated
    }
  }

  public struct ReplicaSet: KubernetesResource, Hashable {
    public static var type: ResourceType { .replicaSet }

    public struct Spec: Sendable, Hashable, Codable {
      public var replicas: Int?
      public var selector: LabelSelector?
      public var template: JSONValue?

      public init() {}
    }

    public struct Status: Sendable, Hashable, Codable {
      public var observedGeneration: Int64?
      public var replicas: Int?
      public var readyReplicas: Int?
      public var availableReplicas: Int?

      public init() {}
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }
}
