public import CRDTypes
import FoundationEssentials
import JSON

/// What Kueue says of a Job: its Workload (kueue.x-k8s.io, apis/kueue/v1beta1/workload_types.go).
public struct QueuedWorkload: Sendable, Hashable {
  public var jobUID: String
  public var isAdmitted: Bool
  /// Why it is not admitted, in Kueue's words.
  public var reason: String
  public var message: String
  /// Somebody, or Kueue itself, has taken it out of the queue for good.
  public var isDeactivated: Bool
  /// Seconds for which it was admitted before it was evicted, over all times.
  public var pastSeconds: Double
  /// When what it says began to hold.
  public var since: String?

  /// Nil where the Workload belongs to no Job.
  public init?(reading object: DynamicObject) {
    let owner = (object.json[path: "metadata", "ownerReferences"]?.array ?? []).first { $0["kind"]?.string == "Job" }
    guard let uid = owner?["uid"]?.string ?? object.labels["kueue.x-k8s.io/job-uid"] else { return nil }
    jobUID = uid
    let conditions = object.status["conditions"]?.array ?? []
    func condition(_ type: String, _ status: String) -> JSONValue? {
      conditions.first { $0["type"]?.string == type && $0["status"]?.string == status }
    }
    isAdmitted = condition("Admitted", "True") != nil
    isDeactivated = object.spec["active"]?.bool == false
    let reserved = condition("QuotaReserved", "False")
    let evicted = condition("Evicted", "True")
    let saying = (isDeactivated ? evicted ?? reserved : reserved ?? evicted)
    reason =
      saying?["reason"]?.string ?? (condition("QuotaReserved", "True") == nil ? "Pending" : "WaitingForAdmission")
    message = saying?["message"]?.string ?? "it waits in its queue"
    since = saying?["lastTransitionTime"]?.string ?? object.creationTimestamp
    // The field's name in the released API has a letter too many.
    let past =
      object.status["accumulatedPastExecutionTimeSeconds"] ?? object.status["accumulatedPastExexcutionTimeSeconds"]
    pastSeconds = Double(past?.int ?? 0)
  }
}

extension TrialJob {
  /// Adds what Kueue says: why the Job waits, and for how long it has run in earlier lives.
  public mutating func add(_ workload: QueuedWorkload) {
    pastSeconds = workload.pastSeconds
    guard case .queued = state, !workload.isAdmitted else { return }
    if workload.isDeactivated {
      let message = "Kueue has taken it out of the queue: \(workload.message)"
      state = .failed(TrialProblem("WorkloadDeactivated", message), isDisruption: false)
      return
    }
    waiting = Waiting(
      reason: "Queued", message: "\(workload.reason): \(workload.message)",
      since: workload.since.flatMap(Timestamp.date) ?? created)
  }
}
