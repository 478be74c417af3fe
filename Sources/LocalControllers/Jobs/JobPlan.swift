import CRDTypes
import FoundationEssentials
import JSON

/// What is to be done for one Job: decided from the Job, its pods and the time.
struct JobPlan: Sendable {
  var status: JSONValue
  var create: [DynamicObject] = []
  var delete: [DynamicObject] = []
  /// Pods whose end is recorded in the status: the tracking finalizer can go once the status is written.
  var release: [DynamicObject] = []
  /// The Job has outlived its time to live.
  var deleteJob = false
  /// Seconds until something is due that no change announces.
  var wake: TimeInterval?

  static let finalizer = "batch.kubernetes.io/job-tracking"
  static let indexAnnotation = "batch.kubernetes.io/job-completion-index"

  mutating func wake(in seconds: TimeInterval) {
    let due = max(0.01, seconds)
    wake = wake.map { min($0, due) } ?? due
  }
}

/// The Job controller's decisions (batch/v1, KEP-2307 tracking with finalizers, KEP-3329 podFailurePolicy). Pure.
struct JobPlanner: Sendable {
  let job: DynamicObject
  let pods: [DynamicObject]
  let now: Date

  var spec: JSONValue { job.spec }
  var parallelism: Int { spec["parallelism"]?.int ?? 1 }
  var completions: Int? { spec["completions"]?.int }
  var isIndexed: Bool { spec["completionMode"]?.string == "Indexed" }
  var isSuspended: Bool { spec["suspend"]?.bool == true }
  var backoffLimit: Int { spec["backoffLimit"]?.int ?? 6 }

  func plan() -> JobPlan {
    var plan = JobPlan(status: job.status)
    if isFinished {
      finish(&plan)
      return plan
    }
    var tally = JobTally(job: job, pods: pods)
    plan.release = tally.release
    var conditions = JobConditions(job.status["conditions"]?.array ?? [], now: now)

    let start = job.status["startTime"]?.string.flatMap(Timestamp.date)
    if let verdict = failure(tally, start: start) ?? interim(conditions) {
      conclude(&plan, &tally, &conditions, verdict)
    } else if isComplete(tally) {
      conclude(&plan, &tally, &conditions, nil)
    } else {
      steer(&plan, &tally, &conditions, start: start)
    }
    write(&plan, tally, conditions)
    return plan
  }

  struct Verdict: Sendable, Hashable {
    var reason: String
    var message: String
  }

  private var isFinished: Bool {
    ["Complete", "Failed"].contains { job.condition($0)?["status"]?.string == "True" }
  }

  /// A failure that was decided before and whose pods are still ending.
  private func interim(_ conditions: JobConditions) -> Verdict? {
    guard let target = conditions["FailureTarget"] else { return nil }
    return Verdict(reason: target["reason"]?.string ?? "", message: target["message"]?.string ?? "")
  }

  private func failure(_ tally: JobTally, start: Date?) -> Verdict? {
    if let verdict = PodFailurePolicy(job: job).failing(pods) { return verdict }
    if let limit = spec["activeDeadlineSeconds"]?.double, let start, !isSuspended,
      now.timeIntervalSince(start) >= limit
    {
      return Verdict(reason: "DeadlineExceeded", message: "Job was active longer than specified deadline")
    }
    let restarts = spec[path: "template", "spec", "restartPolicy"]?.string == "OnFailure" ? tally.restarts : 0
    if tally.failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit && backoffLimit > 0)
      || (restarts > 0 && backoffLimit == 0)
    {
      return Verdict(reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit")
    }
    return nil
  }

  private func isComplete(_ tally: JobTally) -> Bool {
    guard let completions else { return tally.succeeded > 0 && tally.active.isEmpty }
    return (isIndexed ? tally.completedIndexes.count : tally.succeeded) >= completions
  }

