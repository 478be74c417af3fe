import CRDTypes
import FoundationEssentials
import JSON

/// What has become of a Job's pods, counted so that each counts once however often the controller starts anew.
///
/// A pod that has ended is first listed in `uncountedTerminatedPods`; then its finalizer goes; only when a pod
/// without the finalizer is seen does it move into the counter (KEP-2307). Successes of an Indexed Job need no list:
/// an index that is completed twice is one index.
struct JobTally: Sendable {
  private(set) var succeeded = 0
  private(set) var failed = 0
  private(set) var uncountedSucceeded: [String] = []
  private(set) var uncountedFailed: [String] = []
  private(set) var active: [DynamicObject] = []
  /// Active pods that the Job has no use for: of an index that is done, taken by another pod, or out of range.
  private(set) var surplus: [DynamicObject] = []
  /// Pods whose end is accounted for by the status of this tally.
  private(set) var release: [DynamicObject] = []
  private(set) var completedIndexes: Set<Int>
  private(set) var restarts = 0
  private(set) var backoff: JobBackoff
  private var counted: (succeeded: Int, failed: Int)
  private var activeIndexes: Set<Int> = []
  private let isIndexed: Bool

  var uncounted: [String] { uncountedSucceeded + uncountedFailed }

  /// - Parameter isFailing: the Job has been decided to fail; then every pod that has not ended by itself is a failure.
  init(job: DynamicObject, pods: [DynamicObject], isFailing: Bool = false) {
    let status = job.status
    let completions = job.spec["completions"]?.int ?? 0
    isIndexed = job.spec["completionMode"]?.string == "Indexed"
    counted = (status["succeeded"]?.int ?? 0, status["failed"]?.int ?? 0)
    completedIndexes = IndexRanges.parse(status["completedIndexes"]?.string ?? "", below: completions)
    let held = Set(pods.filter { $0.finalizers.contains(JobPlan.finalizer) }.map(\.uid))
    let oldSucceeded = status[path: "uncountedTerminatedPods", "succeeded"]?.array?.compactMap(\.string) ?? []
    let oldFailed = status[path: "uncountedTerminatedPods", "failed"]?.array?.compactMap(\.string) ?? []
    uncountedSucceeded = oldSucceeded.filter { held.contains($0) }
    uncountedFailed = oldFailed.filter { held.contains($0) }
    counted.succeeded += oldSucceeded.count - uncountedSucceeded.count
    counted.failed += oldFailed.count - uncountedFailed.count

    let policy = PodFailurePolicy(job: job)
    let onlyFailed = Self.replacesOnlyFailed(job)
    func isFailed(_ pod: DynamicObject) -> Bool {
      pod.podPhase == "Failed" || (pod.isDeleting && pod.podPhase != "Succeeded" && (!onlyFailed || pod.hasPodStopped))
    }
    backoff = JobBackoff(succeeded: pods.filter { $0.podPhase == "Succeeded" }, failed: pods.filter(isFailed))
    for pod in pods where !pod.isPodOver { restarts += pod.podRestarts }
    for pod in pods where !pod.isPodActive && held.contains(pod.uid) {
      let index = isIndexed ? Self.index(pod) : nil
      let isOutside = isIndexed && !(index.map { (0..<completions).contains($0) } ?? false)
      let isListed = uncountedSucceeded.contains(pod.uid) || uncountedFailed.contains(pod.uid)
      if pod.podPhase == "Succeeded", !uncountedFailed.contains(pod.uid) {
        if let index, !isOutside { completedIndexes.insert(index) }
        if !isIndexed, !isListed { uncountedSucceeded.append(pod.uid) }
        release.append(pod)
      } else if isFailed(pod) || pod.podPhase == "Succeeded" || isFailing {
        if !isListed, !isOutside, !policy.ignores(pod) { uncountedFailed.append(pod.uid) }
        release.append(pod)
      }
    }
    for pod in pods where pod.isPodActive {
      guard isIndexed else {
        active.append(pod)
        continue
      }
      if let index = Self.index(pod), (0..<completions).contains(index), !completedIndexes.contains(index),
        activeIndexes.insert(index).inserted
      {
        active.append(pod)
      } else {
        surplus.append(pod)
      }
    }
    succeeded = isIndexed ? completedIndexes.count : counted.succeeded + uncountedSucceeded.count
    failed = counted.failed + uncountedFailed.count
  }

  /// Whether a pod that is being deleted is replaced, and counted, only once it has ended. A `podFailurePolicy` asks
  /// for that too: what it says of a pod is known only then (KEP-3939).
  static func replacesOnlyFailed(_ job: DynamicObject) -> Bool {
    job.spec["podReplacementPolicy"]?.string == "Failed" || job.spec["podFailurePolicy"] != nil
  }

  /// The lowest indexes that have neither succeeded nor are running.
  func freeIndexes(completions: Int, wanted: Int, taken: Set<Int> = []) -> [Int] {
    Array(
      (0..<completions).lazy.filter {
        !completedIndexes.contains($0) && !activeIndexes.contains($0) && !taken.contains($0)
      }.prefix(wanted))
  }

  func write(to status: inout JSONValue) {
    let successes = isIndexed ? completedIndexes.count : counted.succeeded
    status["succeeded"] = successes > 0 ? JSONValue(successes) : JSONValue?.none
    status["failed"] = counted.failed > 0 ? JSONValue(counted.failed) : JSONValue?.none
    status["uncountedTerminatedPods"] = .compact([
      "succeeded": uncountedSucceeded.isEmpty ? JSONValue?.none : JSONValue(uncountedSucceeded),
      "failed": uncountedFailed.isEmpty ? JSONValue?.none : JSONValue(uncountedFailed),
    ])
    if isIndexed {
      status["completedIndexes"] = completedIndexes.isEmpty ? JSONValue?.none : .string(IndexRanges.text(completedIndexes))
    }
  }

  static func index(_ pod: DynamicObject) -> Int? { pod.annotations[JobPlan.indexAnnotation].flatMap { Int($0) } }
}
