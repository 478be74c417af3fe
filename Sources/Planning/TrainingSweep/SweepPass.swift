import CRDTypes
import FoundationEssentials
import JSON
import Search

/// One planning of a sweep that can be acted on.
struct SweepPass {
  typealias Outcome = Plan<TrainingSweep.Status, SweepRecord>

  let sweep: TrainingSweep
  let design: SweepDesign
  let settings: SweepPlanner.Settings
  let access: SweepObservation.Access
  let experimentID: String
  let now: Date
  let observation: SweepObservation
  let warm: WarmHistory
  var ledger: TrialLedger
  /// What comes before all trials.
  var steps: [Outcome.Step] = []
  /// What is to be done for each trial, in order; trials do not wait for each other.
  var lanes: [Int: [Outcome.Step]] = [:]
  /// The numbers of the trials whose success is to be recorded.
  var owing: [Int] = []
  /// The trials of which an attempt begins.
  var starting: Set<Int> = []
  /// What comes when all trials have been seen to.
  var finalSteps: [Outcome.Step] = []
  /// What early stopping has to say.
  var stops: [EventDraft] = []
  var next = Next.whenChanged

  init(
    sweep: TrainingSweep, design: SweepDesign, settings: SweepPlanner.Settings,
    access: SweepObservation.Access, experimentID: String, now: Date, observation: SweepObservation, warm: WarmHistory
  ) {
    self.sweep = sweep
    self.design = design
    self.settings = settings
    self.access = access
    self.experimentID = experimentID
    self.now = now
    self.observation = observation
    self.warm = warm
    ledger = TrialLedger(observation, TrialJudge(design: design, now: now))
  }

  var ranking: TrialRanking { TrialRanking(design: design) }
  var previous: TrainingSweep.Status { sweep.status ?? TrainingSweep.Status() }

  mutating func run() -> Outcome {
    let startTime = self.startTime
    let suspension = SweepSuspension(sweep, at: now)
    stopEarly()
    var usage = usage(startTime, suspension)
    var finish = SweepFinish.decide(
      ledger, design, usage, best: ranking.leader(ledger.trials, at: now),
      previous: previous.conditions?["Succeeded"], generation: sweep.metadata.generation)
    if let reason = finish {
      let outcome = TrialOutcome.stopped(TrialProblem(reason.reason, "the sweep is over: \(reason.message)"))
      ledger.end(with: outcome, drains: sweep.spec.onFinish == .drain, design)
      ledger.giveUpRetries()
    } else if suspension.isSuspended {
      ledger.end(with: .disrupted(TrialProblem("Suspended", "the sweep was suspended")), design)
    }
    conclude()
    removeJobs()
    wakeForGracePeriods()
    if finish == nil, !suspension.isSuspended {
      provideService()
      if startTrials(usage) == .exhausted, ledger.trials.open.allSatisfy(\.isFinal) {
        finish = SweepFinish(
          reason: "SpaceExhausted", message: "every point of the space was tried",
          succeeded: ranking.leader(ledger.trials, at: now) != nil)
      }
    }
    recordSuccesses(isOver: finish != nil)
    if !starting.isEmpty { wake(at: now.addingTimeInterval(settings.quietDelay)) }
    usage = self.usage(startTime, suspension)
    wakeForBudgets(usage)
    var registration: RegistrationState?
    if let finish, finish.succeeded, !ledger.trials.open.contains(where: \.isActive) {
      explainBest()
      registration = register()
    }
    let report = SweepReport(
      pass: self, finish: finish, usage: usage, suspension: suspension, startTime: startTime,
      registration: registration)
    return Plan(steps: allSteps, status: report.status(), events: report.events(), next: next)
  }

  /// New trials come first: what is idle while they wait costs more than a record that comes a little later.
  private var allSteps: [Outcome.Step] {
    let order = lanes.keys.sorted { (starting.contains($0) ? 0 : 1, $0) < (starting.contains($1) ? 0 : 1, $1) }
    let byTrial = order.compactMap { lanes[$0] }
    switch byTrial.count {
    case 0: return steps + finalSteps
    case 1: return steps + byTrial[0] + finalSteps
    default: return steps + [.together(byTrial)] + finalSteps
    }
  }

  private func usage(_ startTime: Date, _ suspension: SweepSuspension) -> SweepUsage {
    SweepUsage(
      ledger, design, best: ranking.leader(ledger.trials, at: now), startTime: startTime,
      suspendedSeconds: suspension.total, at: now)
  }

  private var startTime: Date { SweepPass.begin(sweep, observation) ?? now }

  /// When the sweep began; nil where it has not.
  static func begin(_ sweep: TrainingSweep, _ observation: SweepObservation) -> Date? {
    if let known = sweep.status?.startTime.flatMap(Timestamp.date) { return known }
    let first = observation.runs.lazy.filter { $0.place != nil }.map(\.startTime).min()
    return [first, observation.settled.firstStart].compactMap { $0 }.min()
  }

  mutating func wake(at date: Date) {
    next = next.earliest(.after(.milliseconds(Int64((max(0, date.timeIntervalSince(now)) * 1000).rounded(.up)))))
  }

  /// Records what became of attempts that have ended: first the run's own state, and the outcome last, so that an
  /// outcome that is there means that all before it is.
  private mutating func conclude() {
    owing = ledger.trials.numbers(ledger.trials.totals.owing) { $0.attempts.contains(where: \.owesRecord) }
    for trial in ledger.trials.open {
      for attempt in trial.attempts {
        guard let run = attempt.run else { continue }
        if attempt.owesRecord { continue }
        if case .ended(let outcome, let isRecorded) = attempt.verdict {
          conclude(trial, attempt, run, outcome, isRecorded: isRecorded)
        } else if let job = attempt.job, run.tags[SweepKeys.Tag.job] == nil {
          noteJob(job, of: run, trial.number)
        }
      }
    }
    for run in ledger.strays where !run.status.isOver && !run.isDeleted {
      finalSteps.append(.record(.updateRun(id: run.id, status: .killed, endTime: now)))
    }
  }

