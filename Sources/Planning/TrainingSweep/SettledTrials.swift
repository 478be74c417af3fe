public import CRDTypes
public import FoundationEssentials
import Search

/// The trials of a sweep of which nothing changes any more by itself: the outcome of every attempt is recorded, or is a
/// success that only has to be, its run is over, and its Job has finished or is gone. They are kept as the planner uses
/// them, without what it does not use, so that a plan for thousands of them costs little more than one for those that
/// are open.
///
/// What is left out is found again: whoever releases a trial reads its Jobs and runs anew.
public struct SettledTrials: Sendable {
  /// By number.
  private(set) var trials: [SweepTrial] = []
  private var counted = SettledTotals()
  /// Whether a trial was taken out that `counted` still counts.
  private var isStale = false
  /// When the first of their runs began.
  private(set) var firstStart: Date?
  /// What they were judged by; nil where no spec was given, or one that cannot be acted on.
  private let design: SweepDesign?
  private let uid: String?
  private let generation: Int64?

  /// None.
  public init() {
    design = nil
    uid = nil
    generation = nil
  }

  /// None yet, of a sweep whose spec is as it is now.
  public init(of sweep: TrainingSweep) {
    design = try? SweepDesign(sweep)
    uid = sweep.metadata.uid
    generation = sweep.metadata.generation
  }

  /// Whether they are those of this sweep with this spec.
  public func belong(to sweep: TrainingSweep) -> Bool {
    uid != nil && uid == sweep.metadata.uid && generation == sweep.metadata.generation
  }

  /// The sweep's design, which then need not be made again.
  func design(for sweep: TrainingSweep) -> SweepDesign? { belong(to: sweep) ? design : nil }

  /// What they come to.
  var totals: SettledTotals {
    guard isStale, let design else { return counted }
    return SettledTotals(trials, TrialRanking(design: design))
  }

  public var count: Int { trials.count }

  public func contains(trial number: Int) -> Bool { position(of: number).isThere }

  /// Their runs, with no more than what may change of them and what the planner uses.
  public var runs: [RunRecord] {
    trials.flatMap { $0.attempts.flatMap(\.runs) }
  }

  /// The trial that a run belongs to.
  public func trial(ofRun id: String) -> Int? {
    func has(_ trial: SweepTrial) -> Bool {
      trial.attempts.contains { $0.run?.id == id || $0.folds.values.contains { $0.id == id } }
    }
    // What is written to the run of a settled trial is mostly its success.
    for number in counted.owing {
      let (index, isThere) = position(of: number)
      if isThere, has(trials[index]) { return number }
    }
    return trials.first(where: has)?.number
  }

  /// The trial that a Job belongs to.
  public func trial(ofJob name: String) -> Int? {
    func has(_ trial: SweepTrial) -> Bool { trial.attempts.contains { $0.job?.name == name } }
    if let number = TrialName.trial(ofJob: name), contains(trial: number) {
      return has(trials[position(of: number).index]) ? number : nil
    }
    return trials.first(where: has)?.number
  }

  /// What belongs to a trial that is settled no longer.
  public struct Released: Sendable {
    /// The names of its Jobs.
    public let jobs: [String]
    /// Its runs, to be read anew.
    public let runs: [RunRecord]
  }

  /// Takes a trial out, since something about it has changed; nil where it is not there.
  public mutating func release(trial number: Int) -> Released? {
    let (index, isThere) = position(of: number)
    guard isThere else { return nil }
    let trial = trials.remove(at: index)
    isStale = isStale || !counted.remove(trial)
    return Released(
      jobs: trial.attempts.compactMap { $0.job?.name },
      runs: trial.attempts.flatMap(\.runs))
  }

  /// Moves what is settled from Jobs and runs to here.
  public mutating func take(from jobs: inout [TrialJob], _ runs: inout [RunRecord], at now: Date) {
    guard let design else { return }
    let open = SweepObservation(jobs: jobs, runs: runs, tracking: .unavailable(reason: "", message: ""))
    let ledger = TrialLedger(open, TrialJudge(design: design, now: now))
    // A twin, or a run of a pod that was replaced, is to be looked at with its trial.
    let disputed = Set(ledger.strays.compactMap { $0.place?.trial })
    var taken: Set<Int> = []
    for trial in ledger.trials.open where trial.isOver && !disputed.contains(trial.number) {
      let (index, isThere) = position(of: trial.number)
      guard !isThere else { continue }
      taken.insert(trial.number)
      for start in trial.attempts.compactMap({ $0.run?.startTime }) {
        firstStart = firstStart.map { min($0, start) } ?? start
      }
      let settled = trial.settled(in: design, at: now)
      trials.insert(settled, at: index)
      if !isStale { counted.add(settled, TrialRanking(design: design)) }
    }
    if isStale {
      counted = totals
      isStale = false
    }
    guard !taken.isEmpty else { return }
    jobs.removeAll { taken.contains($0.trial) }
    runs.removeAll { run in run.place.map { taken.contains($0.trial) } ?? false }
  }

  /// Where a trial is, or would be.
  private func position(of number: Int) -> (index: Int, isThere: Bool) {
    let index = trials.partitioningIndex { $0.number >= number }
    return (index, index < trials.count && trials[index].number == number)
  }
}

extension SweepTrial {
  /// Whether nothing about it changes by itself any more, but that a success may have to be recorded.
  fileprivate var isOver: Bool {
    guard isFinal else { return false }
    return attempts.allSatisfy { attempt in
      guard attempt.isRecorded || attempt.owesRecord, let run = attempt.run else { return false }
      return (run.status.isOver || run.isDeleted) && attempt.job?.isLive != true
        && attempt.folds.values.allSatisfy(\.status.isOver)
    }
  }

  fileprivate func settled(in design: SweepDesign, at now: Date) -> SweepTrial {
    var trial = self
    trial.settlement = TrialSettlement(self, design, at: now)
    let metrics = Set((design.objectives.map(\.metric)) + design.constraints.map(\.metric))
    for index in trial.attempts.indices {
      trial.attempts[index].job?.parameters = [:]
      trial.attempts[index].job?.logTail = nil
      trial.attempts[index].job?.waiting = nil
      // Parameters are recorded with the outcome, as far as the training code has not.
      trial.attempts[index].run?.shrink(to: metrics, keepsParameters: attempts[index].owesRecord)
      for fold in trial.attempts[index].folds.keys {
        trial.attempts[index].folds[fold]?.shrink(to: metrics, keepsParameters: false)
      }
    }
    return trial
  }
}

extension RunRecord {
  /// The tags that are asked for of a run whose outcome is known.
  private static let lasting: Set<String> = [
    SweepKeys.Tag.trial, SweepKeys.Tag.attempt, SweepKeys.Tag.parameters, SweepKeys.Tag.parent, SweepKeys.Tag.fold,
    SweepKeys.Tag.best, SweepKeys.Tag.outcome,
  ]

  fileprivate mutating func shrink(to names: Set<String>, keepsParameters: Bool) {
    // By the names that are there anyway: those that were read are strings of each run's own.
    tags = Dictionary(Self.lasting.compactMap { name in tags[name].map { (name, $0) } }) { $1 }
    metrics = Dictionary(names.compactMap { name in metrics[name].map { (name, $0) } }) { $1 }
    if !keepsParameters { parameters = [:] }
  }
}
