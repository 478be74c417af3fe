import Postgres

/// A run with what was logged to it.
public struct RunContent: Sendable, Hashable {
  /// The tags whose keys begin with the prefix that was asked for.
  public let tags: [String: String]
  public let parameters: [String: String]
  /// The last value of each metric. NaN and the infinities are what was logged.
  public let metrics: [String: Double]
  /// The least and the greatest finite value of the curve that was asked for; nil where it has none.
  public let extremes: ClosedRange<Double>?

  public init(
    tags: [String: String], parameters: [String: String], metrics: [String: Double],
    extremes: ClosedRange<Double>? = nil
  ) {
    self.tags = tags
    self.parameters = parameters
    self.metrics = metrics
    self.extremes = extremes
  }
}

/// A run that carries a tag.
public struct TaggedRun: Sendable, Hashable {
  public let run: Run
  /// Nil for a run whose content the caller knows already.
  public let content: RunContent?

  public init(run: Run, content: RunContent?) {
    self.run = run
    self.content = content
  }
}

extension TrackingDatabase {
  /// Whether this is a copy that follows another server, so that what was just written may not be here yet.
  public func isReplica() async throws -> Bool {
    try await read("SELECT pg_is_in_recovery()").first?.decode(at: 0) ?? true
  }

  /// The runs of all experiments that carry a tag, deleted ones included, the oldest first: one query.
  ///
  /// - Parameters:
  ///   - prefix: which tags are read; tags of MLflow's own can be very long.
  ///   - curve: the metric whose extremes over all steps are wanted; they need a scan of its history.
  ///   - known: ids of runs whose content is not wanted again.
  public func runs(
    tagged key: String, _ value: String, tagsBeginning prefix: String, curve: String? = nil, known: [String] = []
  ) async throws -> [TaggedRun] {
    let finite = BestRunQuery.finite
    // The known ones are joined: a search through a bound array for each run and column takes its length squared.
    func extreme(_ aggregate: String) -> SQL {
      guard let curve else { return "NULL::float8" }
      return """
        CASE WHEN k.id IS NOT NULL THEN NULL ELSE (SELECT \(unescaped: aggregate)(h.value) FROM metrics h
          WHERE h.run_uuid = r.run_uuid AND h.key = \(curve) AND NOT h.is_nan AND abs(h.value) \(finite)) END
        """
    }
    func column(_ query: SQL) -> SQL { "CASE WHEN k.id IS NOT NULL THEN NULL ELSE ARRAY(\(query)) END" }
    let tags: SQL = "FROM tags t WHERE t.run_uuid = r.run_uuid AND starts_with(t.key, \(prefix)) ORDER BY t.key"
    let parameters: SQL = "FROM params p WHERE p.run_uuid = r.run_uuid ORDER BY p.key"
    let metrics: SQL = "FROM latest_metrics m WHERE m.run_uuid = r.run_uuid ORDER BY m.key"
    let rows = try await read(
      """
      SELECT \(Self.columns), \(column("SELECT t.key \(tags)")), \(column("SELECT coalesce(t.value, '') \(tags)")),
        \(column("SELECT p.key \(parameters)")), \(column("SELECT p.value \(parameters)")),
        \(column("SELECT m.key \(metrics)")), \(column("SELECT \(Self.logged("m")) \(metrics)")),
        \(extreme("min")), \(extreme("max"))
      FROM tags own JOIN runs r ON r.run_uuid = own.run_uuid
        LEFT JOIN (SELECT DISTINCT id FROM unnest(\(known)) id) k ON k.id = r.run_uuid
      WHERE own.key = \(key) AND own.value = \(value)
      ORDER BY r.start_time, r.run_uuid
      """)
    return try rows.map { row in TaggedRun(run: try Self.run(row), content: try Self.content(row, from: 8)) }
  }

  private static func content(_ row: Row, from first: Int) throws -> RunContent? {
    func map<Value: PostgresDecodable>(_ column: Int, _: Value.Type) throws -> [String: Value]? {
      guard let keys = try row.decode(at: column, as: [String]?.self),
        let values = try row.decode(at: column + 1, as: [Value]?.self)
      else { return nil }
      return Dictionary(zip(keys, values)) { $1 }
    }
    guard let tags = try map(first, String.self), let parameters = try map(first + 2, String.self),
      let metrics = try map(first + 4, Double.self)
    else { return nil }
    let low = try row.decode(at: first + 6, as: Double?.self)
    let high = try row.decode(at: first + 7, as: Double?.self)
    var extremes: ClosedRange<Double>?
    if let low, let high, low <= high { extremes = low...high }
    return RunContent(tags: tags, parameters: parameters, metrics: metrics, extremes: extremes)
  }
}
