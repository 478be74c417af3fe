import ControllerKit
import CRDTypes
import FoundationEssentials
import KubernetesAPI
import MLflow
import Planning
import Threads

/// What is known of one sweep's trials, from one reconcile to the next: of Jobs what the caches have, of runs what was
/// read. Only what is open is looked at each time. A process that is new, or was told of trouble, reads all of it.
struct TrialView: Sendable {
  let profile: TrackingProfile
  var settled: SettledTrials
  /// The Jobs of trials that are not settled.
  var jobs: [TrialJob] = []
  /// The runs of trials that are not settled, and those that belong to none.
  var runs: [RunRecord] = []
  var experiment: String?
  /// When all runs were last read.
  var readAt: Duration?
  /// Whether the database shows what was just written: a copy may be behind.
  var isCurrent = false
  /// What was taken in of the caches' changes.
  var jobRevision: UInt64?
  var podRevision: UInt64?
  /// Jobs that are to be read again, by name.
  private(set) var staleJobs: Set<String> = []
  /// Settled trials to whose runs something was written.
  private var written: Set<Int> = []

  init(of sweep: TrainingSweep, _ profile: TrackingProfile) {
    self.profile = profile
    // Of a sweep that is being deleted everything is looked at once more.
    settled = sweep.metadata.deletionTimestamp == nil ? SettledTrials(of: sweep) : SettledTrials()
  }

  /// Moves what is settled out of the way.
  mutating func settle(at now: Date) { settled.take(from: &jobs, &runs, at: now) }

  /// A Job has changed, or is gone.
  mutating func note(job name: String) {
    staleJobs.insert(name)
    // Those that are open are few, and mostly it is one of them.
    guard !jobs.contains(where: { $0.name == name }) else { return }
    if let trial = settled.trial(ofJob: name) { release(trial) }
  }

  /// Takes in Jobs that were read again: those that were stale are there or gone.
  mutating func take(_ read: [TrialJob]) {
    let names = Set(read.map(\.name)).union(staleJobs)
    jobs.removeAll { names.contains($0.name) }
    staleJobs = []
    for job in read {
      release(job.trial)
      jobs.append(job)
    }
  }

  /// A Job that was just created: the cache may not have it yet.
  mutating func add(_ job: TrialJob) {
    guard !jobs.contains(where: { $0.name == job.name }) else { return }
    jobs.append(job)
  }

  /// A run that was just made.
  mutating func add(_ run: RunRecord) {
    guard !runs.contains(where: { $0.id == run.id }) else { return }
    runs.append(run)
  }

  /// A trial is settled no longer: its Jobs and runs are read again.
  mutating func release(_ trial: Int) {
    guard let released = settled.release(trial: trial) else { return }
    staleJobs.formUnion(released.jobs)
    runs += released.runs
  }

  /// Something was written to a run.
  mutating func note(run id: String) {
    guard !runs.contains(where: { $0.id == id }) else { return }
    if let trial = settled.trial(ofRun: id) { written.insert(trial) }
  }

  /// Releases the trials to whose runs something was written. Not before the next reading: until the plan that wrote is
  /// carried out, the settled trials are also its own, and would have to be copied.
  mutating func releaseWritten() {
    for trial in written.sorted() { release(trial) }
    written = []
  }

  /// Takes in all runs, those of settled trials without their content.
  mutating func take(all tagged: [TaggedRun]) {
    var known: [String: RunRecord] = [:]
    for run in settled.runs { known[run.id] = run }
    var open: [RunRecord] = []
    var changed: Set<Int> = []
    for entry in tagged {
      let before = known.removeValue(forKey: entry.run.id)
      guard let run = RunRecord(entry, settled: before) else { continue }
      if entry.content != nil {
        open.append(run)
        if let trial = run.place?.trial { changed.insert(trial) }
      } else if run != before, let trial = run.place?.trial {
        changed.insert(trial)
      }
    }
    // What is left of the known ones is gone from the database.
    for run in known.values { if let trial = run.place?.trial { changed.insert(trial) } }
    runs = open
    for trial in changed.sorted() { release(trial) }
  }

  /// Takes in runs that were read by their ids. One that was not found may have been made a moment ago.
  mutating func take(_ tagged: [TaggedRun]) {
    var read: [String: RunRecord] = [:]
    for entry in tagged { read[entry.run.id] = RunRecord(entry, settled: nil) }
    runs = runs.map { read[$0.id] ?? $0 }
  }
}

/// The views of all sweeps.
final class TrialViews: Sendable {
  private let views = Locked<[ObjectKey: TrialView]>([:])

  /// Takes a sweep's view out, so that whoever changes it has the only one.
  func take(_ key: ObjectKey) -> TrialView? { views.withLock { $0.removeValue(forKey: key) } }

  func put(_ view: TrialView, of key: ObjectKey) { views.withLock { $0[key] = view } }

  /// Has everything be read again.
  func forget(_ key: ObjectKey) { views.withLock { $0[key] = nil } }

  /// Changes a view, if there is one.
  func change(_ key: ObjectKey, _ body: (inout TrialView) -> Void) {
    views.withLock { views in
      guard views[key] != nil else { return }
      if var view = views.removeValue(forKey: key) {
        body(&view)
        views[key] = view
      }
    }
  }

  /// Whether a run need not be looked for before it is made: all runs were read by this process, from a database that
  /// is current, and nothing has gone wrong since.
  func isCurrent(_ key: ObjectKey) -> Bool { views.withLock { $0[key]?.isCurrent ?? false } }
}
