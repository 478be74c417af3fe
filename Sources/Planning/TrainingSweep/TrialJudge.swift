import CRDTypes
import FoundationEssentials

/// Decides what an attempt's Job and run amount to.
struct TrialJudge: Sendable {
  let design: SweepDesign
  let now: Date

  /// A list of Jobs may be this stale before a Job that is not in it counts as gone.
  static let lostGrace: Double = 60
  /// A Job that has existed for this long, or is at work, is noted on its run.
  static let noteGrace: Double = 2
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
    guard let run = attempt.run else { return .needsJob }
    // It may have come to its end before its Job was taken away.
    let isFinished = design.folds == nil ? run.status == .finished : attempt.folds.values.allSatisfy(\.isFinished)
    if isFinished, case .measured = TrialMeasurement(design: design).result(attempt) {
      return result(attempt, run.startTime)
    }
    guard run.tags[SweepKeys.Tag.job] != nil else { return .needsJob }
    let until = run.startTime.addingTimeInterval(Self.lostGrace)
    guard now >= until else { return .waiting(until: until) }
    return .ended(
      .disrupted(TrialProblem("JobLost", "its Job was deleted before it had finished")), isRecorded: false)
  }

  /// The outcome of an attempt whose Job has succeeded.
  private func result(_ attempt: TrialAttempt, _ finished: Date) -> TrialAttempt.Verdict {
    guard attempt.run != nil else {
      let problem = TrialProblem("RunMissing", "its MLflow run is gone, and the results with it")
      return .ended(.failed(problem), isRecorded: false)
    }
    switch TrialMeasurement(design: design).result(attempt) {
    case .measured(let result): return .ended(.succeeded(result), isRecorded: false)
    case .unusable(let problem): return .ended(.failed(problem), isRecorded: false)
    case .missing(let problem):
      let until = finished.addingTimeInterval(design.metricGrace)
      return now < until ? .waiting(until: until) : .ended(.failed(problem), isRecorded: false)
    }
  }
}
