/// What a tracking database can tell, found out from its tables and columns rather than from a version number.
///
/// MLflow 2 and 3 have the same columns in all tables of runs; 3 adds workspaces and logged models.
public struct TrackingSchema: Sendable, Hashable {
  /// Experiments and registered models belong to workspaces (MLflow 3.10 and later).
  public let hasWorkspaces: Bool
  /// Models are things of their own (MLflow 3), not folders of a run.
  public let hasLoggedModels: Bool
  /// A run's output models are in order of their steps.
  public let hasInputSteps: Bool

  /// The columns that this project reads, of tables that every supported version has.
  static let required: [String: Set<String>] = [
    "experiments": ["experiment_id", "name", "lifecycle_stage"],
    "runs": [
      "run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage", "artifact_uri", "experiment_id",
    ],
    "metrics": ["key", "value", "timestamp", "run_uuid", "step", "is_nan"],
    "latest_metrics": ["key", "value", "timestamp", "run_uuid", "step", "is_nan"],
    "params": ["key", "value", "run_uuid"],
    "tags": ["key", "value", "run_uuid"],
    "model_versions": ["name", "version", "current_stage", "source", "run_id", "status"],
    "model_version_tags": ["name", "version", "key", "value"],
    "registered_model_aliases": ["name", "alias", "version"],
  ]

  /// The columns of what only some versions have.
  static let optional: [String: Set<String>] = [
    "logged_models": [
      "model_id", "name", "artifact_location", "status", "lifecycle_stage", "creation_timestamp_ms",
    ],
    "inputs": ["source_type", "source_id", "destination_type", "destination_id"],
  ]

  static let tables = Array(required.keys).sorted() + Array(optional.keys).sorted()

  /// Reads the columns of the tables that were found. Throws `MLflowError` with the code `.unknownSchema`, which names
  /// what is missing.
  init(columns: [String: Set<String>]) throws(MLflowError) {
    var missing: [String] = []
    for (table, wanted) in Self.required.sorted(by: { $0.key < $1.key }) {
      guard let found = columns[table] else {
        missing.append("table \(table)")
        continue
      }
      missing += wanted.subtracting(found).sorted().map { "column \(table).\($0)" }
    }
    guard missing.isEmpty else {
      let none = columns.isEmpty
      throw MLflowError(
        .unknownSchema,
        none
          ? "the database has none of MLflow's tables"
          : "the database's tables are not those of a known MLflow version; missing: "
            + missing.joined(separator: ", "),
        hint: none
          ? "check the database's name and the user's search_path; an MLflow server makes the tables when it starts"
          : "supported are MLflow 2.x and 3.x; an MLflow server brings the tables up to date when it starts")
    }
    hasWorkspaces = columns["experiments"]?.contains("workspace") ?? false
    hasLoggedModels = Self.optional.allSatisfy { table, wanted in
      columns[table].map { wanted.isSubset(of: $0) } ?? false
    }
    hasInputSteps = columns["inputs"]?.contains("step") ?? false
  }
}
