import CRDTypes
import ControllerKit
import FoundationEssentials
import KubernetesAPI
import MLflow
import Planning

/// Brings the view of a sweep's trials up to date: what has changed in the caches, and of MLflow's runs those that are
/// open; all of them every few seconds.
struct TrialReader: Sendable {
  let caches: Caches
  let views: TrialViews
  let time: any TimeSource

  /// A run that somebody deletes in MLflow, or makes with the sweep's tags, is seen after so long at the latest.
  static let completeInterval: Duration = .seconds(5)

  /// The sweep's view as it is now. The caller puts it back.
  func view(of sweep: TrainingSweep, _ profile: TrackingProfile, _ store: any RunStore) async throws -> TrialView {
    var view = views.take(sweep.key) ?? TrialView(of: sweep, profile)
    if !view.settled.belong(to: sweep) || view.profile != profile { view = TrialView(of: sweep, profile) }
    view.releaseWritten()
    readJobs(of: sweep, into: &view)
    try await readRuns(of: sweep, into: &view, store)
    // What reading the runs has released.
    if !view.staleJobs.isEmpty { view.take(jobs(view.staleJobs, of: sweep)) }
    view.settle(at: time.date)
    return view
  }

  /// All Jobs of a sweep, from the caches.
  func jobs(of sweep: TrainingSweep) -> [TrialJob] {
    guard let uid = sweep.metadata.uid else { return [] }
    return caches.jobs.objects(ownedBy: uid).compactMap(read)
  }

  private func jobs(_ names: Set<String>, of sweep: TrainingSweep) -> [TrialJob] {
    names.sorted().compactMap { name in
      let job = caches.jobs.object(ObjectKey(namespace: sweep.metadata.namespace, name: name))
      return job.flatMap { $0.controllerReference?.uid == sweep.metadata.uid ? read($0) : nil }
    }
  }

  private func read(_ job: DynamicObject) -> TrialJob? {
    let pods = caches.pods.objects(ownedBy: job.uid).sorted {
      ($0.creationTimestamp ?? "") < ($1.creationTimestamp ?? "")
    }
    return TrialJob(reading: job, pods: pods)
  }

  private func readJobs(of sweep: TrainingSweep, into view: inout TrialView) {
    let jobChanges = caches.jobs.changes(since: view.jobRevision)
    let podChanges = caches.pods.changes(since: view.podRevision)
    view.jobRevision = jobChanges.revision
    view.podRevision = podChanges.revision
    guard let changedJobs = jobChanges.entries, let changedPods = podChanges.entries else {
      // Too much has happened to say what.
      let profile = view.profile
      view = TrialView(of: sweep, profile)
      view.jobRevision = jobChanges.revision
      view.podRevision = podChanges.revision
      view.take(jobs(of: sweep))
      return
    }
    for change in changedJobs where change.controllers.contains(where: { $0.uid == sweep.metadata.uid }) {
      view.note(job: change.key.name)
    }
    for change in changedPods where change.key.namespace == sweep.metadata.namespace {
      for job in change.controllers where job.kind == ResourceType.job.kind {
        let object = caches.jobs.object(ObjectKey(namespace: sweep.metadata.namespace, name: job.name))
        if object?.controllerReference?.uid == sweep.metadata.uid { view.note(job: job.name) }
      }
    }
    if !view.staleJobs.isEmpty { view.take(jobs(view.staleJobs, of: sweep)) }
  }

  private func readRuns(
    of sweep: TrainingSweep, into view: inout TrialView, _ store: any RunStore
  ) async throws {
    guard let uid = sweep.metadata.uid else { return }
    // The extremes of a curve cost a scan of its history.
    let extremes = sweep.objectives.filter { ($0.statistic ?? .last) != .last }.map(\.metric)
    func read(_ ids: [String]) async throws {
      view.take(try await store.runs(ids, extremesOf: extremes))
    }
    let isRecent = view.readAt.map { time.now - $0 < Self.completeInterval } ?? false
    // Runs of folds are made by their pods. Where nothing is open nothing is urgent either.
    if isRecent, sweep.spec.crossValidation == nil, !view.runs.isEmpty {
      return try await read(view.runs.map(\.id))
    }
    view.readAt = time.now
    view.experiment = try await store.experiment(named: SweepPlanner.experimentName(of: sweep))
    view.isCurrent = try await !store.isReplica()
    let settled = view.settled.runs.map(\.id)
    view.take(all: try await store.runs(ofSweep: uid, extremesOf: extremes, known: settled))
    let released = view.runs.map(\.id).filter(Set(settled).contains)
    if !released.isEmpty { try await read(released) }
  }
}
