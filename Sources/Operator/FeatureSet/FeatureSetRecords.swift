import CRDTypes
import FeatureStore
import FoundationEssentials
import Planning
import Postgres

/// Carries out materialisations. It may be stopped anywhere and repeated: rows are only ever replaced by ones that
/// count before them.
struct FeatureSetRecords: Sendable {
  let databases: FeatureDatabases
  let journal: AttemptJournal
  /// The time of day.
  let date: @Sendable () -> Date

  func carryOut(_ record: FeatureSetRecord, for resource: FeatureSet) async throws {
    switch record {
    case .materialize(let after, let version):
      guard let online = resource.spec.online?.postgres else { return }
      let outcome: FeatureSetObservation.Attempt.Outcome
      do {
        outcome = try await materialize(resource, online, after: after)
      } catch {
        guard let trouble = FeatureSetTrouble(error) else { throw error }
        outcome = .failed(trouble.observed)
      }
      journal.note(.init(ended: date(), version: version, outcome: outcome), of: resource.key)
    }
  }

  private func materialize(
    _ resource: FeatureSet, _ online: FeatureSet.PostgresStore, after: Date?
  ) async throws -> FeatureSetObservation.Attempt.Outcome {
    let definition = FeatureSetDefinition(resource)
    let source = try await databases.source(of: resource)
    let pool = try await databases.online(online, namespace: resource.metadata.namespace)
    let store = OnlineStore(pool)
    // A table that somebody removed begins anew, whatever status says was brought over before.
    let exists = try await Self.hasTable(definition.onlineTable, pool)
    if !exists { try await store.create(definition) }
    let outcome = try await Materialization(definition, from: source, into: store).run(after: exists ? after : nil)
    try await store.deleteExpired(definition, at: outcome.through)
    try await store.dropOtherVersions(than: definition)
    let profile = try await store.profile(definition)
    return .succeeded(
      through: outcome.through, written: Int64(outcome.changed),
      .init(
        rows: Int64(profile.rows), newestEvent: profile.newestEvent,
        features: profile.features.mapValues { .init(nullFraction: $0.nullFraction, min: $0.min, max: $0.max) }))
  }

  private static func hasTable(_ table: String, _ pool: PostgresPool) async throws -> Bool {
    let rows = try await pool.query("SELECT to_regclass(\(Identifier.quoted(table))) IS NOT NULL")
    return try rows.first?.decode(at: 0) ?? false
  }
}
