public import Postgres

/// Which of many runs is the best.
public struct BestRunQuery: Sendable, Hashable {
  public enum Goal: String, Sendable, Hashable {
    case minimize, maximize
  }

  /// Where to look.
  public enum Scope: Sendable, Hashable {
    /// These runs: fast on MLflow's own indexes.
    case runs([String])
    /// All runs of an experiment, by its number.
    case experiment(String)
  }

  /// Which value of the objective counts.
  public enum Reading: Sendable, Hashable {
    /// The one of the greatest step, which MLflow calls the latest.
    case last
    /// The best of all steps.
    case best
  }

  /// What a run must satisfy to be considered.
  public enum Constraint: Sendable, Hashable {
    /// The last value of a metric lies between the bounds, both inclusive. NaN and infinities do not.
    case metric(String, min: Double?, max: Double?)
    /// A parameter reads as a number between the bounds, both inclusive.
    case parameter(String, min: Double?, max: Double?)
    case parameterEquals(String, String)
    case tag(String, String)
  }

  public var metric: String
  public var goal: Goal
  public var scope: Scope
  public var reading: Reading
  public var constraints: [Constraint]
  public var statuses: [RunStatus]

  public init(
    metric: String, goal: Goal, scope: Scope, reading: Reading = .last, constraints: [Constraint] = [],
    statuses: [RunStatus] = [.finished]
  ) {
    self.metric = metric
    self.goal = goal
    self.scope = scope
    self.reading = reading
    self.constraints = constraints
    self.statuses = statuses
  }

  /// MLflow stores the infinities as the largest finite numbers; neither can win.
  static let finite: SQL = "< 1.7976931348623157e308"

  /// The query: deleted runs and experiments are left out; of equal values the run that ended first wins, then the
  /// smaller id. The order of columns is id, value, step.
  public var sql: SQL {
    let direction: SQL = goal == .minimize ? "ASC" : "DESC"
    let objective: SQL =
      switch reading {
      case .last:
        """
        JOIN latest_metrics m ON m.run_uuid = r.run_uuid AND m.key = \(metric) AND NOT m.is_nan
          AND abs(m.value) \(Self.finite)
        """
      case .best:
        """
        JOIN LATERAL (SELECT h.value, h.step FROM metrics h WHERE h.run_uuid = r.run_uuid AND h.key = \(metric)
          AND NOT h.is_nan AND abs(h.value) \(Self.finite) ORDER BY h.value \(direction), h.step LIMIT 1) m ON true
        """
      }
    let place: SQL =
      switch scope {
      case .runs(let ids): "r.run_uuid = ANY(\(ids))"
      case .experiment(let id): "r.experiment_id = \(Int64(id) ?? -1)"
      }
    let conditions = constraints.map { SQL(unescaped: "\n  AND ") + Self.condition($0) }
    return """
      SELECT r.run_uuid, m.value, m.step
      FROM runs r
      JOIN experiments e ON e.experiment_id = r.experiment_id AND e.lifecycle_stage = 'active'
      \(objective)
      WHERE \(place) AND r.status = ANY(\(statuses.map(\.rawValue))) AND r.lifecycle_stage = 'active'\
      \(SQL.joined(conditions, separator: ""))
      ORDER BY m.value \(direction), r.end_time ASC NULLS LAST, r.run_uuid LIMIT 1
      """
  }

  private static func condition(_ constraint: Constraint) -> SQL {
    switch constraint {
    case .metric(let key, let min, let max):
      let bounds = bounds("c.value", min, max)
      return """
        EXISTS (SELECT 1 FROM latest_metrics c WHERE c.run_uuid = r.run_uuid AND c.key = \(key)
            AND NOT c.is_nan AND abs(c.value) \(finite)\(bounds))
        """
    case .parameter(let key, let min, let max):
      // CASE, as PostgreSQL may otherwise read the text as a number before it checks that it is one.
      let bounds = bounds("p.value::float8", min, max)
      return """
        EXISTS (SELECT 1 FROM params p WHERE p.run_uuid = r.run_uuid AND p.key = \(key)
            AND CASE WHEN length(p.value) <= 100
              AND p.value ~ '^[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]{1,2})?$'
              THEN true\(bounds) ELSE false END)
        """
    case .parameterEquals(let key, let value):
      return "EXISTS (SELECT 1 FROM params p WHERE p.run_uuid = r.run_uuid AND p.key = \(key) AND p.value = \(value))"
    case .tag(let key, let value):
      return "EXISTS (SELECT 1 FROM tags t WHERE t.run_uuid = r.run_uuid AND t.key = \(key) AND t.value = \(value))"
    }
  }

  private static func bounds(_ column: String, _ min: Double?, _ max: Double?) -> SQL {
    var out = SQL(unescaped: "")
    if let min { out += " AND \(unescaped: column) >= \(min)" }
    if let max { out += " AND \(unescaped: column) <= \(max)" }
    return out
  }
}

/// The run that a query found to be the best.
public struct BestRun: Sendable, Hashable {
  public let runID: String
  public let value: Double
  public let step: Int64

  public init(runID: String, value: Double, step: Int64) {
    self.runID = runID
    self.value = value
    self.step = step
  }
}
