public import FoundationEssentials
import JSON

/// A metric to be logged.
public struct MetricRecord: Sendable, Hashable {
  public let key: String
  public let point: MetricPoint

  public init(_ key: String, _ value: Double, step: Int64 = 0, time: Date) {
    self.key = key
    point = MetricPoint(value: value, step: step, time: time)
  }
}

extension TrackingServer {
  /// The number of the experiment of this name, made if there is none. Repeatable. Throws `.deleted` where an
  /// experiment of the name was deleted, as MLflow keeps its name.
  public func experiment(named name: String, tags: [String: String] = [:]) async throws -> String {
    if let found = try await findExperiment(name) { return found }
    do {
      let reply = try await post("experiments/create", ["name": .string(name), "tags": Self.tags(tags)])
      return try Self.text(reply["experiment_id"], "experiment_id")
    } catch let error as MLflowError where error.code == .alreadyExists {
      guard let found = try await findExperiment(name) else { throw error }
      return found
    }
  }

  private func findExperiment(_ name: String) async throws -> String? {
    do {
      let reply = try await get("experiments/get-by-name", ["experiment_name": name])
      guard reply[path: "experiment", "lifecycle_stage"]?.string != "deleted" else {
        throw MLflowError(
          .deleted, "MLflow's experiment \(name) is deleted",
          hint: "restore it with `mlflow experiments restore`, or choose another name")
      }
      return try Self.text(reply[path: "experiment", "experiment_id"], "experiment_id")
    } catch let error as MLflowError where error.code == .notFound {
      return nil
    }
  }

  /// Makes a run that is RUNNING from `start` on. Not repeatable: look for its tags with `searchRuns` first.
  public func createRun(
    experiment: String, name: String, start: Date, tags: [String: String], user: String? = nil
  ) async throws -> Run {
    // Without a start MLflow stores 0.
    let body = JSONValue.compact([
      "experiment_id": .string(experiment), "run_name": .string(name),
      "start_time": .integer(Milliseconds.value(start)), "tags": Self.tags(tags), "user_id": user.map(JSONValue.string),
    ])
    return try Self.run(await post("runs/create", body)["run"])
  }

  /// The run; throws `.notFound` where there is none.
  public func run(_ id: String) async throws -> Run {
    try Self.run(await get("runs/get", ["run_id": id])["run"])
  }

  /// The data sets that a run was given with `mlflow.log_input`, as `name@digest`.
  public func datasets(of id: String) async throws -> [String] {
    let reply = try await get("runs/get", ["run_id": id])
    let inputs = reply[path: "run", "inputs", "dataset_inputs"]?.array ?? []
    return inputs.compactMap { input in
      guard let set = input["dataset"], let name = set["name"]?.string else { return nil }
      return set["digest"]?.string.map { "\(name)@\($0)" } ?? name
    }
  }

  /// Sets a run's status, and its end where it has come to one. Repeatable.
  public func updateRun(_ id: String, status: RunStatus, end: Date? = nil) async throws {
    let body = JSONValue.compact([
      "run_id": .string(id), "status": .string(status.rawValue),
      "end_time": end.map { .integer(Milliseconds.value($0)) },
    ])
    try await post("runs/update", body, repeatable: true)
  }

  /// Sets a tag, replacing its value. Repeatable.
  public func setTag(run id: String, _ key: String, _ value: String) async throws {
    try await post(
      "runs/set-tag", ["run_id": .string(id), "key": .string(key), "value": .string(value)], repeatable: true)
  }

  /// Logs metrics, parameters and tags at once. Repeatable; another value for a parameter that is there is refused.
  /// MLflow takes 1000 metrics, 100 parameters and 100 tags at a time: this sends as many requests as that needs, the
  /// tags with the last of them, and MLflow sets them after the rest of a request: tags that are there mean that
  /// everything is.
  public func log(
    run id: String, metrics: [MetricRecord] = [], parameters: [String: String] = [:], tags: [String: String] = [:]
  ) async throws {
    let metrics = metrics.map { metric in
      JSONValue.object([
        "key": .string(metric.key), "value": Self.number(metric.point.value), "step": .integer(metric.point.step),
        "timestamp": .integer(Milliseconds.value(metric.point.time)),
      ])
    }
    let parameters = Self.tags(parameters).array ?? []
    let tags = Self.tags(tags).array ?? []
    // 1000 entities in all, of which parameters and tags may be 100 each.
    let before = max(1, Self.parts(metrics.count, 800), Self.parts(parameters.count, 100)) - 1
    for position in 0..<(before + max(1, Self.parts(tags.count, 100))) {
      let body: JSONValue = [
        "run_id": .string(id), "metrics": .array(Array(metrics.dropFirst(position * 800).prefix(800))),
        "params": .array(Array(parameters.dropFirst(position * 100).prefix(100))),
        "tags": .array(position < before ? [] : Array(tags.dropFirst((position - before) * 100).prefix(100))),
      ]
      try await post("runs/log-batch", body, repeatable: true)
    }
  }

  private static func parts(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

  /// Marks a run as deleted. Repeatable.
  public func deleteRun(_ id: String) async throws {
    try await post("runs/delete", ["run_id": .string(id)], repeatable: true)
  }

  /// The active runs of experiments that carry all these tags, the newest first; all pages.
  public func searchRuns(experiments: [String], tags: [String: String]) async throws -> [Run] {
    var conditions: [String] = []
    for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
      conditions.append("tags.\(try SearchFilter.name(key)) = \(try SearchFilter.constant(value))")
    }
    var out: [Run] = []
    var token: String?
    repeat {
      let body = JSONValue.compact([
        "experiment_ids": JSONValue(experiments), "filter": .string(conditions.joined(separator: " and ")),
        "max_results": 1000, "run_view_type": "ACTIVE_ONLY", "page_token": token.map(JSONValue.string),
      ])
      let reply = try await post("runs/search", body, repeatable: true)
      let page = reply["runs"]?.array ?? []
      for run in page { out.append(try Self.run(run)) }
      // MLflow 2 gives a token even where nothing follows.
      token = page.isEmpty ? nil : reply["next_page_token"]?.string
    } while token?.isEmpty == false
    return out
  }

  // MARK: Reading replies

  static func tags(_ tags: [String: String]) -> JSONValue {
    .array(tags.sorted { $0.key < $1.key }.map { ["key": .string($0.key), "value": .string($0.value)] })
  }

  static func text(_ value: JSONValue?, _ name: String) throws(MLflowError) -> String {
    guard let text = value?.string else {
      throw MLflowError(.unexpectedResponse, "MLflow's reply has no \(name)")
    }
    return text
  }

  /// JSON has no NaN and no infinities; MLflow takes them as strings.
  static func number(_ value: Double) -> JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
    return .number(value)
  }

  static func run(_ value: JSONValue?) throws(MLflowError) -> Run {
    let info = value?["info"]
    func date(_ name: String) -> Date? {
      info?[name]?.integer.flatMap { $0 > 0 ? Milliseconds.date($0) : nil }
    }
    return Run(
      id: try text(info?["run_id"] ?? info?["run_uuid"], "run.info.run_id"),
      experimentID: try text(info?["experiment_id"], "run.info.experiment_id"), name: info?["run_name"]?.string ?? "",
      status: RunStatus(rawValue: info?["status"]?.string ?? ""),
      isDeleted: info?["lifecycle_stage"]?.string == "deleted",
      startTime: date("start_time"), endTime: date("end_time"), artifactURI: info?["artifact_uri"]?.string ?? "")
  }
}