  /// The Job has been decided: nothing may run on, and the last condition comes when nothing does.
  private func conclude(
    _ plan: inout JobPlan, _ tally: inout JobTally, _ conditions: inout JobConditions, _ verdict: Verdict?
  ) {
    let (interim, final) = verdict == nil ? ("SuccessCriteriaMet", "Complete") : ("FailureTarget", "Failed")
    let reason = verdict?.reason ?? "CompletionsReached"
    let message = verdict?.message ?? "Reached expected number of succeeded pods"
    conditions.set(interim, true, reason: reason, message: message)
    plan.delete = tally.active
    let ending = pods.contains { !$0.isPodOver }
    guard !ending, tally.uncounted.isEmpty else { return }
    conditions.set(final, true, reason: reason, message: message)
    if verdict == nil { plan.status["completionTime"] = .string(Timestamp.text(now)) }
    plan.wake(in: 0.01)
  }

  /// Brings the number of running pods to what it should be.
  private func steer(
    _ plan: inout JobPlan, _ tally: inout JobTally, _ conditions: inout JobConditions, start: Date?
  ) {
    if isSuspended {
      plan.delete = tally.active
      plan.status["startTime"] = nil
      conditions.set("Suspended", true, reason: "JobSuspended", message: "Job suspended")
      return
    }
    if conditions["Suspended"] != nil {
      conditions.set("Suspended", false, reason: "JobResumed", message: "Job resumed")
    }
    if start == nil { plan.status["startTime"] = .string(Timestamp.text(now)) }
    if let limit = spec["activeDeadlineSeconds"]?.double {
      plan.wake(in: limit - now.timeIntervalSince(start ?? now) + 0.05)
    }
    let wanted = self.wanted(tally)
    if tally.active.count > wanted {
      plan.delete = Array(tally.active.sorted(by: Self.deleteFirst).prefix(tally.active.count - wanted))
      return
    }
    let wait = tally.backoffRemaining(at: now)
    if wait > 0, wanted > tally.active.count {
      plan.wake(in: wait)
      return
    }
    let onlyFailed = spec["podReplacementPolicy"]?.string == "Failed"
    let ending = onlyFailed ? pods.filter { $0.isDeleting && !$0.isPodOver }.count : 0
    let count = max(0, wanted - tally.active.count - ending)
    if isIndexed {
      let indexes = tally.freeIndexes(completions: completions ?? 0, wanted: count)
      plan.create = indexes.map { JobPods.make(job, index: $0) }
    } else {
      plan.create = (0..<count).map { _ in JobPods.make(job, index: nil) }
    }
  }

  private func wanted(_ tally: JobTally) -> Int {
    guard let completions else { return tally.succeeded > 0 ? tally.active.count : parallelism }
    let done = isIndexed ? tally.completedIndexes.count : tally.succeeded
    return min(parallelism, max(0, completions - done))
  }

  private static func deleteFirst(_ left: DynamicObject, _ right: DynamicObject) -> Bool {
    func rank(_ pod: DynamicObject) -> (Int, String) { (pod.isPodReady ? 1 : 0, pod.creationTimestamp ?? "") }
    let (a, b) = (rank(left), rank(right))
    return a.0 != b.0 ? a.0 < b.0 : a.1 > b.1
  }

  private func finish(_ plan: inout JobPlan) {
    plan.release = pods.filter { $0.finalizers.contains(JobPlan.finalizer) }
    guard let ttl = spec["ttlSecondsAfterFinished"]?.double, !job.isDeleting else { return }
    let final = ["Complete", "Failed"].compactMap { job.condition($0)?["lastTransitionTime"]?.string }.first
    guard let ended = final.flatMap(Timestamp.date) else { return }
    let left = ended.addingTimeInterval(ttl).timeIntervalSince(now)
    if left <= 0 { plan.deleteJob = true } else { plan.wake(in: left) }
  }

  private func write(_ plan: inout JobPlan, _ tally: JobTally, _ conditions: JobConditions) {
    let removed = Set(plan.delete.map(\.uid))
    let active = tally.active.filter { !removed.contains($0.uid) }
    plan.status["active"] = active.isEmpty && plan.create.isEmpty ? nil : JSONValue(active.count + plan.create.count)
    plan.status["ready"] = JSONValue(active.filter(\.isPodReady).count)
    plan.status["terminating"] = JSONValue(pods.filter { $0.isDeleting && !$0.isPodOver }.count)
    tally.write(to: &plan.status, isIndexed: isIndexed)
    plan.status["conditions"] = conditions.list.isEmpty ? nil : .array(conditions.list)
  }
}
