import CRDTypes
import FoundationEssentials

/// Decides what an attempt's Job and run amount to.
struct TrialJudge: Sendable {
  let design: SweepDesign
  let now: Date

  /// A list of Jobs may be this stale before a Job that is not in it counts as gone.
  static let lostGrace: Double = 60
  /// A container that cannot start is given this long to be able to: registries come back.
  static let startGrace: Double = 300
  /// What the kubelet says of a container that cannot start (pkg/kubelet/images/types.go, pkg/kubelet/container).
  static let hopeless: Set<String> = [
    "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError",
    "CreateContainerError", "RunContainerError",
  ]

  func verdict(_ attempt: TrialAttempt) -> TrialAttempt.Verdict {
    if let run = attempt.run {
      if let outcome = TrialOutcome(tags: run.tags) { return .ended(outcome, isRecorded: true) }
      if run.isDeleted {
        let problem = TrialProblem("RunDeleted", "its run was deleted in MLflow")
        return .ended(.stopped(problem), isRecorded: true)
      }
    }
    guard let job = attempt.job else { return withoutJob(attempt) }
    switch job.state {
    case .running: return .running
    case .queued:
      guard let waiting = job.waiting, Self.hopeless.contains(waiting.reason) else { return .queued }
      guard now.timeIntervalSince(waiting.since) >= Self.startGrace else { return .queued }
      let message = "its container cannot start: \(waiting.advice)"
      return .ended(.failed(TrialProblem(waiting.reason, message)), isRecorded: false)
    case .failed(var problem, let isDisruption):
      if let tail = job.logTail, !tail.isEmpty { problem.message += "\n" + tail }
      return .ended(isDisruption ? .disrupted(problem) : .failed(problem), isRecorded: false)
    case .succeeded:
      return result(attempt, job.finished ?? job.created)
    }
  }

  private func withoutJob(_ attempt: TrialAttempt) -> TrialAttempt.Verdict {
    guard let run = attempt.run, run.tags[SweepKeys.Tag.job] != nil else { return .needsJob }
    // It may have come to its end before its Job was taken away.
    if run.status == .finished, value(run).value != nil { return result(attempt, run.startTime) }
    let until = run.startTime.addingTimeInterval(Self.lostGrace)
    guard now >= until else { return .waiting(until: until) }
    return .ended(
      .disrupted(TrialProblem("JobLost", "its Job was deleted before it had finished")), isRecorded: false)
  }

  /// The outcome of an attempt whose Job has succeeded.
  private func result(_ attempt: TrialAttempt, _ finished: Date) -> TrialAttempt.Verdict {
    guard let run = attempt.run else {
      let problem = TrialProblem("RunMissing", "its MLflow run is gone, and the results with it")
      return .ended(.failed(problem), isRecorded: false)
    }
    switch value(run) {
    case (let value?, _) where value.isFinite:
      return .ended(.succeeded(value: value, violation: violation(run)), isRecorded: false)
    case (let value?, _):
      let message = "the run's \(design.objective.metric) is \(value.isNaN ? "NaN" : "infinite")"
      return .ended(.failed(TrialProblem("ObjectiveNotFinite", message)), isRecorded: false)
    case (nil, let problem):
      let until = finished.addingTimeInterval(design.metricGrace)
      return now < until ? .waiting(until: until) : .ended(.failed(problem), isRecorded: false)
    }
  }

  /// The objective of a run, or which metrics there are instead.
  private func value(_ run: RunRecord) -> (value: Double?, problem: TrialProblem) {
    if let metric = run.metrics[design.objective.metric] {
      let value: Double =
        switch design.objective.statistic ?? .last {
        case .last: metric.last
        case .min: metric.min ?? metric.last
        case .max: metric.max ?? metric.last
        }
      return (value, TrialProblem("", ""))
    }
    let names = run.metrics.keys.sorted()
    let present =
      names.isEmpty
      ? "it logged none"
      : "it logged " + names.prefix(20).joined(separator: ", ")
        + (names.count > 20 ? " and \(names.count - 20) more" : "")
    let message = "the metric \(design.objective.metric) was not logged to the run; \(present)"
    return (nil, TrialProblem("MetricMissing", message))
  }

  /// By how much the constraints are broken in total; infinite where a metric of one is missing or not finite.
  private func violation(_ run: RunRecord) -> Double {
    var total = 0.0
    for constraint in design.constraints {
      guard let value = run.metrics[constraint.metric]?.last, value.isFinite else { return .infinity }
      if let min = constraint.min { total += max(0, min - value) }
      if let max = constraint.max { total += Swift.max(0, value - max) }
    }
    return total
  }
}
