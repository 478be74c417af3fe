public import Postgres

/// MLflow's tracking database, read only: the same SQL serves MLflow 2 and 3.
///
/// Every method throws `PostgresError`, `MLflowError` (a schema that is not known, a table that may not be read) or
/// `CancellationError`. The user needs no more than SELECT on the tables named in `TrackingSchema`.
public actor TrackingDatabase {
  public nonisolated let pool: PostgresPool
  private var known: TrackingSchema?

  public init(_ pool: PostgresPool) { self.pool = pool }

  /// What kind of MLflow's database it is; looked at once, and again after a query met a missing table or column.
  public func schema() async throws -> TrackingSchema {
    if let known { return known }
    let rows = try await pool.query(
      """
      SELECT c.relname::text, a.attname::text, has_column_privilege(c.oid, a.attnum, 'SELECT')
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
      WHERE c.relname = ANY(\(TrackingSchema.tables)) AND c.relkind IN ('r', 'v', 'p', 'm', 'f')
        AND pg_catalog.pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
      """)
    var columns: [String: Set<String>] = [:]
    var hidden: Set<String> = []
    for row in rows {
      let (table, column, readable) = try row.decode((String, String, Bool).self)
      let wanted = (TrackingSchema.required[table] ?? TrackingSchema.optional[table])?.contains(column) ?? false
      if wanted, !readable { hidden.insert(table) }
      columns[table, default: []].insert(column)
    }
    let found = try TrackingSchema(columns: columns)
    guard hidden.isEmpty else {
      let user = pool.configuration.user ?? "the user"
      let list = hidden.sorted().joined(separator: ", ")
      throw MLflowError(
        .notReadable, "the database user \(user) may not read \(list)", hint: "GRANT SELECT ON \(list) TO \(user)")
    }
    known = found
    return found
  }

  /// Runs a query; one that meets a missing table, column or right tells what is missing.
  ///
  /// - Parameter prepared: false has it planned anew each time.
  func read(_ sql: SQL, prepared: Bool = true) async throws -> Rows {
    _ = try await schema()
    do {
      return try await pool.query(sql, prepared: prepared)
    } catch let error as PostgresError {
      switch error.code {
      case .undefinedTable, .undefinedColumn, .permissionDenied:
        known = nil
        _ = try await schema()
        throw error
      default: throw error
      }
    }
  }
}
