import Postgres

extension TrackingDatabase {
  static let columns: SQL = """
    r.run_uuid, r.experiment_id, coalesce(r.name, ''), r.status, r.lifecycle_stage <> 'active',
      r.start_time, r.end_time, coalesce(r.artifact_uri, '')
    """

  /// The runs of these ids, by id; ids that MLflow does not know are left out. Deleted runs are there, and say so.
  public func runs(_ ids: [String]) async throws -> [String: Run] {
    guard !ids.isEmpty else { return [:] }
    let rows = try await read("SELECT \(Self.columns) FROM runs r WHERE r.run_uuid = ANY(\(ids))")
    var out: [String: Run] = [:]
    for row in rows {
      let run = try Self.run(row)
      out[run.id] = run
    }
    return out
  }

  /// The active runs of an experiment that carry all these tags, the oldest first; with a name, those of that name,
  /// which spares the database a look at the tags of all others.
  public func runs(experiment: String, named name: String? = nil, tags: [String: String]) async throws -> [Run] {
    let named: SQL = name.map { " AND r.name = \($0)" } ?? ""
    // Scalar subqueries stay look-ups by the primary key, after all else; EXISTS becomes a join with every run's tag.
    let conditions = tags.sorted { $0.key < $1.key }.map { key, value in
      """
       AND (SELECT t.value FROM tags t WHERE t.run_uuid = r.run_uuid AND t.key = \(key)) = \(value)
      """ as SQL
    }
    let rows = try await read(
      """
      SELECT \(Self.columns) FROM runs r
      WHERE r.experiment_id = \(Int64(experiment) ?? -1) AND r.lifecycle_stage = 'active'\(named)\
      \(SQL.joined(conditions, separator: ""))
      ORDER BY r.start_time, r.run_uuid
      """)
    return try rows.map { try Self.run($0) }
  }

  /// The tags of runs, by run and key.
  public func tags(of ids: [String]) async throws -> [String: [String: String]] {
    try await pairs("SELECT run_uuid, key, coalesce(value, '') FROM tags WHERE run_uuid = ANY(\(ids))")
  }

  /// The parameters of runs, by run and key. MLflow keeps them as text.
  public func parameters(of ids: [String]) async throws -> [String: [String: String]] {
    try await pairs("SELECT run_uuid, key, value FROM params WHERE run_uuid = ANY(\(ids))")
  }

  /// The number of the active experiment of a name; nil where there is none.
  public func experiment(named name: String, workspace: String = "default") async throws -> String? {
    let place: SQL = try await schema().hasWorkspaces ? " AND workspace = \(workspace)" : ""
    let rows = try await read(
      "SELECT experiment_id FROM experiments WHERE name = \(name) AND lifecycle_stage = 'active'\(place)")
    return try rows.first.map { try $0.decode(at: 0) }
  }

  private func pairs(_ sql: SQL) async throws -> [String: [String: String]] {
    var out: [String: [String: String]] = [:]
    for row in try await read(sql) {
      let (run, key, value) = try row.decode((String, String, String).self)
      out[run, default: [:]][key] = value
    }
    return out
  }

  static func run(_ row: Row) throws(PostgresError) -> Run {
    let (id, experiment, name, status, deleted, start, end, artifacts) = try row.decode(
      (String, String, String, String, Bool, Int64?, Int64?, String).self)
    return Run(
      id: id, experimentID: experiment, name: name, status: RunStatus(rawValue: status), isDeleted: deleted,
      // A run that was created without a start has 0.
      startTime: start.flatMap { $0 > 0 ? Milliseconds.date($0) : nil }, endTime: end.map(Milliseconds.date),
      artifactURI: artifacts)
  }
}
