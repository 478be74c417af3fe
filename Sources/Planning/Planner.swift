public import CRDTypes
public import FoundationEssentials

/// The decisions for one kind: a pure, total function. It reads no clock, draws no random number that is not a
/// function of its arguments, and cannot fail: what is wrong with a resource becomes a condition in the plan.
public protocol Planner: Sendable {
  associatedtype Resource: CustomResource
  /// Everything that was read for the decision: child objects, runs, rows.
  associatedtype Observation: Sendable
  /// A change outside Kubernetes that this kind can ask for; `Never` where there is none.
  associatedtype Record: Sendable = Never

  func plan(_ resource: Resource, observing observation: Observation, at now: Date) -> Plan<Resource.Status, Record>
}
