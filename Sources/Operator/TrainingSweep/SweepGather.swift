import CRDTypes
import ControllerKit
import FoundationEssentials
import MLflow
import Planning

/// Reads everything that is to be known about a sweep: Jobs and pods from caches, runs from MLflow's database.
struct SweepGather: Sendable {
  let caches: Caches
  let directory: TrackingDirectory
  let connections: TrackingConnections
  let settled: SettledRuns

  /// What was read, and the way to MLflow where there is one.
  struct Reading: Sendable {
    var observation: SweepObservation
    var connection: TrackingConnection?
  }

  /// Throws only what the API server says: trouble with MLflow is part of the observation.
  func read(_ sweep: TrainingSweep) async throws -> Reading {
    let jobs = Self.jobs(of: sweep, in: caches)
    do {
      let profile = try await directory.profile(
        namespace: sweep.metadata.namespace, secret: sweep.spec.tracking?.secret)
      let connection = try await connections.connection(to: profile)
      let experiment = try await connection.database.experiment(named: SweepPlanner.experimentName(of: sweep))
      let runs = try await runs(of: sweep, connection.database)
      let access = SweepObservation.Access(trackingURI: profile.podURI, credentials: profile.credentialsSecret)
      return Reading(
        observation: SweepObservation(
          jobs: jobs, runs: runs, tracking: .available(access), experimentID: experiment),
        connection: connection)
    } catch {
      guard let trouble = TrackingTrouble(error) else { throw error }
      return Reading(
        observation: SweepObservation(
          jobs: jobs, tracking: .unavailable(reason: trouble.reason, message: trouble.message)),
        connection: nil)
    }
  }

  /// The Jobs that the sweep controls, with what their pods say.
  static func jobs(of sweep: TrainingSweep, in caches: Caches) -> [TrialJob] {
    guard let uid = sweep.metadata.uid else { return [] }
    return caches.jobs.objects(ownedBy: uid).compactMap { job in
      let pods = caches.pods.objects(ownedBy: job.uid).sorted {
        ($0.creationTimestamp ?? "") < ($1.creationTimestamp ?? "")
      }
      return TrialJob(reading: job, pods: pods)
    }
  }

  private func runs(of sweep: TrainingSweep, _ database: TrackingDatabase) async throws -> [RunRecord] {
    guard let uid = sweep.metadata.uid else { return [] }
    let objective = sweep.spec.objective
    let metrics = Set((sweep.spec.constraints ?? []).map(\.metric) + (objective.map { [$0.metric] } ?? []))
    // The extremes of a curve cost a scan of its history.
    let curve = objective.flatMap { ($0.statistic ?? .last) == .last ? nil : $0.metric }
    let known = settled.runs(of: sweep.key, uid: uid, metrics: metrics)
    let tagged = try await database.runs(
      tagged: SweepKeys.Tag.sweepUID, uid, tagsBeginning: "martlet.", curve: curve, known: known.keys.sorted())
    let runs = tagged.compactMap { RunRecord($0, curve: curve, settled: known[$0.run.id]) }
    settled.keep(runs, of: sweep.key, uid: uid, metrics: metrics)
    return runs
  }
}

extension SweepObservation {
  /// Whether a Job has succeeded whose result is not known yet: metrics may come in a moment after the end.
  var awaitsMetrics: Bool {
    let open = Set(runs.filter { !$0.isSettled }.map(\.id))
    return jobs.contains { $0.state == .succeeded && $0.runID.map(open.contains) == true }
  }
}
