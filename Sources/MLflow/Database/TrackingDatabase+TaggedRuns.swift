import Postgres

/// A run with what was logged to it.
public struct RunContent: Sendable, Hashable {
  /// The tags whose keys begin with the prefix that was asked for, or were asked for by name.
  public let tags: [String: String]
  public let parameters: [String: String]
  /// The last value of each metric. NaN and the infinities are what was logged.
  public let metrics: [String: Double]
  /// The least and the greatest finite value of the curves that were asked for, as far as they have any.
  public let extremes: [String: ClosedRange<Double>]

  public init(
    tags: [String: String], parameters: [String: String], metrics: [String: Double],
    extremes: [String: ClosedRange<Double>] = [:]
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

  /// The runs of all experiments that carry a tag, deleted ones included, the oldest first.
  ///
  /// Two queries, the runs and then the content of those that are not known: content is never older than its run. One
  /// query for both would have to search the known ones for each run, and takes the square of their number wherever
  /// PostgreSQL plans for few.
  ///
  /// - Parameters:
  ///   - prefix: which tags are read; tags of MLflow's own can be very long.
  ///   - names: tags that are read besides.
  ///   - metrics: those whose extremes over all steps are wanted; they need a scan of their history.
  ///   - known: ids of runs whose content is not wanted again.
  public func runs(
    tagged key: String, _ value: String, tagsBeginning prefix: String, and names: [String] = [],
    extremesOf metrics: [String] = [], known: [String] = []
  ) async throws -> [TaggedRun] {
    // Planned each time: a plan that was kept from when the tables were small scans all runs for each tag, until
    // PostgreSQL next analyzes them.
    let rows = try await read(
      """
      SELECT \(Self.columns) FROM tags own JOIN runs r ON r.run_uuid = own.run_uuid
      WHERE own.key = \(key) AND own.value = \(value)
      ORDER BY r.start_time, r.run_uuid
      """, prepared: false)
    let runs = try rows.map { try Self.run($0) }
    let known = Set(known)
    let read = try await self.runs(
      runs.map(\.id).filter { !known.contains($0) }, tagsBeginning: prefix, and: names, extremesOf: metrics)
    let contents = Dictionary(read.map { ($0.run.id, $0) }) { $1 }
    return runs.map { contents[$0.id] ?? TaggedRun(run: $0, content: nil) }
  }

  /// The runs of these ids with their content, in any order; ids that MLflow does not know are left out. Parameters as
  /// in `runs(tagged:)`.
  public func runs(
    _ ids: [String], tagsBeginning prefix: String, and names: [String] = [], extremesOf curves: [String] = []
  ) async throws -> [TaggedRun] {
    guard !ids.isEmpty else { return [] }
    // NaN stands for a curve without a finite value.
    func extremes(_ aggregate: String) -> SQL {
      guard !curves.isEmpty else { return "ARRAY[]::float8[]" }
      return """
        ARRAY(SELECT coalesce(
          (SELECT \(unescaped: aggregate)(h.value) FROM metrics h WHERE h.run_uuid = r.run_uuid AND h.key = c.key
            AND NOT h.is_nan AND abs(h.value) \(BestRunQuery.finite)), 'NaN'::float8)
          FROM unnest(\(curves)) WITH ORDINALITY c(key, n) ORDER BY c.n)
        """
    }
    let tags: SQL = """
      FROM tags t WHERE t.run_uuid = r.run_uuid AND (starts_with(t.key, \(prefix)) OR t.key = ANY(\(names))) ORDER BY t.key
      """
    let parameters: SQL = "FROM params p WHERE p.run_uuid = r.run_uuid ORDER BY p.key"
    let metrics: SQL = "FROM latest_metrics m WHERE m.run_uuid = r.run_uuid ORDER BY m.key"
    let rows = try await read(
      """
      SELECT \(Self.columns), ARRAY(SELECT t.key \(tags)), ARRAY(SELECT coalesce(t.value, '') \(tags)),
        ARRAY(SELECT p.key \(parameters)), ARRAY(SELECT p.value \(parameters)),
        ARRAY(SELECT m.key \(metrics)), ARRAY(SELECT \(Self.logged("m")) \(metrics)),
        \(extremes("min")), \(extremes("max"))
      FROM unnest(\(ids)) wanted(id) JOIN runs r ON r.run_uuid = wanted.id
      """)
    return try rows.map { TaggedRun(run: try Self.run($0), content: try Self.content($0, curves)) }
  }

  private static func content(_ row: Row, _ curves: [String]) throws -> RunContent {
    func map<Value: PostgresDecodable>(_ column: Int, _: Value.Type) throws -> [String: Value] {
      let keys = try row.decode(at: column, as: [String].self)
      return Dictionary(zip(keys, try row.decode(at: column + 1, as: [Value].self))) { $1 }
    }
    let lows = try row.decode(at: 14, as: [Double].self)
    let highs = try row.decode(at: 15, as: [Double].self)
    var extremes: [String: ClosedRange<Double>] = [:]
    for (name, (low, high)) in zip(curves, zip(lows, highs)) where low <= high { extremes[name] = low...high }
    return RunContent(
      tags: try map(8, String.self), parameters: try map(10, String.self), metrics: try map(12, Double.self),
      extremes: extremes)
  }
}
