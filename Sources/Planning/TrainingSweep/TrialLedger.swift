import CRDTypes
import FoundationEssentials
import JSON
import Search

/// One run of a trial: its Job, its MLflow run, and what follows from both.
struct TrialAttempt: Sendable {
  let trial: Int
  let number: Int
  /// The value of trials.rerunFailed for which it was made.
  var rerun = 0
  var job: TrialJob?
  var run: RunRecord?
  /// The runs of a cross-validation's folds, children of `run`, by fold.
  var folds: [Int: RunRecord] = [:]
  var verdict = Verdict.queued
  /// As they were recorded with the outcome.
  private var recordedSeconds: Double?
  private var recordedPodSeconds: Double?

  init(trial: Int, number: Int, rerun: Int = 0, job: TrialJob? = nil) {
    self.trial = trial
    self.number = number
    self.rerun = rerun
    self.job = job
  }

  /// Its run and those of its folds.
  var runs: [RunRecord] { (run.map { [$0] } ?? []) + folds.values }

  /// Gives it its run, and what that says of it.
  mutating func take(_ run: RunRecord) {
    self.run = run
    rerun = run.tags[SweepKeys.Tag.rerun].flatMap { Int($0) } ?? 0
    recordedSeconds = run.tags[SweepKeys.Tag.seconds].flatMap(Double.init)
    recordedPodSeconds = run.tags[SweepKeys.Tag.podSeconds].flatMap(Double.init)
  }

  enum Verdict: Sendable, Hashable {
    /// The run is there; the Job never was.
    case needsJob
    case queued
    case running
    /// The Job is over or gone, and something may yet be learned until then.
    case waiting(until: Date)
    case ended(TrialOutcome, isRecorded: Bool)
  }

  var outcome: TrialOutcome? {
    if case .ended(let outcome, _) = verdict { outcome } else { nil }
  }

  var isActive: Bool { outcome == nil }

  var isRecorded: Bool {
    if case .ended(_, isRecorded: true) = verdict { true } else { false }
  }

  /// Whether all that is left to do is to record that it succeeded, which can wait: its Job says so until then.
  var owesRecord: Bool {
    guard case .ended(.succeeded, isRecorded: false) = verdict else { return false }
    return job?.state == .succeeded && run?.status.isOver == true
  }

  /// How long it has run.
  func seconds(at now: Date) -> Double {
    if let recordedSeconds { return recordedSeconds }
    guard let started = job?.started else { return 0 }
    return max(0, (job?.finished ?? now).timeIntervalSince(started))
  }

  /// How long its pods have run together: what it costs in GPU seconds is this times the GPUs of a pod.
  func podSeconds(at now: Date, pods: Int) -> Double {
    if let recordedPodSeconds { return recordedPodSeconds }
    guard let job, !job.spans.isEmpty else { return (job?.pastSeconds ?? 0) * Double(pods) + seconds(at: now) }
    let working = job.spans.reduce(0) { sum, span in
      sum + max(0, (span.end ?? job.finished ?? now).timeIntervalSince(span.start))
    }
    return job.pastSeconds * Double(pods) + working
  }

  /// When its Job, whose outcome is known, may go: at once while it is at work. Nil where there is no such Job: without a
  /// run there is no record but the Job itself.
  func expiry(keptFor seconds: Double) -> Date? {
    guard let job, !job.isDeleting, outcome != nil, job.isLive || run != nil else { return nil }
    return job.isLive ? .distantPast : (job.finished ?? job.created).addingTimeInterval(seconds)
  }

  /// When it ended, or now.
  func end(at now: Date) -> Date { job?.finished ?? (outcome == nil ? now : run?.endTime ?? now) }
}

/// One trial: a combination of parameters and the attempts to run it.
struct SweepTrial: Sendable {
  let number: Int
  /// By number; never empty.
  var attempts: [TrialAttempt]
  var state = State.queued
  /// What there is to know of it where nothing changes any more by itself.
  var settlement: TrialSettlement?

  enum State: Sendable, Hashable {
    case queued
    case running
    /// The last attempt ended without a result, and there is to be another.
    case awaitingRetry
    case succeeded(TrialResult)
    /// At a point of its curve where it was early stopping.
    case stopped(StopPoint?)
    case failed(TrialProblem)
  }

  /// As they were recorded with the run, or else with the Job. Read from text each time: most trials are not asked.
  var parameters: [String: String] {
    for attempt in attempts {
      if let text = attempt.run?.tags[SweepKeys.Tag.parameters], let recorded = Self.parameters(text) {
        return recorded
      }
      if let job = attempt.job { return job.parameters }
    }
    return [:]
  }

  /// Parameters as their tag has them.
  static func parameters(_ text: String) -> [String: String]? { (try? JSONValue(parsing: text))?.stringMap }

  /// What the search learns from it; nil where the space has no place for its parameters.
  func recorded(in space: SearchSpace) -> RecordedTrial? {
    guard let point = space.point(from: parameters) else { return nil }
    let outcome: RecordedTrial.Outcome =
      switch state {
      case .succeeded(let result): .completed(values: result.values, violation: result.violation)
      case .stopped(let point?): .stopped(step: Int(point.step), value: point.value)
      case .queued, .running, .awaitingRetry, .stopped(nil): .pending
      case .failed: .failed
      }
    return RecordedTrial(number: number, point: point, outcome: outcome)
  }

  var isActive: Bool { state == .queued || state == .running }

  /// Whether a Job of any of its attempts may hold resources, one that is being deleted among them.
  var hasLiveJob: Bool { attempts.contains { $0.job?.isLive == true } }

