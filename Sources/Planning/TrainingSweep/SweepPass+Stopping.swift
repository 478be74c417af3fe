import CRDTypes
import Search

extension SweepPass {
  /// Stops running trials that lag behind by the sweep's rule: the verdict, with its numbers, becomes the outcome, and
  /// the Job goes once that is recorded.
  mutating func stopEarly() {
    guard let rule = design.stopping, !observation.curves.isEmpty else { return }
    var finished: Set<Int> = []
    var running: [Int] = []
    for (index, trial) in ledger.trials.enumerated() {
      switch trial.state {
      case .succeeded: finished.insert(trial.number)
      case .running: running.append(index)
      case .queued, .awaitingRetry, .stopped, .failed: break
      }
    }
    for index in running {
      guard let last = ledger.trials[index].attempts.indices.last,
        ledger.trials[index].attempts[last].verdict == .running,
        let decision = rule.decision(
          for: ledger.trials[index].number, among: observation.curves, finished: finished,
          direction: design.objectives[0].direction)
      else { continue }
      let problem = TrialProblem("EarlyStopped", decision.message)
      let point = StopPoint(step: decision.step, value: decision.value, cutoff: decision.cutoff)
      ledger.trials[index].attempts[last].verdict = .ended(.stopped(problem, at: point), isRecorded: false)
      ledger.trials[index].state = .stopped(point)
      let number = ledger.trials[index].number
      stops.append(
        EventDraft(
          .normal, reason: "TrialStopped", action: "StopTrial",
          note: "trial \(number): \(decision.message)".keepingEnd(1000)))
    }
  }
}
