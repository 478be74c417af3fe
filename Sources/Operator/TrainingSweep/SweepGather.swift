import CRDTypes
import ControllerKit
import FoundationEssentials
import MLflow
import Planning
import Search

/// Reads everything that is to be known about a sweep: Jobs and pods from caches, runs from MLflow's database.
struct SweepGather: Sendable {
  let caches: Caches
  let directory: TrackingDirectory
  let stores: RunStores
  /// The runs of sweeps before others.
  let settled: SettledRuns
  let trials: TrialReader
  let curves: CurveStore
  let workloads: WorkloadReader
  let decoded = DecodedSweeps()

  /// What was read, and the way to MLflow where there is one.
  struct Reading: Sendable {
    var observation: SweepObservation
    var store: (any RunStore)?
  }

  /// Throws only what the API server says: trouble with MLflow is part of the observation.
  func read(_ sweep: TrainingSweep) async throws -> Reading {
    do {
      let profile = try await directory.profile(
        namespace: sweep.metadata.namespace, secret: sweep.spec.tracking?.secret)
      let store = try await stores(profile)
      let access = SweepObservation.Access(trackingURI: profile.podURI, credentials: profile.credentialsSecret)
      let view = try await trials.view(of: sweep, profile, store)
      var observation = SweepObservation(
        jobs: view.jobs, runs: view.runs, tracking: .available(access), experimentID: view.experiment)
      observation.settled = view.settled
      trials.views.put(view, of: sweep.key)
      try await addWorkloads(to: &observation.jobs, of: sweep)
      observation.curves = try await curves(of: sweep, view, profile, store)
      observation.earlier = try await earlier(than: sweep, store)
      observation.registry = try await registry(of: sweep, store)
      observation.service = service(of: sweep)
      return Reading(observation: observation, store: store)
    } catch {
      guard let trouble = TrackingTrouble(error) else { throw error }
      trials.views.forget(sweep.key)
      var jobs = trials.jobs(of: sweep)
      try await addWorkloads(to: &jobs, of: sweep)
      return Reading(
        observation: SweepObservation(
          jobs: jobs, tracking: .unavailable(reason: trouble.reason, message: trouble.message)),
        store: nil)
    }
  }

  func forget(_ key: ObjectKey) {
    decoded.forget(key)
    settled.forget(key)
    curves.forget(key)
    trials.views.forget(key)
  }

  /// Adds what Kueue says of the Jobs of a sweep with a queue.
  private func addWorkloads(to jobs: inout [TrialJob], of sweep: TrainingSweep) async throws {
    guard sweep.spec.queue != nil, jobs.contains(where: { !$0.state.isFinished }) else { return }
    let queued = try await workloads.workloads(in: sweep.metadata.namespace)
    for index in jobs.indices {
      if let workload = queued[jobs[index].uid] { jobs[index].add(workload) }
    }
  }

  /// The objective's curves, where a rule stops trials by them.
  private func curves(
    of sweep: TrainingSweep, _ view: TrialView, _ profile: TrackingProfile, _ store: any RunStore
  ) async throws -> [Int: LearningCurve] {
    let isOver = sweep.status?.completionTime != nil && !view.runs.contains { !$0.status.isOver }
    guard let uid = sweep.metadata.uid, let metric = sweep.spec.objective?.metric, sweep.stopsEarly, !isOver else {
      curves.forget(sweep.key)
      return [:]
    }
    let folds = sweep.spec.crossValidation.map { Int($0.folds) }
    let own = (view.runs + view.settled.runs).filter { !$0.isDeleted && ($0.fold != nil) == (folds != nil) }
    let cursors = curves.follow(sweep.key, uid: uid, metric: metric, profile: profile, runs: own)
    if !cursors.isEmpty {
      curves.add(try await store.histories(cursors), read: cursors, to: sweep.key)
    }
    return curves.curves(of: sweep.key, runs: own, folds: folds)
  }

  /// The sweeps whose results are history for this one. Their runs are read until this one has ended.
  private func earlier(than sweep: TrainingSweep, _ store: any RunStore) async throws -> [EarlierSweep] {
    guard sweep.status?.completionTime == nil else { return [] }
    var out: [EarlierSweep] = []
    for name in (sweep.spec.search?.warmStart ?? []).map(\.sweep) {
      let key = ObjectKey(namespace: sweep.metadata.namespace, name: name)
      guard let object = caches.sweeps.object(key), let uid = object.uid.isEmpty ? nil : object.uid,
        let other = try? object.resource(TrainingSweep.self)
      else {
        out.append(EarlierSweep(name: name, sweep: nil))
        continue
      }
      // Kept apart from what the other sweep itself keeps, which has other metrics.
      let place = ObjectKey(namespace: sweep.metadata.namespace, name: "\(sweep.key.name) after \(name)")
      let known = settled.runs(of: place, uid: uid, metrics: [])
      let runs = try await store.runs(ofSweep: uid, extremesOf: [], known: known.keys.sorted()).compactMap {
        RunRecord($0, settled: known[$0.run.id])
      }
      settled.keep(runs, of: place, uid: uid, metrics: [])
      out.append(EarlierSweep(name: name, sweep: other, runs: runs))
    }
    return out
  }

  /// What is to be known before the best run's model is registered, once the sweep has ended.
  private func registry(
    of sweep: TrainingSweep, _ store: any RunStore
  ) async throws -> RegistryObservation? {
    guard let wanted = sweep.spec.register, let status = sweep.status, let run = status.best?.runID,
      status.conditions?["Succeeded"] != nil, status.registered?.runID != run
    else { return nil }
    let models = try await store.loggedModels(of: run)
    let version = try await store.modelVersion(
      of: wanted.model, tagged: [SweepKeys.Tag.sweepUID: sweep.metadata.uid ?? "", SweepRegistration.runTag: run])
    return RegistryObservation(
      runID: run,
      models: models.map { .init(id: $0.id, name: $0.name, artifactLocation: $0.artifactLocation) },
      version: version.map { .init(number: $0.version, aliases: $0.aliases) })
  }

  private func service(of sweep: TrainingSweep) -> DynamicObject? {
    guard (sweep.spec.nodes ?? 1) > 1 else { return nil }
    let key = ObjectKey(
      namespace: sweep.metadata.namespace, name: TrialName.service(sweep: sweep.metadata.name ?? ""))
    return caches.children[.service]?.object(key)
  }
}

extension TrainingSweep {
  var objectives: [Objective] { spec.objectives ?? spec.objective.map { [$0] } ?? [] }

  /// Whether a rule stops trials before their end.
  fileprivate var stopsEarly: Bool { spec.earlyStopping != nil || spec.search?.algorithm == .hyperband }
}

extension SweepObservation {
  /// Whether a Job has succeeded whose result is not known yet: metrics may come in a moment after the end.
  var awaitsMetrics: Bool {
    let open = Set(runs.filter { $0.fold == nil && !$0.isSettled }.map(\.id))
    return jobs.contains { $0.state == .succeeded && $0.runID.map(open.contains) == true }
  }

  /// Whether a Job waits of which Kueue may have something new to say: its Workloads are not watched.
  var awaitsAdmission: Bool { jobs.contains { $0.state == .queued } }
}
