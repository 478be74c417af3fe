import Postgres

/// Where to read on in the history of a metric of a run.
public struct HistoryCursor: Sendable, Hashable {
  public let runID: String
  public let metric: String
  /// Only later steps are read; nil reads from the first.
  public var after: Int64?

  public init(runID: String, metric: String, after: Int64? = nil) {
    self.runID = runID
    self.metric = metric
    self.after = after
  }
}

extension TrackingDatabase {
  /// MLflow stores NaN as a mark and the infinities as the largest finite numbers: this gives back what was logged.
  static func logged(_ table: String) -> SQL {
    """
    CASE WHEN \(unescaped: table).is_nan THEN 'NaN'::float8
      WHEN \(unescaped: table).value >= 1.7976931348623157e308 THEN 'Infinity'
      WHEN \(unescaped: table).value <= -1.7976931348623157e308 THEN '-Infinity' ELSE \(unescaped: table).value END
    """
  }

  /// The last value of each metric of runs, by run and metric: of the greatest step, then the latest time, then the
  /// greatest value. `metrics` limits them to some; nil gives all.
  public func latestMetrics(
    of ids: [String], metrics: [String]? = nil
  ) async throws -> [String: [String: MetricPoint]] {
    guard !ids.isEmpty else { return [:] }
    let only: SQL = metrics.map { " AND m.key = ANY(\($0))" } ?? ""
    let rows = try await read(
      """
      SELECT m.run_uuid, m.key, \(Self.logged("m")), m.step, coalesce(m.timestamp, 0)
      FROM latest_metrics m WHERE m.run_uuid = ANY(\(ids))\(only)
      """)
    var out: [String: [String: MetricPoint]] = [:]
    for row in rows {
      let (run, key, value, step, time) = try row.decode((String, String, Double, Int64, Int64).self)
      out[run, default: [:]][key] = MetricPoint(value: value, step: step, time: Milliseconds.date(time))
    }
    return out
  }

  /// The values after each cursor, one a step, in order of steps: one query for all. A step that was logged more than
  /// once has its latest value.
  public func histories(_ cursors: [HistoryCursor]) async throws -> [HistoryCursor: [MetricPoint]] {
    guard !cursors.isEmpty else { return [:] }
    let rows = try await read(
      """
      SELECT c.n, m.step,
        (array_agg(\(Self.logged("m")) ORDER BY m.timestamp DESC, m.value DESC))[1], max(coalesce(m.timestamp, 0))
      FROM unnest(\(cursors.map(\.runID)), \(cursors.map(\.metric)), \(cursors.map { $0.after ?? .min }))
        WITH ORDINALITY AS c(run, key, after, n)
      JOIN metrics m ON m.run_uuid = c.run AND m.key = c.key AND m.step > c.after
      GROUP BY c.n, m.step ORDER BY c.n, m.step
      """)
    var out: [HistoryCursor: [MetricPoint]] = [:]
    for row in rows {
      let (number, step, value, time) = try row.decode((Int, Int64, Double, Int64).self)
      guard cursors.indices.contains(number - 1) else { continue }
      out[cursors[number - 1], default: []].append(
        MetricPoint(value: value, step: step, time: Milliseconds.date(time)))
    }
    return out
  }

  /// The best run; nil where no run has a finite value of the metric and satisfies the constraints.
  public func best(_ query: BestRunQuery) async throws -> BestRun? {
    guard let row = try await read(query.sql).first else { return nil }
    let (id, value, step) = try row.decode((String, Double, Int64).self)
    return BestRun(runID: id, value: value, step: step)
  }
}
