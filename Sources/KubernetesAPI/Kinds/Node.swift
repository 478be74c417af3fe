public import CRDTypes
public import JSON

extension Core {
  public struct Namespace: KubernetesResource, Hashable {
    public static var type: ResourceType { .namespace }

    public struct Status: Sendable, Hashable, Codable {
      /// `Active` or `Terminating`.
      public var phase: String?
    }

    public var metadata: ObjectMeta
    public var status: Status?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }

  public struct Node: KubernetesResource, Hashable {
    public static var type: ResourceType { .node }

    public struct Spec: Sendable, Hashable, Codable {
      public var unschedulable: Bool?
      public var taints: [JSONValue]?
    }

    public struct Status: Sendable, Hashable, Codable {
      public var capacity: [String: JSONValue]?
      public var allocatable: [String: JSONValue]?
      public var conditions: [ObservedCondition]?
    }

    public var metadata: ObjectMeta
    public var spec: Spec?
    public var status: Status?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }

  /// An event of the core group, the form that `kubectl describe` lists.
  public struct Event: KubernetesResource, Hashable {
    public static var type: ResourceType { .coreEvent }

    public struct Subject: Sendable, Hashable, Codable {
      public var apiVersion: String?
      public var kind: String?
      public var namespace: String?
      public var name: String?
      public var uid: String?

      public init() {}
    }

    public var metadata: ObjectMeta
    public var involvedObject: Subject?
    /// `Normal` or `Warning`.
    public var eventType: String?
    public var reason: String?
    public var message: String?
    public var count: Int?
    public var firstTimestamp: String?
    public var lastTimestamp: String?
    public var eventTime: String?

    enum CodingKeys: String, CodingKey {
      case metadata, involvedObject, reason, message, count, firstTimestamp, lastTimestamp, eventTime
      case eventType = "type"
    }
  }
}
