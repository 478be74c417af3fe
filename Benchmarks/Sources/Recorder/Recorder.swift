import FoundationEssentials
import JSON
import Postgres

/// Writes runs where MLflow would, checking nothing.
struct Recorder: Sendable {
  let pool: PostgresPool

  /// The answer to a call; nil where there is no such thing.
  func answer(_ path: String, query: String?, _ body: JSONValue) async throws -> JSONValue? {
    switch path.split(separator: "/").suffix(2).joined(separator: "/") {
    case "experiments/get-by-name": try await experiment(named: query ?? "")
    case "experiments/create": try await createExperiment(body["name"]?.string ?? "")
    case "runs/create": try await createRun(body)
    case "runs/update": try await update(body)
    case "runs/log-batch": try await log(body)
    default: nil
    }
  }

  private func experiment(named name: String) async throws -> JSONValue? {
    let rows = try await pool.query("SELECT experiment_id::bigint FROM experiments WHERE name = \(name)")
    guard let id = try rows.first?.decode(at: 0, as: Int.self) else { return nil }
    return ["experiment": ["experiment_id": .string("\(id)"), "lifecycle_stage": "active"]]
  }

  private func createExperiment(_ name: String) async throws -> JSONValue {
    let rows = try await pool.query(
      """
      INSERT INTO experiments (name, artifact_location, lifecycle_stage)
      VALUES (\(name), 'mlflow-artifacts:/', 'active') RETURNING experiment_id::bigint
      """)
    return ["experiment_id": .string("\(try rows.first?.decode(at: 0, as: Int.self) ?? 0)")]
  }

  private func createRun(_ body: JSONValue) async throws -> JSONValue {
    let id = UUID().uuidString.filter { $0 != "-" }.lowercased()
    let experiment = body["experiment_id"]?.string ?? ""
    let name = body["run_name"]?.string ?? ""
    let (keys, values) = pairs(body["tags"])
    try await pool.query(
      """
      WITH run AS (
        INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
          source_version, lifecycle_stage, artifact_uri, experiment_id)
        VALUES (\(id), \(name), 'UNKNOWN', '', '', 'bench', 'RUNNING', \(body["start_time"]?.integer ?? 0),
          '', 'active', 'mlflow-artifacts:/', \(Int64(experiment) ?? 0))
      )
      INSERT INTO tags (run_uuid, key, value) SELECT \(id), * FROM unnest(\(keys), \(values))
      """)
    return [
      "run": ["info": ["run_id": .string(id), "experiment_id": .string(experiment), "status": "RUNNING"]]
    ]
  }

  private func update(_ body: JSONValue) async throws -> JSONValue {
    try await pool.query(
      """
      UPDATE runs SET status = \(body["status"]?.string ?? ""), end_time = \(body["end_time"]?.integer ?? 0)
      WHERE run_uuid = \(body["run_id"]?.string ?? "")
      """)
    return [:]
  }

  private func log(_ body: JSONValue) async throws -> JSONValue {
    let run = body["run_id"]?.string ?? ""
    let (names, numbers) = pairs(body["params"])
    let (keys, values) = pairs(body["tags"])
    try await pool.query(
      """
      WITH parameters AS (
        INSERT INTO params (run_uuid, key, value) SELECT \(run), * FROM unnest(\(names), \(numbers))
        ON CONFLICT DO NOTHING
      )
      INSERT INTO tags (run_uuid, key, value) SELECT \(run), * FROM unnest(\(keys), \(values))
      ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value
      """)
    return [:]
  }

  private func pairs(_ list: JSONValue?) -> (keys: [String], values: [String]) {
    let list = list?.array ?? []
    return (list.map { $0["key"]?.string ?? "" }, list.map { $0["value"]?.string ?? "" })
  }
}
