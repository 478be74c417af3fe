public import CRDTypes

/// The group `coordination.k8s.io`, `v1`.
public enum Coordination {
  /// Who holds something, and until when: leader election's record.
  public struct Lease: KubernetesResource, Hashable {
    public static var type: ResourceType { .lease }

    public struct Spec: Sendable, Hashable, Codable {
      /// Empty or absent: nobody.
      public var holderIdentity: String?
      public var leaseDurationSeconds: Int?
      /// RFC 3339 with microseconds.
      public var acquireTime: String?
      public var renewTime: String?
      public var leaseTransitions: Int?

      public init() {}
    }

    public var metadata: ObjectMeta
    public var spec: Spec?

    public init(metadata: ObjectMeta, spec: Spec? = nil) {
      self.metadata = metadata
      self.spec = spec
    }
  }
}
