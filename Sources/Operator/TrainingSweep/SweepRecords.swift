import FoundationEssentials
import MLflow
import Planning

/// Carries out what a sweep asks of MLflow: changes go over its REST API.
struct SweepRecords: Sendable {
  let connection: TrackingConnection
  /// The sweep, as `namespace/name`.
  let sweep: String
  /// Whether a run is looked for before it is made.
  let looksFirst: Bool
  let date: @Sendable () -> Date

  private var server: TrackingServer { connection.server }

  /// Returns the id of what was made, or found made.
  func carryOut(_ record: SweepRecord) async throws -> String? {
    switch record {
    case .createExperiment(let name):
      return try await server.experiment(named: name, tags: [SweepKeys.Tag.sweep: sweep])
    case .createRun(let run):
      return try await create(run)
    case .updateRun(let id, let status, let end):
      try await server.updateRun(id, status: RunStatus(rawValue: status.rawValue), end: end)
    case .log(let id, let metrics, let parameters, let tags):
      let now = date()
      let records = metrics.sorted { $0.key < $1.key }.map { MetricRecord($0.key, $0.value, time: now) }
      try await server.log(run: id, metrics: records, parameters: parameters, tags: tags)
    case .register(let registration):
      try await register(registration)
    }
    return nil
  }

  /// The version is looked for by its tags first: it may have been made right before the operator died.
  private func register(_ wanted: SweepRegistration) async throws {
    try await server.registeredModel(named: wanted.model)
    let made: ModelVersion
    if let version = try await server.searchModelVersions(of: wanted.model, tags: wanted.identity).first {
      made = version
    } else {
      let logged = LoggedModel(
        id: wanted.logged.id, name: wanted.logged.name, runID: wanted.runID,
        artifactLocation: wanted.logged.artifactLocation)
      var tags = wanted.tags
      let datasets = try await server.datasets(of: wanted.runID)
      if !datasets.isEmpty { tags["martlet.data"] = datasets.joined(separator: ", ") }
      made = try await server.createModelVersion(of: wanted.model, from: logged, tags: tags)
    }
    if let alias = wanted.alias { try await server.setAlias(alias, of: wanted.model, to: made.version) }
  }

  /// Looked for first, unless that is known to be of no use: the run may have been made right before the operator
  /// died, or by a request whose answer was lost.
  private func create(_ run: SweepRecord.NewRun) async throws -> String {
    if looksFirst, let there = try await find(run) { return there }
    return try await server.createRun(
      experiment: run.experimentID, name: run.name, start: run.startTime, tags: run.tags, user: "martlet"
    ).id
  }

  /// A query is many times faster than a search over REST, but a replica may be behind.
  private func find(_ run: SweepRecord.NewRun) async throws -> String? {
    let identity = [SweepKeys.Tag.sweepUID, SweepKeys.Tag.trial, SweepKeys.Tag.attempt]
    let tags = run.tags.filter { identity.contains($0.key) }
    if try await connection.database.isReplica() {
      return try await server.searchRuns(experiments: [run.experimentID], tags: tags).last?.id
    }
    return try await connection.database.runs(
      experiment: run.experimentID, named: run.name, tags: tags
    ).first?.id
  }
}
