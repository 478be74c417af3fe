import CRDTypes
import FoundationEssentials
import JSON

/// How long a Job waits after failures of its pods before it makes another: 10 s after the first in a row, doubled
/// with each up to 10 minutes. A success ends the row. Pods that `podFailurePolicy` ignores make it wait too: only the
/// limit does not count them (pkg/controller/job/backoff_utils.go).
struct JobBackoff: Sendable, Hashable {
  static let first: TimeInterval = 10
  static let longest: TimeInterval = 600

  let failures: Int
  let last: Date?

  init(succeeded: [DynamicObject], failed: [DynamicObject]) {
    let success = succeeded.map(Self.finished).max() ?? .distantPast
    let times = failed.map(Self.finished).filter { $0 > success }
    failures = times.count
    last = times.max()
  }

  /// Seconds until the next pod may be made; 0 where it may be made now.
  func remaining(at now: Date) -> TimeInterval {
    guard failures > 0, let last else { return 0 }
    var delay = Self.first
    for _ in 1..<failures where delay < Self.longest { delay *= 2 }
    return max(0, last.addingTimeInterval(min(delay, Self.longest)).timeIntervalSince(now))
  }

  /// When a pod ended: as its containers say, else since when it is not ready, else when its deletion was asked for,
  /// else when it was made.
  static func finished(_ pod: DynamicObject) -> Date {
    func date(_ value: JSONValue?) -> Date? { value?.string.flatMap(Timestamp.date) }
    let statuses = pod.status["containerStatuses"]?.array ?? []
    let ends = statuses.compactMap { date($0[path: "state", "terminated", "finishedAt"]) }
    if !ends.isEmpty, ends.count == statuses.count, let latest = ends.max() { return latest }
    if let ready = pod.condition("Ready"), ready["status"]?.string == "False",
      let since = date(ready["lastTransitionTime"])
    {
      return since
    }
    if let deleted = pod.deletionTimestamp.flatMap(Timestamp.date) {
      return deleted.addingTimeInterval(-(pod.metadata["deletionGracePeriodSeconds"]?.double ?? 0))
    }
    return pod.creationTimestamp.flatMap(Timestamp.date) ?? .distantPast
  }
}
