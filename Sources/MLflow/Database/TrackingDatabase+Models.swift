import JSON
import Postgres

extension TrackingDatabase {
  /// The version of a registered model that an alias points at; nil where there is none.
  public func modelVersion(
    of model: String, alias: String, workspace: String = "default"
  ) async throws -> ModelVersion? {
    try await version(
      model, workspace,
      """
       AND v.version = (SELECT a.version FROM registered_model_aliases a WHERE a.name = \(model)
         AND a.alias = \(alias)\(try await place("a", workspace)))
      """)
  }

  /// A version of a registered model by its number; nil where there is none, or it was deleted.
  public func modelVersion(
    of model: String, version: Int, workspace: String = "default"
  ) async throws -> ModelVersion? {
    try await self.version(model, workspace, " AND v.version = \(version)")
  }

  /// The version with the greatest number that carries all these tags; nil where there is none.
  public func modelVersion(
    of model: String, tagged tags: [String: String], workspace: String = "default"
  ) async throws -> ModelVersion? {
    let names = tags.keys.sorted()
    let place = try await place("w", workspace)
    return try await version(
      model, workspace,
      """
       AND (SELECT count(*) FROM model_version_tags w
         JOIN unnest(\(names), \(names.map { tags[$0] ?? "" })) AS wanted(key, value)
           ON w.key = wanted.key AND w.value = wanted.value
         WHERE w.name = v.name AND w.version = v.version\(place)) = \(names.count)
      """)
  }

  /// The version with the greatest number.
  public func latestModelVersion(of model: String, workspace: String = "default") async throws -> ModelVersion? {
    try await version(model, workspace, "")
  }

  /// The models that a run logged and that are complete, the last one first.
  public func loggedModels(of run: String) async throws -> [LoggedModel] {
    var out: [LoggedModel] = []
    let schema = try await schema()
    if schema.hasLoggedModels {
      let order: SQL = schema.hasInputSteps ? "i.step DESC, " : ""
      // 2 is MLflow's LoggedModelStatus READY.
      let rows = try await read(
        """
        SELECT m.model_id, m.name, m.artifact_location
        FROM inputs i JOIN logged_models m ON m.model_id = i.destination_id
        WHERE i.source_type = 'RUN_OUTPUT' AND i.source_id = \(run) AND i.destination_type = 'MODEL_OUTPUT'
          AND m.status = 2 AND m.lifecycle_stage = 'active'
        ORDER BY \(order)m.creation_timestamp_ms DESC, m.model_id
        """)
      for row in rows {
        let (id, name, location) = try row.decode((String, String, String).self)
        out.append(LoggedModel(id: id, name: name, runID: run, artifactLocation: location))
      }
    }
    // Runs that MLflow 2 wrote keep their models below their artifacts, also after the database was upgraded.
    return out.isEmpty ? try await modelFolders(of: run) : out
  }

  private func modelFolders(of run: String) async throws -> [LoggedModel] {
    let rows = try await read(
      """
      SELECT r.artifact_uri, t.value FROM runs r JOIN tags t ON t.run_uuid = r.run_uuid
      WHERE r.run_uuid = \(run) AND t.key = 'mlflow.log-model.history'
      """)
    guard let row = rows.first else { return [] }
    let (artifacts, history) = try row.decode((String, String).self)
    let entries = (try? JSONValue(parsing: history))?.array ?? []
    return entries.compactMap { $0["artifact_path"]?.string }.reversed().map { path in
      LoggedModel(id: nil, name: path, runID: run, artifactLocation: "\(artifacts)/\(path)")
    }
  }

  /// The model that a source means now. Throws `MLflowError` with the code `.notFound` and a message that says what is
  /// not there.
  public func resolve(_ source: ModelSource, workspace: String = "default") async throws -> ResolvedModel {
    switch source {
    case .run(let id, let name):
      guard let run = try await runs([id])[id], !run.isDeleted else {
        throw MLflowError(.notFound, "MLflow has no active run \(id)")
      }
      let models = try await loggedModels(of: id)
      guard let model = name.map({ name in models.first { $0.name == name } }) ?? models.first else {
        let names = models.map(\.name).joined(separator: ", ")
        throw MLflowError(
          .notFound,
          models.isEmpty ? "run \(id) logged no model" : "run \(id) logged no model \(name ?? ""); it logged \(names)",
          hint: models.isEmpty ? "log one in the training code, such as with mlflow.sklearn.log_model" : nil)
      }
      return ResolvedModel(uri: model.uri, artifactLocation: model.artifactLocation, runID: id)
    case .alias(let name, let alias):
      let version = try await modelVersion(of: name, alias: alias, workspace: workspace)
      return try Self.registered(version, "the registered model \(name) has no alias \(alias)")
    case .version(let name, let number):
      let version = try await modelVersion(of: name, version: number, workspace: workspace)
      return try Self.registered(version, "the registered model \(name) has no version \(number)")
    case .latest(let name):
      let version = try await latestModelVersion(of: name, workspace: workspace)
      return try Self.registered(version, "the registered model \(name) has no versions")
    }
  }

  private static func registered(_ version: ModelVersion?, _ missing: String) throws(MLflowError) -> ResolvedModel {
    guard let version else { throw MLflowError(.notFound, missing) }
    return ResolvedModel(
      uri: "models:/\(version.model)/\(version.version)",
      artifactLocation: version.source.hasPrefix("models:") || version.source.hasPrefix("runs:") ? nil : version.source,
      runID: version.runID, model: version.model, version: version.version)
  }

  private func place(_ table: String, _ workspace: String) async throws -> SQL {
    try await schema().hasWorkspaces ? " AND \(unescaped: table).workspace = \(workspace)" : ""
  }

  private func version(_ model: String, _ workspace: String, _ condition: SQL) async throws -> ModelVersion? {
    let here = try await place("v", workspace)
    let aliasPlace = try await place("a", workspace)
    let tagPlace = try await place("t", workspace)
    let rows = try await read(
      """
      SELECT v.version, coalesce(v.source, ''), v.run_id, coalesce(v.status, ''),
        ARRAY(SELECT a.alias FROM registered_model_aliases a
          WHERE a.name = v.name AND a.version = v.version\(aliasPlace) ORDER BY a.alias),
        ARRAY(SELECT t.key FROM model_version_tags t WHERE t.name = v.name AND t.version = v.version\(tagPlace)
          ORDER BY t.key),
        ARRAY(SELECT coalesce(t.value, '') FROM model_version_tags t WHERE t.name = v.name AND t.version = v.version\
      \(tagPlace) ORDER BY t.key)
      FROM model_versions v
      WHERE v.name = \(model) AND v.current_stage IS DISTINCT FROM 'Deleted_Internal'\(here)\(condition)
      ORDER BY v.version DESC LIMIT 1
      """)
    guard let row = rows.first else { return nil }
    let (number, source, run, status, aliases, keys, values) = try row.decode(
      (Int, String, String?, String, [String], [String], [String]).self)
    return ModelVersion(
      model: model, version: number, source: source, runID: run.flatMap { $0.isEmpty ? nil : $0 }, status: status,
      aliases: aliases, tags: Dictionary(zip(keys, values)) { $1 })
  }
}
