import CRDTypes
import FoundationEssentials
import Search

/// What status and events say after a pass.
struct SweepReport {
  let pass: SweepPass
  let finish: SweepFinish?
  let usage: SweepUsage
  let suspension: SweepSuspension
  let startTime: Date
  let registration: RegistrationState?
  /// The trials that no other beats; only with several objectives.
  private let front: [SweepTrial]

  /// The last five failures of attempts, latest first.
  private let failures: [(failure: TrainingSweep.TrialFailure, isNew: Bool)]

  init(
    pass: SweepPass, finish: SweepFinish?, usage: SweepUsage, suspension: SweepSuspension, startTime: Date,
    registration: RegistrationState?
  ) {
    self.pass = pass
    self.finish = finish
    self.usage = usage
    self.suspension = suspension
    self.startTime = startTime
    self.registration = registration
    front = pass.design.objectives.count > 1 ? pass.ranking.front(pass.ledger.trials) : []
    failures = Self.failures(pass)
  }

  private var trials: TrialList { pass.ledger.trials }
  private var isOver: Bool { finish != nil && !trials.open.contains(where: \.isActive) }

  func status() -> TrainingSweep.Status {
    var status = TrainingSweep.Status()
    let counts = self.counts
    let ranked = pass.ranking.ranked(trials, limit: TrialRanking.greatest)
    status.trials = counts
    status.progress = "\(counts.succeeded + counts.stopped + counts.failed)/\(counts.planned)"
    status.best = ranked.first.map(pass.ranking.summary)
    status.top = ranked.isEmpty ? nil : ranked.map(pass.ranking.summary)
    status.front = front.isEmpty ? nil : front.prefix(Self.greatestFront).map(pass.ranking.summary)
    status.failures = failures.isEmpty ? nil : failures.map(\.failure)
    status.search = TrainingSweep.SearchSummary(
      algorithm: pass.design.searcher.algorithm.rawValue, reason: searchReason)
    if pass.design.gpus > 0 { status.gpuHours = TrialRanking.text((usage.gpuHours * 10).rounded() / 10) }
    status.startTime = Timestamp.text(startTime)
    status.completionTime = isOver ? pass.previous.completionTime ?? Timestamp.text(pass.now) : nil
    status.estimatedCompletionTime = estimate(counts)
    status.suspendedTime = suspension.since.map(Timestamp.text)
    status.suspendedSeconds = suspension.past > 0 ? Int64(suspension.past.rounded()) : nil
    status.experimentID = pass.experimentID
    status.registered = pass.previous.registered
    if case .done(let model) = registration { status.registered = model }
    status.rerunFailed = pass.design.rerun > 0 ? Int64(pass.design.rerun) : nil
    setConditions(&status, counts)
    return status
  }

  /// Status stays small, however many trials there are.
  private static let greatestFront = 50

  private var searchReason: String? {
    var sentences = [pass.design.algorithmReason].compactMap { $0 }
    if let names = pass.sweep.spec.search?.warmStart?.map(\.sweep), !names.isEmpty {
      sentences.append(
        "\(pass.warm.trials.count) of \(pass.warm.found) results of \(names.joined(separator: ", ")) are history")
    }
    return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
  }

  private var counts: TrainingSweep.TrialCounts {
    var counts = TrainingSweep.TrialCounts(
      planned: Int64(max(pass.design.planned, trials.count)), queued: 0, running: 0,
      succeeded: Int64(trials.totals.succeeded), stopped: Int64(trials.totals.stopped),
      failed: Int64(trials.totals.failed.count))
    for trial in trials.open {
      switch trial.state {
      case .queued, .awaitingRetry: counts.queued += 1
      case .running: counts.running += 1
      case .succeeded: counts.succeeded += 1
      case .stopped: counts.stopped += 1
      case .failed: counts.failed += 1
      }
    }
    return counts
  }

  /// From the last thing that happened rather than from now, so that it does not change while nothing does.
  private func estimate(_ counts: TrainingSweep.TrialCounts) -> String? {
    guard finish == nil, !suspension.isSuspended, let mean = usage.meanSeconds else { return nil }
    let done = counts.succeeded + counts.stopped + counts.failed
    let left = Int(counts.planned - done)
    guard left > 0 else { return nil }
    let rounds = (left + pass.design.parallel - 1) / pass.design.parallel
    let ends = trials.open.compactMap { $0.isFinal ? $0.attempts.last?.end(at: pass.now) : nil } + [trials.totals.end]
    return Timestamp.text((ends.compactMap { $0 }.max() ?? startTime).addingTimeInterval(mean * Double(rounds)))
  }

  private static func failures(
    _ pass: SweepPass
  ) -> [(failure: TrainingSweep.TrialFailure, isNew: Bool)] {
    var failed: [(TrialAttempt, TrialProblem, Bool, Date)] = []
    let trials = pass.ledger.trials
    let settled = trials.totals.withFailures.compactMap { trials.index(of: $0).map { trials[$0] } }
    for attempt in (settled + trials.open).lazy.flatMap(\.attempts) {
      guard case .ended(.failed(let problem), let isRecorded) = attempt.verdict else { continue }
      failed.append((attempt, problem, !isRecorded, attempt.end(at: pass.now)))
    }
    let latest = failed.sorted { ($0.3, $0.0.trial, $0.0.number) > ($1.3, $1.0.trial, $1.0.number) }.prefix(5)
    return latest.map { attempt, problem, isNew, end in
      let failure = TrainingSweep.TrialFailure(
        trial: Int64(attempt.trial), attempt: Int64(attempt.number), reason: problem.reason,
        message: problem.message.keepingEnd(2000), runID: attempt.run?.id, time: Timestamp.text(end))
      return (failure, isNew)
    }
  }