  var isFinal: Bool {
    switch state {
    case .queued, .running, .awaitingRetry: false
    case .succeeded, .stopped, .failed: true
    }
  }
}

/// All trials of a sweep, from what was observed of Jobs and runs.
struct TrialLedger: Sendable {
  /// By number.
  var trials: TrialList
  /// Runs that no trial needs: twins that were made by mistake.
  var strays: [RunRecord] = []

  /// A trial goes round this often at most without fault of its own.
  static let greatestDisruptions = 20

  init(_ observation: SweepObservation, _ judge: TrialJudge) {
    trials = TrialList(settled: observation.settled)
    var attempts: [Int: [Int: TrialAttempt]] = [:]
    for job in observation.jobs {
      attempts[job.trial, default: [:]][job.attempt] = TrialAttempt(
        trial: job.trial, number: job.attempt, rerun: judge.design.rerun, job: job)
    }
    var folds: [RunRecord] = []
    for run in Self.ordered(observation.runs) {
      if run.fold != nil {
        folds.append(run)
        continue
      }
      guard let place = run.place else {
        strays.append(run)
        continue
      }
      var attempt =
        attempts[place.trial]?[place.attempt] ?? TrialAttempt(trial: place.trial, number: place.attempt)
      if let other = attempt.run {
        // The run that the Job was given is the one; else the older.
        guard attempt.job?.runID == run.id else {
          strays.append(run)
          continue
        }
        strays.append(other)
      }
      attempt.take(run)
      attempts[place.trial, default: [:]][place.attempt] = attempt
    }
    for run in folds { place(run, in: &attempts, judge.design) }
    var open: [SweepTrial] = []
    for (number, byAttempt) in attempts {
      let ordered = byAttempt.values.sorted { $0.number < $1.number }.map { attempt in
        var judged = attempt
        judged.verdict = judge.verdict(attempt)
        return judged
      }
      var trial = SweepTrial(number: number, attempts: ordered)
      guard !observation.settled.contains(trial: number) else {
        strays += ordered.compactMap(\.run)
        continue
      }
      trial.settle(judge.design)
      open.append(trial)
    }
    trials.take(open: open.sorted { $0.number < $1.number })
  }

  /// Runs that the training code nests in a fold's carry its tags too, but have another parent. A pod that was replaced leaves a second run of its fold: the finished one counts, then the later one.
  private mutating func place(
    _ run: RunRecord, in attempts: inout [Int: [Int: TrialAttempt]], _ design: SweepDesign
  ) {
    guard let place = run.place, let fold = run.fold, fold < design.folds ?? 0, !run.isDeleted,
      var attempt = attempts[place.trial]?[place.attempt], attempt.run?.id == run.parent
    else {
      strays.append(run)
      return
    }
    if let other = attempt.folds[fold] {
      guard run.isFinished || !other.isFinished else {
        strays.append(run)
        return
      }
      strays.append(other)
    }
    attempt.folds[fold] = run
    attempts[place.trial]?[place.attempt] = attempt
  }

  private static func ordered(_ runs: [RunRecord]) -> [RunRecord] {
    runs.sorted { $0.startTime != $1.startTime ? $0.startTime < $1.startTime : $0.id < $1.id }
  }

  /// Ends what is still active: attempts whose Job was never made, and unless `drains`, those whose Job is at work.
  /// Those whose Job is over are left to their grace period.
  mutating func end(with outcome: TrialOutcome, drains: Bool = false, _ design: SweepDesign) {
    for index in trials.openIndices {
      for attempt in trials[index].attempts.indices {
        switch trials[index].attempts[attempt].verdict {
        case .queued where drains, .running where drains: break
        case .needsJob, .queued, .running:
          trials[index].attempts[attempt].verdict = .ended(outcome, isRecorded: false)
        case .waiting, .ended: break
        }
      }
      trials[index].settle(design)
    }
  }

  /// Trials that are to be run again are left as their last attempt ended: the sweep is over.
  mutating func giveUpRetries() {
    for index in trials.openIndices where trials[index].state == .awaitingRetry {
      switch trials[index].attempts.last?.outcome {
      case .failed(let problem): trials[index].state = .failed(problem)
      default: trials[index].state = .stopped(nil)
      }
    }
  }
}

extension SweepTrial {
  /// What follows for the trial from its attempts.
  fileprivate mutating func settle(_ design: SweepDesign) {
    guard let last = attempts.last else { return }
    let peers = attempts.filter { $0.rerun == last.rerun }
    state =
      switch last.verdict {
      case .needsJob, .queued: .queued
      case .running, .waiting: .running
      case .ended(.succeeded(let result), _):
        last.run?.isDeleted == true ? .stopped(nil) : .succeeded(result)
      case .ended(.stopped(_, let point), _): .stopped(point)
      case .ended(.failed(let problem), _):
        last.rerun < design.rerun || peers.count(where: \.didFail) <= design.retries ? .awaitingRetry : .failed(problem)
      case .ended(.disrupted(let problem), _):
        last.rerun < design.rerun || peers.count(where: \.wasDisrupted) <= TrialLedger.greatestDisruptions
          ? .awaitingRetry
          : .failed(TrialProblem("DisruptedTooOften", "the last of many disruptions: \(problem.message)"))
      }
  }
}

extension TrialAttempt {
  var didFail: Bool {
    if case .failed = outcome { true } else { false }
  }

  /// Whether the infrastructure ended it; a pause that the user asked for does not count.
  fileprivate var wasDisrupted: Bool {
    if case .disrupted(let problem) = outcome { problem.reason != "Suspended" } else { false }
  }
}
