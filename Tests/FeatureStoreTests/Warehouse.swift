import FoundationEssentials
import Postgres
import TestSupport

@testable import FeatureStore

/// A source and an online store of a test's own: two databases of the shared server.
struct Warehouse {
  let source: PostgresPool
  let store: OnlineStore
  /// The source's own database as an online store.
  let inner: OnlineStore
  let now = Date(timeIntervalSince1970: 1_795_000_000)

  init(_ name: String) async throws {
    let server = try await PostgreSQL.shared()
    source = try PostgresPool(PostgresConfiguration(server.makeDatabase(name)))
    store = OnlineStore(try PostgresPool(PostgresConfiguration(server.makeDatabase("\(name)_online"))))
    inner = OnlineStore(source)
    try await source.withConnection { connection in
      try await connection.script(
        """
        CREATE TABLE events (user_id text, event_time timestamptz, ingested_at timestamptz, age int, session_ms int,
          plan varchar(20), active boolean, seen timestamp, balance numeric(12, 2))
        """)
    }
  }

  static func definition(ttl: Duration? = nil, created: String? = "ingested_at") -> FeatureSetDefinition {
    FeatureSetDefinition(
      keys: [.init("user_id", .string)], table: "events", timestamp: "event_time", created: created,
      features: [
        .init("age", .int64), .init("session_s", .double, expression: "session_ms / 1000.0"), .init("plan", .string),
        .init("active", .bool), .init("seen", .timestamp), .init("balance", .double),
      ], ttl: ttl, onlineName: "user_features")
  }

  /// Writes an event some seconds after `now` (before, if negative), ingested some seconds after `now`.
  func event(_ user: String?, at event: Double, ingested: Double?, age: Int?) async throws {
    let created = ingested.map { now + $0 }
    try await source.query(
      """
      INSERT INTO events VALUES (\(user), \(now + event), \(created), \(age), 1500, \("a'\"\\{,}é"), true,
        '2026-11-21 10:00:00', 12.50)
      """)
  }

  /// Materialises both ways and gives the ages by user, after checking that both give the same rows.
  func materialise(
    _ definition: FeatureSetDefinition, after last: Double?, at time: Double = 0, batch: Int = 2
  ) async throws -> [String: Int?] {
    let overlap = Duration.seconds(10)
    for store in [store, inner] {
      try await store.create(definition)
      let materialization = Materialization(definition, from: source, into: store, overlap: overlap, batchSize: batch)
      let outcome = try await materialization.run(after: last.map { now + $0 }, at: now + time)
      guard outcome.through == now + time else { throw ServerFailure("through \(outcome.through)") }
      // Once more changes nothing.
      let again = try await materialization.run(after: last.map { now + $0 }, at: now + time)
      guard again.changed == 0 else { throw ServerFailure("repeated, it changed \(again.changed) rows") }
    }
    let text: SQL = "SELECT t::text FROM \(identifier: definition.onlineTable) AS t ORDER BY 1"
    let outer: [String] = try await store.pool.query(text).map { try $0.decode(at: 0) }
    let inner: [String] = try await source.query(text).map { try $0.decode(at: 0) }
    guard outer == inner else { throw ServerFailure("the ways differ: \(outer) and \(inner)") }
    var out: [String: Int?] = [:]
    for row in try await store.pool.query("SELECT user_id, age FROM \(identifier: definition.onlineTable)") {
      let (user, age) = try row.decode((String, Int?).self)
      out[user] = .some(age)
    }
    return out
  }
}
