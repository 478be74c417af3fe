import FoundationEssentials
import MLflow
import Planning

/// Runs in MLflow: read from its database, written over its REST API.
struct MLflowRuns: RunStore {
  let connection: TrackingConnection
  /// The time that metrics are logged with.
  let date: @Sendable () -> Date

  private var database: TrackingDatabase { connection.database }
  /// Tags of MLflow's own can be very long.
  private static let prefix = "martlet."
  private static let besides = [SweepKeys.Tag.parent]

  func experiment(named name: String) async throws -> String? { try await database.experiment(named: name) }

  func isReplica() async throws -> Bool { try await database.isReplica() }

  func runs(_ ids: [String], extremesOf metrics: [String]) async throws -> [TaggedRun] {
    try await database.runs(ids, tagsBeginning: Self.prefix, and: Self.besides, extremesOf: metrics)
  }

  func runs(ofSweep uid: String, extremesOf metrics: [String], known: [String]) async throws -> [TaggedRun] {
    try await database.runs(
      tagged: SweepKeys.Tag.sweepUID, uid, tagsBeginning: Self.prefix, and: Self.besides, extremesOf: metrics,
      known: known)
  }

  func histories(_ cursors: [HistoryCursor]) async throws -> [HistoryCursor: [MetricPoint]] {
    try await database.histories(cursors)
  }

  func loggedModels(of run: String) async throws -> [LoggedModel] { try await database.loggedModels(of: run) }

  func modelVersion(of model: String, tagged tags: [String: String]) async throws -> ModelVersion? {
    try await database.modelVersion(of: model, tagged: tags)
  }

  func carryOut(_ record: SweepRecord, for sweep: String, looksFirst: Bool) async throws -> String? {
    try await SweepRecords(connection: connection, sweep: sweep, looksFirst: looksFirst, date: date).carryOut(record)
  }
}
