import FoundationEssentials
import MLflow
import Planning

/// Carries out what a sweep asks of MLflow: changes go over its REST API.
struct SweepRecords: Sendable {
  let connection: TrackingConnection
  /// The sweep, as `namespace/name`.
  let sweep: String

  private var server: TrackingServer { connection.server }

  func carryOut(_ record: SweepRecord) async throws {
    switch record {
    case .createExperiment(let name):
      _ = try await server.experiment(named: name, tags: [SweepKeys.Tag.sweep: sweep])
    case .createRun(let run):
      try await create(run)
    case .updateRun(let id, let status, let end):
      try await server.updateRun(id, status: RunStatus(rawValue: status.rawValue), end: end)
    case .log(let id, let parameters, let tags):
      try await server.log(run: id, parameters: parameters, tags: tags)
    }
  }

  /// Looked for first: the run may have been made right before the operator died, or by a request whose answer was
  /// lost.
  private func create(_ run: SweepRecord.NewRun) async throws {
    guard try await !exists(run) else { return }
    _ = try await server.createRun(
      experiment: run.experimentID, name: run.name, start: run.startTime, tags: run.tags, user: "martlet")
  }

  /// A query is many times faster than a search over REST, but a replica may be behind.
  private func exists(_ run: SweepRecord.NewRun) async throws -> Bool {
    let identity = [SweepKeys.Tag.sweepUID, SweepKeys.Tag.trial, SweepKeys.Tag.attempt]
    let tags = run.tags.filter { identity.contains($0.key) }
    if try await connection.database.isReplica() {
      return try await !server.searchRuns(experiments: [run.experimentID], tags: tags).isEmpty
    }
    return try await !connection.database.runs(
      experiment: run.experimentID, named: run.name, tags: tags
    ).isEmpty
  }
}
