import CRDTypes
import FoundationEssentials

/// The deletion of a sweep: its Jobs go with it, its runs stay and are closed. An MLflow that does not answer holds
/// it up for no longer than a deadline.
struct SweepClosing {
  let sweep: TrainingSweep
  let settings: SweepPlanner.Settings
  let observation: SweepObservation
  let now: Date

  func plan() -> Plan<TrainingSweep.Status, SweepRecord> {
    let status = sweep.status ?? TrainingSweep.Status()
    guard sweep.metadata.finalizers?.contains(SweepKeys.finalizer) == true else { return Plan(status: status) }
    let release = Plan<TrainingSweep.Status, SweepRecord>.Step.finalizer(SweepKeys.finalizer, present: false)
    // Before the runs are closed: a pod at work would open its run again.
    var steps = observation.jobs.filter { $0.isLive && !$0.isDeleting }.map { job in
      Plan<TrainingSweep.Status, SweepRecord>.Step.delete(job.reference(sweep), uid: job.uid)
    }
    guard case .unavailable(_, let message) = observation.tracking else {
      let (records, recorded) = successes
      steps += records
      for run in observation.runs where !run.isDeleted && !recorded.contains(run.id) {
        if !run.status.isOver { steps.append(.record(.updateRun(id: run.id, status: .killed, endTime: now))) }
        if run.fold == nil, TrialOutcome(tags: run.tags) == nil {
          let outcome = TrialOutcome.stopped(TrialProblem("SweepDeleted", "the sweep was deleted"))
          let seconds = observation.jobs.first { $0.runID == run.id }?.started.map { now.timeIntervalSince($0) } ?? 0
          steps.append(.record(.log(id: run.id, tags: outcome.tags(seconds: seconds, podSeconds: seconds))))
        }
      }
      return Plan(steps: steps + [release], status: status)
    }
    let asked = sweep.metadata.deletionTimestamp.flatMap(Timestamp.date) ?? now
    let waited = Duration.milliseconds(Int64(now.timeIntervalSince(asked) * 1000))
    guard waited >= settings.closingDeadline else {
      let rest = settings.closingDeadline - waited
      return Plan(steps: steps, status: status, next: .after(min(rest, settings.trackingRetry)))
    }
    let note =
      "the sweep goes although its runs could not be closed, and some may say RUNNING in MLflow for ever: \(message)"
    let event = EventDraft(.warning, reason: "CleanupDeferred", action: "CloseRuns", note: note)
    return Plan(steps: steps + [release], status: status, events: [event])
  }

  /// The records of trials that have succeeded and were to be recorded later, and the runs that they are about.
  private var successes: (records: [Plan<TrainingSweep.Status, SweepRecord>.Step], runs: Set<String>) {
    guard let design = try? SweepDesign(sweep) else { return ([], []) }
    var records: [Plan<TrainingSweep.Status, SweepRecord>.Step] = []
    var runs: Set<String> = []
    for trial in TrialLedger(observation, TrialJudge(design: design, now: now)).trials {
      for attempt in trial.attempts where attempt.owesRecord {
        guard let run = attempt.run, let outcome = attempt.outcome else { continue }
        records.append(.record(attempt.record(outcome, on: run, parameters: trial.parameters, design, at: now)))
        runs.insert(run.id)
      }
    }
    return (records, runs)
  }
}
