import CRDTypes
import FoundationEssentials
import JSON
import Search

extension SweepPass {
  enum Supply { case enough, exhausted }

  /// Makes the Jobs of runs that have none yet, then runs with their Jobs for attempts that are due, up to
  /// trials.parallel.
  mutating func startTrials(_ usage: SweepUsage) -> Supply {
    let manifest = TrialManifest(
      sweep: sweep, design: design, access: access, experimentID: experimentID, settings: settings)
    makeJobs(manifest)
    var room = design.parallel - occupied
    var started = 0
    for trial in ledger.trials.open where trial.state == .awaitingRetry {
      guard room > 0, started < settings.greatestBatch, usage.allows(more: started) else { break }
      // The pod of the attempt before must be gone: the two would work side by side.
      guard let last = trial.attempts.last, !trial.hasLiveJob else { continue }
      start(trial.number, attempt: last.number + 1, trial.parameters, manifest)
      room -= 1
      started += 1
    }
    guard room > 0, ledger.trials.count < design.planned else {
      if started == settings.greatestBatch { wake(at: now) }
      return .enough
    }
    var supply = Supply.enough
    var history = self.history
    var planned = ledger.trials.count
    var number = ledger.trials.firstFreeNumber
    while room > 0, started < settings.greatestBatch, planned < design.planned, usage.allows(more: started) {
      while ledger.trials.index(of: number) != nil { number += 1 }
      guard let point = suggest(number, history) else {
        supply = .exhausted
        break
      }
      start(number, attempt: 0, design.space.texts(of: point), manifest)
      history.append(RecordedTrial(number: number, point: point, outcome: .pending))
      planned += 1
      number += 1
      room -= 1
      started += 1
    }
    // Only what did not fit into the batch is left for the next plan.
    if started == settings.greatestBatch { wake(at: now) }
    return supply
  }

  /// How much of trials.parallel is taken: trials on their way, and Jobs that are still being taken down.
  private var occupied: Int {
    ledger.trials.open.count { trial in
      trial.isActive || trial.hasLiveJob
    }
  }

  /// A run without a Job: the operator died between the two.
  private mutating func makeJobs(_ manifest: TrialManifest) {
    for trial in ledger.trials.open {
      guard let last = trial.attempts.last, last.verdict == .needsJob, let run = last.run else { continue }
      lanes[trial.number, default: []].append(
        .create(manifest.job(trial.number, attempt: last.number, trial.parameters, runID: run.id)))
    }
  }

  /// The run, and the Job that is told its id.
  private mutating func start(
    _ trial: Int, attempt: Int, _ parameters: [String: String], _ manifest: TrialManifest
  ) {
    let name = sweep.metadata.name ?? ""
    let jobName = TrialName.job(sweep: name, trial: trial, attempt: attempt)
    let tags = [
      SweepKeys.Tag.sweepUID: sweep.metadata.uid ?? "",
      SweepKeys.Tag.sweep: "\(sweep.metadata.namespace ?? "")/\(name)",
      SweepKeys.Tag.trial: "\(trial)", SweepKeys.Tag.attempt: "\(attempt)", SweepKeys.Tag.rerun: "\(design.rerun)",
      SweepKeys.Tag.parameters: JSONValue(parameters).text(), SweepKeys.Tag.runName: jobName,
    ]
    let run = SweepRecord.NewRun(
      experimentID: experimentID, name: jobName, trial: trial, attempt: attempt, tags: tags, startTime: now)
    starting.insert(trial)
    lanes[trial, default: []].append(
      .make(.createRun(run)) { id in
        [.create(manifest.job(trial, attempt: attempt, parameters, runID: id))]
      })
  }

  private func suggest(_ number: Int, _ history: [RecordedTrial]) -> Point? {
    let fixed = number < design.points.count ? design.points[number] : [:]
    // The points were checked with the spec.
    let suggestion = try? design.searcher.suggest(number, after: history, fixing: fixed)
    if case .point(let point) = suggestion { return point }
    return nil
  }

  /// What the search learns from: values as they were recorded; what is on its way is pending, and trials that were
  /// stopped at an end that was taken back are neither good nor bad.
  private var history: [RecordedTrial] {
    let own = ledger.trials.compactMap(settled: \.recorded, open: { $0.recorded(in: design.space) })
    return warm.trials.isEmpty ? own : warm.trials + own
  }
}
