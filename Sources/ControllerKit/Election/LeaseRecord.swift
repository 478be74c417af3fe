import CRDTypes
import FoundationEssentials
import JSON

/// The election's content of a `coordination.k8s.io/v1` Lease.
public struct LeaseRecord: Sendable, Hashable {
  /// Empty where nobody holds the lease.
  public var holder: String
  public var duration: Duration
  /// Whole MicroTime texts, compared but never computed with: clocks of machines differ.
  public var acquireTime: String
  public var renewTime: String
  public var transitions: Int
  /// Of the Lease that was read; nil for one to be created.
  public var resourceVersion: String?

  public init(
    holder: String, duration: Duration, acquireTime: String, renewTime: String, transitions: Int,
    resourceVersion: String? = nil
  ) {
    self.holder = holder
    self.duration = duration
    self.acquireTime = acquireTime
    self.renewTime = renewTime
    self.transitions = transitions
    self.resourceVersion = resourceVersion
  }

  init(_ lease: DynamicObject) {
    let spec = lease.spec
    self.init(
      holder: spec["holderIdentity"]?.string ?? "",
      duration: .seconds(spec["leaseDurationSeconds"]?.integer ?? 0),
      acquireTime: spec["acquireTime"]?.string ?? "", renewTime: spec["renewTime"]?.string ?? "",
      transitions: spec["leaseTransitions"]?.int ?? 0, resourceVersion: lease.resourceVersion)
  }

  /// A Lease with this content; `base` keeps what others put on it.
  func lease(_ key: ObjectKey, base: DynamicObject?) -> DynamicObject {
    var lease = base ?? DynamicObject(.lease, key)
    if let resourceVersion { lease.resourceVersion = resourceVersion }
    lease.spec["holderIdentity"] = .string(holder)
    lease.spec["leaseDurationSeconds"] = .integer(max(1, duration.components.seconds))
    lease.spec["acquireTime"] = .string(acquireTime)
    lease.spec["renewTime"] = .string(renewTime)
    lease.spec["leaseTransitions"] = JSONValue(transitions)
    return lease
  }
}

/// How long a lease holds and how often it is looked at.
///
/// Source of the defaults: controller-runtime, pkg/manager/internal.go (15 s, 10 s, 2 s).
public struct LeaseTiming: Sendable, Hashable {
  /// How long others wait after the last renewal that they saw.
  public var duration: Duration
  /// How long the leader goes on without a successful renewal; less than `duration`, so that it has stopped writing
  /// before another begins.
  public var renewDeadline: Duration
  /// How often each side looks.
  public var retryPeriod: Duration

  public init(
    duration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10), retryPeriod: Duration = .seconds(2)
  ) {
    self.duration = duration
    self.renewDeadline = min(renewDeadline, duration)
    self.retryPeriod = retryPeriod
  }
}