  private func setConditions(_ status: inout TrainingSweep.Status, _ counts: TrainingSweep.TrialCounts) {
    let generation = pass.sweep.metadata.generation
    var more: [Condition] = []
    if let finish {
      more.append(
        Condition(
          type: "Succeeded", status: isOver ? (finish.succeeded ? .true : .false) : .unknown,
          observedGeneration: generation, reason: finish.reason, message: finish.message))
    }
    if suspension.isSuspended {
      more.append(
        Condition(
          type: "Suspended", status: .true, observedGeneration: generation, reason: "SpecSuspend",
          message: "spec.suspend is true: no trial runs until it is false"))
    }
    if !pass.design.unsupported.isEmpty {
      more.append(
        Condition(
          type: "FieldsNotSupported", status: .true, observedGeneration: generation, reason: "NotYetSupported",
          message: "not acted on yet, and so without effect: spec."
            + pass.design.unsupported.joined(separator: ", spec.")))
    }
    if let registration { more.append(Self.registered(registration, generation)) }
    let ready = self.ready(status, counts)
    SweepConditions.set(
      &status, pass.sweep, pass.now, ready: ready.status, ready.reason, ready.message,
      isReconciling: ready.isReconciling, isStalled: ready.isStalled, more: more)
  }

  private static func registered(_ state: RegistrationState, _ generation: Int64?) -> Condition {
    func condition(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
      Condition(
        type: "Registered", status: status, observedGeneration: generation, reason: reason, message: message)
    }
    switch state {
    case .pending: return condition(.unknown, "Registering", "the best run's model is being registered")
    case .impossible(let problem): return condition(.false, problem.reason, problem.message)
    case .done(let model):
      let alias = model.alias.map { ", which \($0) points at" } ?? ""
      return condition(.true, "Registered", "the best run is version \(model.version) of \(model.model)\(alias)")
    }
  }

  private struct Readiness {
    var status: Condition.Status
    var reason: String
    var message: String
    var isReconciling = false
    var isStalled = false
  }

  private func ready(_ status: TrainingSweep.Status, _ counts: TrainingSweep.TrialCounts) -> Readiness {
    if let finish { return ended(finish, status, counts) }
    if suspension.isSuspended {
      return Readiness(
        status: .false, reason: "Suspended", message: "the sweep is suspended after \(status.progress ?? "") trials")
    }
    if let stuck = self.stuck {
      return Readiness(status: .false, reason: "TrialsWaiting", message: stuck, isReconciling: true)
    }
    return Readiness(
      status: .false, reason: "Running", message: "\(status.progress ?? "") trials are over" + (bestText(status) ?? ""),
      isReconciling: true)
  }

  private func ended(
    _ finish: SweepFinish, _ status: TrainingSweep.Status, _ counts: TrainingSweep.TrialCounts
  ) -> Readiness {
    let active = trials.open.count(where: \.isActive)
    if active > 0 {
      return Readiness(
        status: .false, reason: "Finishing", message: "\(finish.message); \(active) running trials are waited for",
        isReconciling: true)
    }
    let none = counts.succeeded > 0 ? "; no trial keeps the constraints" : "; no trial has a result"
    let message = finish.message + (bestText(status) ?? none)
    switch registration {
    case .pending:
      return Readiness(
        status: .false, reason: "Registering", message: message + "; its model is being registered",
        isReconciling: true)
    case .impossible(let problem):
      return Readiness(
        status: .false, reason: problem.reason, message: message + "; \(problem.message)", isStalled: true)
    case .done(let model):
      return Readiness(
        status: .true, reason: finish.reason, message: message + "; it is version \(model.version) of \(model.model)")
    case nil:
      return Readiness(
        status: finish.succeeded ? .true : .false, reason: finish.reason, message: message,
        isStalled: !finish.succeeded)
    }
  }

  private func bestText(_ status: TrainingSweep.Status) -> String? {
    if !front.isEmpty { return "; \(front.count) trials are on the Pareto front" }
    return status.best.map { "; the best is trial \($0.trial) with \(pass.design.metrics) \($0.value ?? "")" }
  }

  /// Why the first of the trials that cannot start does not.
  private var stuck: String? {
    guard !trials.open.contains(where: { $0.state == .running }) else { return nil }
    for trial in trials.open where trial.state == .queued {
      guard let waiting = trial.attempts.last?.job?.waiting else { continue }
      return "trial \(trial.number) does not start: \(waiting.reason): \(waiting.advice)"
    }
    return nil
  }

  func events() -> [EventDraft] {
    var events = failures.reversed().filter(\.isNew).map { failure, _ in
      EventDraft(
        .warning, reason: "TrialFailed", action: "RunTrial",
        note: "trial \(failure.trial): \(failure.reason): \(failure.message ?? "")".keepingEnd(1000))
    }
    events += pass.stops
    if let best = pass.ranking.best(trials), Int64(best.number) != pass.previous.best?.trial,
      let value = pass.ranking.value(best)
    {
      events.append(
        EventDraft(
          .normal, reason: "NewBest", action: "RankTrials",
          note: "trial \(best.number) is the best so far: \(pass.design.metrics) \(TrialRanking.text(value))"))
    }
    if case .done(let model) = registration, pass.previous.registered != model {
      events.append(
        EventDraft(
          .normal, reason: "ModelRegistered", action: "RegisterModel",
          note: "the best run is version \(model.version) of \(model.model)"))
    }
    if let finish, isOver, pass.previous.completionTime == nil {
      events.append(
        EventDraft(
          finish.succeeded ? .normal : .warning, reason: finish.succeeded ? "SweepSucceeded" : "SweepFailed",
          action: "Finish", note: "\(finish.reason): \(finish.message)".keepingEnd(1000)))
    }
    return events
  }
}
