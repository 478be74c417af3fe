public import FoundationEssentials
public import Postgres

/// The online tables of feature sets in one database: one row an entity, one table a version of a definition.
public struct OnlineStore: Sendable {
  public let pool: PostgresPool

  public init(_ pool: PostgresPool) { self.pool = pool }

  /// Makes the table of the definition's version if it is not there.
  public func create(_ definition: FeatureSetDefinition) async throws {
    let sql = FeatureSQL(definition)
    try await pool.transaction { connection in
      // Two that make the same table at once would fail on each other.
      try await connection.query("SELECT pg_advisory_xact_lock(hashtext(\(definition.onlineTable)))")
      try await connection.script(sql.createTable)
      let comment = Identifier.literal(Self.comment(definition.onlineName))
      try await connection.script("COMMENT ON TABLE \(sql.table) IS \(comment)")
    }
  }

  /// Removes the tables of other versions of the same feature set; gives their names.
  @discardableResult
  public func dropOtherVersions(than definition: FeatureSetDefinition) async throws -> [String] {
    try await drop(definition.onlineName, except: definition.onlineTable)
  }

  /// Removes all tables of a feature set; gives their names.
  @discardableResult
  public func dropAll(onlineName: String) async throws -> [String] { try await drop(onlineName, except: nil) }

  private func drop(_ onlineName: String, except kept: String?) async throws -> [String] {
    let rows = try await pool.query(
      """
      SELECT c.relname::text FROM pg_catalog.pg_class c
      WHERE c.relkind = 'r' AND pg_table_is_visible(c.oid)
        AND obj_description(c.oid, 'pg_class') = \(Self.comment(onlineName)) ORDER BY 1
      """)
    let names: [String] = try rows.map { try $0.decode(at: 0) }.filter { $0 != kept }
    for name in names { try await pool.query("DROP TABLE IF EXISTS \(identifier: name)", prepared: false) }
    return names
  }

  /// What marks a table as one of a feature set's, whatever its name.
  private static func comment(_ onlineName: String) -> String { "martlet.dev feature set \(onlineName)" }

  /// Removes rows that are no longer valid; gives their number. Reading does not depend on it.
  @discardableResult
  public func deleteExpired(_ definition: FeatureSetDefinition, at now: Date) async throws -> Int {
    guard let sql = FeatureSQL(definition).deleteExpired(at: now) else { return 0 }
    return try await pool.query(sql).affected
  }

  /// How many rows there are and how fresh they are.
  public func profile(_ definition: FeatureSetDefinition) async throws -> OnlineProfile {
    let rows = try await pool.query(SQL(unescaped: FeatureSQL(definition).profile))
    guard let row = rows.first else { throw PostgresError(.decoding, "an aggregate gave no row") }
    let count: Int = try row.decode(at: 0)
    var features: [String: OnlineProfile.Feature] = [:]
    for (index, feature) in definition.features.enumerated() {
      features[feature.name] = OnlineProfile.Feature(
        nullFraction: count == 0 ? 0 : Double(count - (try row.decode(at: 3 + index * 3))) / Double(count),
        min: try row.decode(at: 4 + index * 3), max: try row.decode(at: 5 + index * 3))
    }
    return OnlineProfile(
      rows: count, newestEvent: try row.decode(at: 1), newestCreated: try row.decode(at: 2), features: features)
  }
}

/// What an online table holds.
public struct OnlineProfile: Sendable, Hashable {
  public struct Feature: Sendable, Hashable {
    /// The share of rows without a value, from 0 to 1.
    public let nullFraction: Double
    /// The least and the greatest value of a number, NaN left out; nil where there is none.
    public let min: Double?
    public let max: Double?

    public init(nullFraction: Double, min: Double?, max: Double?) {
      self.nullFraction = nullFraction
      self.min = min
      self.max = max
    }
  }

  public let rows: Int
  /// The latest event of any row; nil where there are no rows.
  public let newestEvent: Date?
  /// The latest time of writing; nil where the source has none.
  public let newestCreated: Date?
  public let features: [String: Feature]

  public init(rows: Int, newestEvent: Date?, newestCreated: Date?, features: [String: Feature]) {
    self.rows = rows
    self.newestEvent = newestEvent
    self.newestCreated = newestCreated
    self.features = features
  }
}