  private mutating func conclude(
    _ trial: SweepTrial, _ attempt: TrialAttempt, _ run: RunRecord, _ outcome: TrialOutcome, isRecorded: Bool
  ) {
    var steps: [Outcome.Step] = []
    let end = attempt.end(at: now)
    for (_, fold) in attempt.folds.sorted(by: { $0.key < $1.key }) where !fold.status.isOver {
      steps.append(.record(.updateRun(id: fold.id, status: outcome.runStatus, endTime: end)))
    }
    // A pod that was slow to die may have opened its run again.
    if !run.status.isOver, !isRecorded || attempt.job?.isLive != true, !run.isDeleted {
      steps.append(.record(.updateRun(id: run.id, status: outcome.runStatus, endTime: end)))
    }
    if !isRecorded {
      steps.append(.record(attempt.record(outcome, on: run, parameters: trial.parameters, design, at: now)))
    }
    if !steps.isEmpty { lanes[trial.number, default: []] += steps }
  }

  /// Says on the run that its Job was there, so that a Job that is lost later is not made again beside pods of it that
  /// are still ending. One that ends at once is spared the write: its outcome says it too.
  private mutating func noteJob(_ job: TrialJob, of run: RunRecord, _ trial: Int) {
    let due = job.created.addingTimeInterval(TrialJudge.noteGrace)
    guard job.state == .running || now >= due else { return wake(at: due) }
    lanes[trial, default: []].append(.record(.log(id: run.id, tags: [SweepKeys.Tag.job: job.name])))
  }

  /// Records successes, for which nothing waits, when no trial starts: a plan lasts as long as its slowest step, MLflow
  /// takes as long to write an outcome as to make a run, and what is idle meanwhile costs more.
  private mutating func recordSuccesses(isOver: Bool) {
    let due =
      if isOver {
        owing.count
      } else if starting.isEmpty {
        settings.greatestRecords
      } else {
        owing.count - settings.greatestBacklog
      }
    for index in owing.prefix(max(0, due)).compactMap(ledger.trials.index) { recordSuccess(of: ledger.trials[index]) }
    if starting.isEmpty, due < owing.count { wake(at: now) }
  }

  private mutating func recordSuccess(of trial: SweepTrial) {
    for attempt in trial.attempts where attempt.owesRecord {
      guard let run = attempt.run, let outcome = attempt.outcome else { continue }
      conclude(trial, attempt, run, outcome, isRecorded: false)
    }
  }

  /// Deletes Jobs whose outcome is recorded by now: those still at work at once, finished ones when keepJobs is over.
  private mutating func removeJobs() {
    var earliest = ledger.trials.totals.expiry
    var concerned = ledger.trials.open
    if let expiry = earliest, now >= expiry {
      earliest = nil
      concerned += ledger.trials.settled.filter { $0.settlement?.expiry != nil }
    }
    for trial in concerned {
      for attempt in trial.attempts {
        guard let job = attempt.job, let expiry = attempt.expiry(keptFor: design.keepJobs) else { continue }
        if now >= expiry {
          if let owed = owing.firstIndex(of: trial.number) {
            owing.remove(at: owed)
            recordSuccess(of: trial)
          }
          lanes[trial.number, default: []].append(.delete(job.reference(sweep), uid: job.uid))
        } else {
          earliest = earliest.map { min($0, expiry) } ?? expiry
        }
      }
    }
    if let earliest { wake(at: earliest) }
  }

  private mutating func wakeForGracePeriods() {
    for attempt in ledger.trials.open.lazy.flatMap(\.attempts) {
      switch attempt.verdict {
      case .waiting(let until): wake(at: until)
      case .queued:
        if let waiting = attempt.job?.waiting, TrialJudge.hopeless.contains(waiting.reason) {
          wake(at: waiting.since.addingTimeInterval(TrialJudge.startGrace))
        }
      case .needsJob, .running, .ended: break
      }
    }
  }

  private mutating func wakeForBudgets(_ usage: SweepUsage) {
    if let deadline = usage.deadline, deadline > now { wake(at: deadline) }
    let running = ledger.trials.open.count { $0.state == .running }
    guard let budget = design.gpuHours, design.gpus > 0, running > 0, usage.gpuHours < budget else { return }
    let seconds = (budget - usage.gpuHours) * 3600 / Double(design.gpus * design.pods * running)
    wake(at: now.addingTimeInterval(max(1, seconds)))
  }
}

/// Since when a sweep is suspended, and for how long it was.
struct SweepSuspension {
  let isSuspended: Bool
  /// Since when it is.
  let since: Date?
  /// Seconds of suspensions that are over.
  let past: Double
  /// Seconds, the one that goes on included.
  let total: Double

  init(_ sweep: TrainingSweep, at now: Date) {
    let wasSince = sweep.status?.suspendedTime.flatMap(Timestamp.date)
    let before = Double(sweep.status?.suspendedSeconds ?? 0)
    isSuspended = sweep.spec.suspend == true
    since = isSuspended ? wasSince ?? now : nil
    past = before + (isSuspended ? 0 : wasSince.map { max(0, now.timeIntervalSince($0)) } ?? 0)
    total = past + (since.map { max(0, now.timeIntervalSince($0)) } ?? 0)
  }
}
