import CRDTypes
import FoundationEssentials
import JSON

/// What is to be done for one Job: decided from the Job, its pods and the time.
struct JobPlan: Sendable {
  var status: JSONValue
  var create: [DynamicObject] = []
  var delete: [DynamicObject] = []
  /// Pods the Job lets go of: the tracking finalizer goes first, so that their end counts as nothing.
  var discard: [DynamicObject] = []
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

/// The Job controller's decisions (batch/v1, KEP-2307 tracking with finalizers, KEP-3329 podFailurePolicy,
/// KEP-3998 interim conditions). Pure.
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
    var conditions = JobConditions(job.status["conditions"]?.array ?? [], now: now)
    let decided = earlier(conditions)
    var tally = JobTally(job: job, pods: pods, isFailing: decided?.isFailure == true)
    let start = startTime(&plan, &conditions)
    if let verdict = decided ?? failure(tally, start: start) ?? success(tally) {
      if verdict.isFailure, decided == nil { tally = JobTally(job: job, pods: pods, isFailing: true) }
      conclude(&plan, tally, &conditions, verdict)
    } else {
      steer(&plan, tally, &conditions, start: start)
    }
    plan.release = tally.release
    write(&plan, tally, conditions)
    return plan
  }

  /// How the Job ends, and why.
  struct Verdict: Sendable, Hashable {
    var isFailure = true
    var reason: String
    var message: String
  }

  private var isFinished: Bool {
    ["Complete", "Failed"].contains { job.condition($0)?["status"]?.string == "True" }
  }

  /// What was decided before while pods are still ending. It stands, whatever they do meanwhile.
  private func earlier(_ conditions: JobConditions) -> Verdict? {
    for (type, isFailure) in [("SuccessCriteriaMet", false), ("FailureTarget", true)] {
      guard let target = conditions[type] else { continue }
      return Verdict(
        isFailure: isFailure, reason: target["reason"]?.string ?? "", message: target["message"]?.string ?? "")
    }
    return nil
  }

  /// Since when the Job runs. A Job that is resumed starts anew, so that its deadline does not count the pause.
  private func startTime(_ plan: inout JobPlan, _ conditions: inout JobConditions) -> Date? {
    if isSuspended {
      plan.status["startTime"] = nil
      return nil
    }
    let start = job.status["startTime"]?.string.flatMap(Timestamp.date)
    let isResumed = conditions["Suspended"] != nil
    if isResumed { conditions.set("Suspended", false, reason: "JobResumed", message: "Job resumed") }
    if let start, !isResumed { return start }
    plan.status["startTime"] = .string(Timestamp.text(now))
    return now
  }

  private func failure(_ tally: JobTally, start: Date?) -> Verdict? {
    if let verdict = PodFailurePolicy(job: job).failing(pods) { return verdict }
    let restarts = spec[path: "template", "spec", "restartPolicy"]?.string == "OnFailure" ? tally.restarts : 0
    if tally.failed > backoffLimit || (restarts > 0 && restarts >= backoffLimit && backoffLimit > 0)
      || (restarts > 0 && backoffLimit == 0)
    {
      return Verdict(reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit")
    }
    if let limit = spec["activeDeadlineSeconds"]?.double, let start, now.timeIntervalSince(start) >= limit {
      return Verdict(reason: "DeadlineExceeded", message: "Job was active longer than specified deadline")
    }
    return nil
  }

  private func success(_ tally: JobTally) -> Verdict? {
    let isComplete = completions.map { tally.succeeded >= $0 } ?? (tally.succeeded > 0 && tally.active.isEmpty)
    guard isComplete else { return nil }
    return Verdict(
      isFailure: false, reason: "CompletionsReached", message: "Reached expected number of succeeded pods")
  }

  /// The Job has been decided: nothing may run on, and the last condition comes when nothing does.
  private func conclude(
    _ plan: inout JobPlan, _ tally: JobTally, _ conditions: inout JobConditions, _ verdict: Verdict
  ) {
    let (interim, final) = verdict.isFailure ? ("FailureTarget", "Failed") : ("SuccessCriteriaMet", "Complete")
    conditions.set(interim, true, reason: verdict.reason, message: verdict.message)
    // What a success leaves over is no failure; what runs when a Job fails is.
    if verdict.isFailure { plan.delete = tally.active + tally.surplus } else { plan.discard = tally.active + tally.surplus }
    guard pods.allSatisfy(\.hasPodStopped), tally.uncounted.isEmpty else { return }
    conditions.set(final, true, reason: verdict.reason, message: verdict.message)
    if !verdict.isFailure { plan.status["completionTime"] = .string(Timestamp.text(now)) }
    plan.wake(in: 0.01)
  }

  /// Brings the number of running pods to what it should be.
  private func steer(
    _ plan: inout JobPlan, _ tally: JobTally, _ conditions: inout JobConditions, start: Date?
  ) {
    plan.discard = tally.surplus
    if isSuspended {
      plan.discard += tally.active
      conditions.set("Suspended", true, reason: "JobSuspended", message: "Job suspended")
      return
    }
    if let limit = spec["activeDeadlineSeconds"]?.double {
      plan.wake(in: limit - now.timeIntervalSince(start ?? now) + 0.05)
    }
    let wanted = self.wanted(tally)
    if tally.active.count > wanted {
      plan.discard += PodRemovalOrder.first(tally.active.count - wanted, of: tally.active)
      return
    }
    let wait = tally.backoff.remaining(at: now)
    if wait > 0, wanted > tally.active.count {
      plan.wake(in: wait)
      return
    }
    let ending = JobTally.replacesOnlyFailed(job) ? pods.filter { $0.isDeleting && !$0.hasPodStopped } : []
    let count = max(0, wanted - tally.active.count - ending.count)
    if isIndexed {
      let indexes = tally.freeIndexes(
        completions: completions ?? 0, wanted: count, taken: Set(ending.compactMap(JobTally.index)))
      plan.create = indexes.map { JobPods.make(job, index: $0) }
    } else {
      plan.create = (0..<count).map { _ in JobPods.make(job, index: nil) }
    }
  }

  private func wanted(_ tally: JobTally) -> Int {
    guard let completions else { return tally.succeeded > 0 ? tally.active.count : parallelism }
    return min(parallelism, max(0, completions - tally.succeeded))
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
    let removed = Set((plan.delete + plan.discard).map(\.uid))
    let active = tally.active.filter { !removed.contains($0.uid) }
    plan.status["active"] = active.isEmpty && plan.create.isEmpty ? JSONValue?.none : JSONValue(active.count + plan.create.count)
    plan.status["ready"] = JSONValue(active.filter(\.isPodReady).count)
    plan.status["terminating"] = JSONValue(pods.filter { $0.isDeleting && !$0.hasPodStopped }.count)
    tally.write(to: &plan.status)
    plan.status["conditions"] = conditions.list.isEmpty ? JSONValue?.none : .array(conditions.list)
  }
}
