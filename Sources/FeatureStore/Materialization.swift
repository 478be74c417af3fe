public import FoundationEssentials
public import Postgres

/// Brings an online table up to date with its source.
public struct Materialization: Sendable {
  public let definition: FeatureSetDefinition
  public let source: PostgresPool
  public let store: OnlineStore
  /// How much before the last run's time rows are read again: transactions that were still open then had taken their
  /// time of writing already.
  public var overlap: Duration
  /// How many rows go over at a time where source and store are different databases.
  public var batchSize: Int

  public init(
    _ definition: FeatureSetDefinition, from source: PostgresPool, into store: OnlineStore,
    overlap: Duration = .seconds(300), batchSize: Int = 5000
  ) {
    self.definition = definition
    self.source = source
    self.store = store
    self.overlap = overlap
    self.batchSize = max(1, batchSize)
  }

  /// What a run did.
  public struct Outcome: Sendable, Hashable {
    /// The source's time when the run read it: the next run's `last`.
    public let through: Date
    /// The entities whose row was made or replaced.
    public let changed: Int

    public init(through: Date, changed: Int) {
      self.through = through
      self.changed = changed
    }
  }

  /// Reads what the source has and keeps, for each entity, the row that counts.
  ///
  /// It may be repeated, interrupted and run twice at once: the result is the same. The table must have been made.
  ///
  /// - Parameters:
  ///   - last: the time that the last complete run gave; nil reads everything that is valid.
  ///   - now: the time to materialise for; nil is the source's clock, which its times of writing come from.
  public func run(after last: Date?, at now: Date? = nil) async throws -> Outcome {
    let since = last.map { $0 - overlap.seconds }
    // The store's user reads the source there, so it must be the source's.
    let (from, to) = (source.configuration, store.pool.configuration)
    return from.isSameDatabase(as: to) && from.user == to.user
      ? try await within(since, now) : try await across(since, now)
  }

  /// One statement, where both are in one database.
  func within(_ since: Date?, _ now: Date?) async throws -> Outcome {
    let sql = FeatureSQL(definition)
    return try await store.pool.withConnection { connection in
      let time = try await Self.time(now, connection)
      let changed = try await connection.query(sql.upsert(sql.newest(at: time, since: since)))
      return Outcome(through: time, changed: changed.affected)
    }
  }

  /// In batches from one database to the other: a cursor there, bound arrays here.
  func across(_ since: Date?, _ now: Date?) async throws -> Outcome {
    let sql = FeatureSQL(definition)
    let width = definition.keys.count + 2 + definition.features.count
    return try await source.transaction(isolation: .repeatableRead, readOnly: true) { origin in
      let time = try await Self.time(now, origin)
      let newest = sql.newest(at: time, since: since)
      try await origin.query("DECLARE newest NO SCROLL CURSOR FOR \(newest)", prepared: false)
      var changed = 0
      while true {
        let rows = try await origin.query("FETCH \(unescaped: "\(batchSize)") FROM newest", prepared: false)
        if rows.isEmpty { break }
        var columns = [[String?]](repeating: [], count: width)
        for row in rows {
          for index in 0..<width { columns[index].append(try row.decode(at: index)) }
        }
        changed += try await store.pool.query(sql.upsert(sql.rows(columns))).affected
      }
      return Outcome(through: time, changed: changed)
    }
  }

  private static func time(_ now: Date?, _ connection: PostgresConnection) async throws -> Date {
    if let now { return now }
    let rows = try await connection.query("SELECT clock_timestamp()")
    guard let row = rows.first else { throw PostgresError(.decoding, "the server told no time") }
    return try row.decode(at: 0)
  }
}
