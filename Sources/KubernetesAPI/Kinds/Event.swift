public import CRDTypes

/// The group `events.k8s.io`, `v1`.
public enum Events {
  public struct Event: KubernetesResource, Hashable {
    public static var type: ResourceType { .event }

    public struct Series: Sendable, Hashable, Codable {
      public var count: Int
      public var lastObservedTime: String

      public init(count: Int, lastObservedTime: String) {
        self.count = count
        self.lastObservedTime = lastObservedTime
      }
    }

    public var metadata: ObjectMeta
    /// RFC 3339 with microseconds; required.
    public var eventTime: String?
    /// `Normal` or `Warning`.
    public var eventType: String?
    public var reason: String?
    public var action: String?
    /// For people, at most 1 kB.
    public var note: String?
    public var regarding: Core.Event.Subject?
    public var related: Core.Event.Subject?
    public var reportingController: String?
    public var reportingInstance: String?
    public var series: Series?

    enum CodingKeys: String, CodingKey {
      case metadata, eventTime, reason, action, note, regarding, related, reportingController, reportingInstance
      case series
      case eventType = "type"
    }

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }
}
