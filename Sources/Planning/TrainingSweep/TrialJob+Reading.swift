public import CRDTypes
import FoundationEssentials
import JSON

extension TrialJob {
  /// Reads a Job and its pods. Nil where the Job does not say which trial it is.
  public init?(reading job: DynamicObject, pods: [DynamicObject], logTail: String? = nil) {
    guard let trial = job.labels[SweepKeys.trial].flatMap({ Int($0) }),
      let attempt = job.labels[SweepKeys.attempt].flatMap({ Int($0) })
    else { return nil }
    let parameters = job.annotations[SweepKeys.parameters].flatMap { try? JSONValue(parsing: $0) }?.stringMap
    let created = job.creationTimestamp.flatMap(Timestamp.date) ?? Date(timeIntervalSince1970: 0)
    let ended = job.condition("Complete") ?? job.condition("Failed")
    self.init(
      name: job.name, uid: job.uid, trial: trial, attempt: attempt, parameters: parameters ?? [:],
      runID: job.annotations[SweepKeys.run], state: .queued, waiting: pods.lazy.compactMap(Self.waiting).first,
      created: created, started: Self.started(job, pods),
      finished: (job.status["completionTime"]?.string ?? ended?["lastTransitionTime"]?.string)
        .flatMap(Timestamp.date),
      logTail: logTail, isDeleting: job.isDeleting)
    spans = pods.compactMap(Self.span)
    state = Self.state(job, pods)
  }

  private static func state(_ job: DynamicObject, _ pods: [DynamicObject]) -> State {
    if job.condition("Complete") != nil { return .succeeded }
    if let failed = job.condition("Failed") { return failure(failed, pods) }
    if job.spec["suspend"]?.bool == true { return .queued }
    if pods.contains(where: { $0.status["phase"]?.string == "Running" && !$0.isDeleting }) { return .running }
    return (job.status["ready"]?.int ?? 0) > 0 ? .running : .queued
  }

  private static func failure(_ condition: JSONValue, _ pods: [DynamicObject]) -> State {
    let jobReason = condition["reason"]?.string ?? "Failed"
    let jobMessage = condition["message"]?.string ?? ""
    if jobReason == "DeadlineExceeded" {
      return .failed(TrialProblem("TimedOut", "it ran longer than trials.timeout allows"), isDisruption: false)
    }
    for pod in pods.reversed() {
      for status in pod.containerStatuses {
        guard let terminated = status["state"]?["terminated"], let code = terminated["exitCode"]?.int, code != 0
        else { continue }
        let name = status["name"]?.string ?? "?"
        if pod.condition("DisruptionTarget") != nil { break }
        if terminated["reason"]?.string == "OOMKilled" {
          let message = "container \(name) ran out of memory: raise its memory limit, or search smaller values"
          return .failed(TrialProblem("OutOfMemory", message), isDisruption: false)
        }
        let detail = terminated["message"]?.string.map { ": \($0)" } ?? ""
        return .failed(
          TrialProblem("ExitCode", "container \(name) exited with code \(code)\(detail)"), isDisruption: false)
      }
    }
    let disrupted = pods.contains { $0.condition("DisruptionTarget") != nil }
    return .failed(TrialProblem(disrupted ? "Disrupted" : jobReason, jobMessage), isDisruption: disrupted)
  }

  /// The first start of a container: a Job's own start time counts from admission, not from work.
  private static func started(_ job: DynamicObject, _ pods: [DynamicObject]) -> Date? {
    let starts = pods.flatMap { pod in
      pod.containerStatuses.compactMap { status in
        let state = status["state"]
        return (state?["running"]?["startedAt"] ?? state?["terminated"]?["startedAt"])?.string
          .flatMap(Timestamp.date)
      }
    }
    return starts.min() ?? job.status["startTime"]?.string.flatMap(Timestamp.date)
  }

  /// From the first start of a container of a pod to the last end.
  private static func span(_ pod: DynamicObject) -> Span? {
    let states = pod.containerStatuses.compactMap { $0["state"] }
    let starts = states.compactMap { state in
      (state["running"]?["startedAt"] ?? state["terminated"]?["startedAt"])?.string.flatMap(Timestamp.date)
    }
    guard let start = starts.min() else { return nil }
    guard !states.contains(where: { $0["running"] != nil }) else { return Span(start: start) }
    let ends = states.compactMap { $0["terminated"]?["finishedAt"]?.string.flatMap(Timestamp.date) }
    return Span(start: start, end: ends.max() ?? start)
  }

  private static func waiting(_ pod: DynamicObject) -> Waiting? {
    let since = pod.creationTimestamp.flatMap(Timestamp.date) ?? Date(timeIntervalSince1970: 0)
    for status in pod.containerStatuses {
      guard let waiting = status["state"]?["waiting"], let reason = waiting["reason"]?.string,
        reason != "ContainerCreating", reason != "PodInitializing"
      else { continue }
      return Waiting(reason: reason, message: waiting["message"]?.string ?? "", since: since)
    }
    guard let scheduled = pod.status["conditions"]?.array?.first(where: { $0["type"]?.string == "PodScheduled" }),
      scheduled["status"]?.string == "False"
    else { return nil }
    return Waiting(
      reason: scheduled["reason"]?.string ?? "Unschedulable", message: scheduled["message"]?.string ?? "", since: since)
  }
}

extension DynamicObject {
  /// The condition of a type, if its status is True.
  fileprivate func condition(_ type: String) -> JSONValue? {
    status["conditions"]?.array?.first { $0["type"]?.string == type && $0["status"]?.string == "True" }
  }

  fileprivate var containerStatuses: [JSONValue] {
    (status["initContainerStatuses"]?.array ?? []) + (status["containerStatuses"]?.array ?? [])
  }
}
