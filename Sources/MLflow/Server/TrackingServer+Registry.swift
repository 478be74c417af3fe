import JSON

extension TrackingServer {
  /// Makes a registered model if there is none of the name. Repeatable.
  public func registeredModel(named name: String, tags: [String: String] = [:]) async throws {
    do {
      try await post("registered-models/create", ["name": .string(name), "tags": Self.tags(tags)])
    } catch let error as MLflowError where error.code == .alreadyExists {
      return
    }
  }

  /// Registers a model that a run logged as a new version. Not repeatable, and MLflow does not look whether the model
  /// is there: look for its tags with `searchModelVersions` first.
  public func createModelVersion(
    of model: String, from logged: LoggedModel, tags: [String: String] = [:]
  ) async throws -> ModelVersion {
    // MLflow 3 accepts `runs:/…` for a model of its own kind too, but then nothing can load it.
    let body = JSONValue.compact([
      "name": .string(model), "source": .string(logged.uri), "run_id": .string(logged.runID),
      "model_id": logged.id.map(JSONValue.string), "tags": Self.tags(tags),
    ])
    return try Self.version(await post("model-versions/create", body)["model_version"])
  }

  /// A version by its number; throws `.notFound` where there is none.
  public func modelVersion(of model: String, version: Int) async throws -> ModelVersion {
    try Self.version(await get("model-versions/get", ["name": model, "version": "\(version)"])["model_version"])
  }

  /// The version that an alias points at; throws `.notFound` where there is none.
  public func modelVersion(of model: String, alias: String) async throws -> ModelVersion {
    do {
      return try Self.version(await get("registered-models/alias", ["name": model, "alias": alias])["model_version"])
    } catch let error as MLflowError where error.code == .invalidRequest && error.message.contains("not found") {
      // MLflow answers an alias that is not there with INVALID_PARAMETER_VALUE.
      throw MLflowError(.notFound, error.message, httpStatus: error.httpStatus, errorCode: error.errorCode)
    }
  }

  /// The versions of a model that carry all these tags, the greatest number first.
  public func searchModelVersions(of model: String, tags: [String: String] = [:]) async throws -> [ModelVersion] {
    var conditions = ["name = \(try SearchFilter.constant(model))"]
    for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
      conditions.append("tags.\(try SearchFilter.name(key)) = \(try SearchFilter.constant(value))")
    }
    let reply = try await get(
      "model-versions/search",
      [
        "filter": conditions.joined(separator: " and "), "order_by": "version_number DESC", "max_results": "1000",
      ])
    var out: [ModelVersion] = []
    for version in reply["model_versions"]?.array ?? [] { out.append(try Self.version(version)) }
    return out
  }

  /// Points an alias at a version, wherever it pointed before. Repeatable.
  public func setAlias(_ alias: String, of model: String, to version: Int) async throws {
    try await post(
      "registered-models/alias", ["name": .string(model), "alias": .string(alias), "version": .string("\(version)")],
      repeatable: true)
  }

  /// Takes an alias away. Repeatable.
  public func deleteAlias(_ alias: String, of model: String) async throws {
    try await delete("registered-models/alias", ["name": .string(model), "alias": .string(alias)], repeatable: true)
  }

  /// Sets a tag of a version, replacing its value. Repeatable.
  public func setTag(model: String, version: Int, _ key: String, _ value: String) async throws {
    try await post(
      "model-versions/set-tag",
      ["name": .string(model), "version": .string("\(version)"), "key": .string(key), "value": .string(value)],
      repeatable: true)
  }

  /// Deletes a version. Repeating it throws `.notFound`.
  public func deleteModelVersion(of model: String, version: Int) async throws {
    try await delete("model-versions/delete", ["name": .string(model), "version": .string("\(version)")])
  }

  static func version(_ value: JSONValue?) throws(MLflowError) -> ModelVersion {
    let number = try text(value?["version"], "model_version.version")
    guard let version = Int(number) else {
      throw MLflowError(.unexpectedResponse, "MLflow's reply has a version that is no number")
    }
    var tags: [String: String] = [:]
    for tag in value?["tags"]?.array ?? [] {
      if let key = tag["key"]?.string { tags[key] = tag["value"]?.string ?? "" }
    }
    return ModelVersion(
      model: try text(value?["name"], "model_version.name"), version: version, source: value?["source"]?.string ?? "",
      runID: value?["run_id"]?.string.flatMap { $0.isEmpty ? nil : $0 }, status: value?["status"]?.string ?? "",
      aliases: (value?["aliases"]?.array ?? []).compactMap(\.string), tags: tags)
  }
}
