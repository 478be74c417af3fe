public import CRDTypes

/// The group `discovery.k8s.io`, `v1`.
public enum Discovery {
  /// Some of the addresses behind a service; the label `kubernetes.io/service-name` names it.
  public struct EndpointSlice: KubernetesResource, Hashable {
    public static var type: ResourceType { .endpointSlice }

    public static let serviceNameLabel = "kubernetes.io/service-name"

    public struct Endpoint: Sendable, Hashable, Codable {
      public struct Conditions: Sendable, Hashable, Codable {
        /// Absent means ready.
        public var ready: Bool?
        public var serving: Bool?
        public var terminating: Bool?
      }
      public struct Target: Sendable, Hashable, Codable {
        public var kind: String?
        public var namespace: String?
        public var name: String?
        public var uid: String?
      }

      public var addresses: [String]?
      public var conditions: Conditions?
      public var targetRef: Target?
      public var nodeName: String?

      public var isReady: Bool { conditions?.ready ?? true }
    }

    public struct Port: Sendable, Hashable, Codable {
      public var name: String?
      public var port: Int?
      public var `protocol`: String?
    }

    public var metadata: ObjectMeta
    /// `IPv4`, `IPv6` or `FQDN`.
    public var addressType: String?
    public var endpoints: [Endpoint]?
    public var ports: [Port]?

    public init(metadata: ObjectMeta) { self.metadata = metadata }
  }
}
