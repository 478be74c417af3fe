import CRDTypes
import FoundationEssentials
import JSON

/// What has become of a Job's pods, counted so that each counts once however often the controller starts anew.
///
/// A pod that has ended is first listed in `uncountedTerminatedPods`; then its finalizer goes; only when a pod
/// without the finalizer is seen does it move into the counter (KEP-2307).
struct JobTally: Sendable {
  private(set) var succeeded: Int
  private(set) var failed: Int
  private(set) var uncountedSucceeded: [String]
  private(set) var uncountedFailed: [String]
  private(set) var active: [DynamicObject] = []
  private(set) var release: [DynamicObject] = []
  private(set) var completedIndexes: Set<Int>
  private(set) var restarts = 0
  private var counted: (succeeded: Int, failed: Int)
  private var activeIndexes: Set<Int> = []
  private var lastFailure: Date?
  private var failuresInARow = 0

  var uncounted: [String] { uncountedSucceeded + uncountedFailed }

  init(job: DynamicObject, pods: [DynamicObject]) {
    let status = job.status
    counted = (status["succeeded"]?.int ?? 0, status["failed"]?.int ?? 0)
    completedIndexes = IndexRanges.parse(status["completedIndexes"]?.string ?? "")
    let held = Set(pods.filter { $0.finalizers.contains(JobPlan.finalizer) }.map(\.uid))
    let oldSucceeded = status[path: "uncountedTerminatedPods", "succeeded"]?.array?.compactMap(\.string) ?? []
    let oldFailed = status[path: "uncountedTerminatedPods", "failed"]?.array?.compactMap(\.string) ?? []
    uncountedSucceeded = oldSucceeded.filter { held.contains($0) }
    uncountedFailed = oldFailed.filter { held.contains($0) }
    counted.succeeded += oldSucceeded.count - uncountedSucceeded.count
    counted.failed += oldFailed.count - uncountedFailed.count
    succeeded = 0
    failed = 0

    let policy = PodFailurePolicy(job: job)
    let countsDeleting = job.spec["podReplacementPolicy"]?.string != "Failed"
    for pod in pods {
      let index = pod.annotations[JobPlan.indexAnnotation].flatMap { Int($0) }
      if pod.isPodActive {
        active.append(pod)
        if let index { activeIndexes.insert(index) }
        restarts += Self.restarts(pod)
        continue
      }
      guard held.contains(pod.uid) else { continue }
      let isListed = uncountedSucceeded.contains(pod.uid) || uncountedFailed.contains(pod.uid)
      if pod.podPhase == "Succeeded" {
        if !isListed { uncountedSucceeded.append(pod.uid) }
        if let index { completedIndexes.insert(index) }
        release.append(pod)
      } else if pod.isPodOver || countsDeleting {
        let ignored = policy.ignores(pod) || (job.spec["suspend"]?.bool == true && pod.isDeleting)
        if !isListed, !ignored { uncountedFailed.append(pod.uid) }
        release.append(pod)
      }
    }
    succeeded = counted.succeeded + uncountedSucceeded.count
    failed = counted.failed + uncountedFailed.count
    let ended = pods.filter { $0.podPhase == "Failed" && !policy.ignores($0) }
    failuresInARow = ended.count
    lastFailure = ended.compactMap(Self.finished).max()
  }

  /// Seconds until the next pod may be made: 10 s after a failure, doubled with each up to 10 minutes.
  func backoffRemaining(at now: Date) -> TimeInterval {
    guard let lastFailure, failuresInARow > 0 else { return 0 }
    let delay = min(600, 10 * pow2(failuresInARow - 1))
    return max(0, lastFailure.addingTimeInterval(delay).timeIntervalSince(now))
  }

  private func pow2(_ exponent: Int) -> TimeInterval { TimeInterval(1 << min(exponent, 10)) }

  /// The lowest indexes that have neither succeeded nor are running.
  func freeIndexes(completions: Int, wanted: Int) -> [Int] {
    Array((0..<completions).lazy.filter { !completedIndexes.contains($0) && !activeIndexes.contains($0) }.prefix(wanted))
  }

  func write(to status: inout JSONValue, isIndexed: Bool) {
    status["succeeded"] = counted.succeeded > 0 ? JSONValue(counted.succeeded) : nil
    status["failed"] = counted.failed > 0 ? JSONValue(counted.failed) : nil
    status["uncountedTerminatedPods"] = .compact([
      "succeeded": uncountedSucceeded.isEmpty ? nil : JSONValue(uncountedSucceeded),
      "failed": uncountedFailed.isEmpty ? nil : JSONValue(uncountedFailed),
    ])
    if isIndexed, !completedIndexes.isEmpty {
      status["completedIndexes"] = .string(IndexRanges.text(completedIndexes))
    }
  }

  private static func restarts(_ pod: DynamicObject) -> Int {
    (pod.status["containerStatuses"]?.array ?? []).reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
  }

  private static func finished(_ pod: DynamicObject) -> Date? {
    (pod.status["containerStatuses"]?.array ?? []).compactMap {
      $0[path: "state", "terminated", "finishedAt"]?.string.flatMap(Timestamp.date)
    }.max()
  }
}

/// Sets of completion indexes in the text form of a Job's status: `1,3-5,7`.
enum IndexRanges {
  static func parse(_ text: String) -> Set<Int> {
    var out: Set<Int> = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-").compactMap { Int($0) }
      if let first = ends.first, let last = ends.last, first <= last { out.formUnion(first...last) }
    }
    return out
  }

  static func text(_ indexes: Set<Int>) -> String {
    var parts: [String] = []
    var run: (first: Int, last: Int)?
    func close() {
      guard let run else { return }
      parts.append(
        run.first == run.last ? "\(run.first)" : run.last == run.first + 1 ? "\(run.first),\(run.last)" : "\(run.first)-\(run.last)")
    }
    for index in indexes.sorted() {
      if let current = run, index == current.last + 1 {
        run = (current.first, index)
      } else {
        close()
        run = (index, index)
      }
    }
    close()
    return parts.joined(separator: ",")
  }
}
