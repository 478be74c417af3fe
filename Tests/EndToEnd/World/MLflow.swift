import FoundationEssentials
import JSON
import TestSupport
import Transport

/// The tracking server as the tests ask it: over its REST API, as anyone could.
struct MLflow: Sendable {
  let server: MLflowServer
  /// How pods reach it.
  let url: String
  private let client = HTTPClient()

  init(server: MLflowServer, url: String) {
    self.server = server
    self.url = url
  }

  /// A run as MLflow tells it.
  struct Run: Sendable {
    let json: JSONValue

    var id: String { json[path: "info", "run_id"]?.string ?? "" }
    var status: String { json[path: "info", "status"]?.string ?? "" }
    var tags: [String: String] { texts("tags") }
    var parameters: [String: String] { texts("params") }
    var trial: Int { tags["martlet.trial"].flatMap { Int($0) } ?? -1 }
    var fold: Int? { tags["martlet.fold"].flatMap { Int($0) } }
    var attempt: Int { tags["martlet.attempt"].flatMap { Int($0) } ?? -1 }

    /// The last value of a metric; NaN and the infinities come as texts.
    func metric(_ name: String) -> Double? {
      guard let value = pairs("metrics")[name] else { return nil }
      return value.double ?? value.string.flatMap(Double.init)
    }

    private func texts(_ list: String) -> [String: String] { JSONValue.object(pairs(list)).stringMap ?? [:] }

    private func pairs(_ list: String) -> JSONObject {
      let entries = (json[path: "data", list]?.array ?? []).compactMap { entry -> (String, JSONValue)? in
        guard let key = entry["key"]?.string, let value = entry["value"] else { return nil }
        return (key, value)
      }
      return JSONObject(entries)
    }
  }

  /// The runs of a sweep, found by the tag that names it, in the order of trials and attempts.
  func runs(ofSweep uid: String) async throws -> [Run] {
    let experiments = try await call("POST", "experiments/search", ["max_results": 1000])
    let ids = (experiments["experiments"]?.array ?? []).compactMap { $0["experiment_id"] }
    let found = try await call(
      "POST", "runs/search",
      [
        "experiment_ids": .array(ids), "filter": .string("tags.`martlet.sweep.uid` = '\(uid)'"), "max_results": 1000,
      ])
    return (found["runs"]?.array ?? []).map(Run.init).sorted { ($0.trial, $0.attempt) < ($1.trial, $1.attempt) }
  }

  /// All values of a metric of a run.
  func history(_ metric: String, of run: String) async throws -> [Double] {
    let answer = try await call("GET", "metrics/get-history?run_id=\(run)&metric_key=\(metric)&max_results=1000", nil)
    return (answer["metrics"]?.array ?? []).compactMap { $0["value"]?.double }
  }

  /// The versions of a registered model, the oldest first.
  func versions(of model: String) async throws -> [JSONValue] {
    let filter = "name%3D%27\(model)%27"
    let found = try await call("GET", "model-versions/search?filter=\(filter)&order_by=version_number%20ASC", nil)
    return found["model_versions"]?.array ?? []
  }

  /// The number of the version that an alias points at.
  func version(of model: String, alias: String) async throws -> String? {
    let found = try await call("GET", "registered-models/alias?name=\(model)&alias=\(alias)", nil)
    return found[path: "model_version", "version"]?.string
  }

  /// Registers the model that a run logged as the next version of a model, and gives the version.
  @discardableResult
  func register(_ model: String, run: String, alias: String? = nil) async throws -> String {
    if try await versions(of: model).isEmpty {
      _ = try await call("POST", "registered-models/create", ["name": .string(model)])
    }
    let found = try await call("GET", "runs/get?run_id=\(run)", nil)
    // A run of MLflow 3 names the logged model as its output.
    let logged = found[path: "run", "outputs", "model_outputs"]?[0]?["model_id"]?.string
    let source = logged.map { "models:/\($0)" } ?? "runs:/\(run)/model"
    let made = try await call(
      "POST", "model-versions/create",
      .compact([
        "name": .string(model), "source": .string(source), "run_id": .string(run),
        "model_id": logged.map(JSONValue.string),
      ]))
    let version = made[path: "model_version", "version"]?.string ?? ""
    if let alias { try await point(alias, of: model, at: version) }
    return version
  }

  func point(_ alias: String, of model: String, at version: String) async throws {
    _ = try await call(
      "POST", "registered-models/alias",
      ["name": .string(model), "alias": .string(alias), "version": .string(version)])
  }

  func log(_ metric: String, _ value: Double, to run: String) async throws {
    _ = try await call(
      "POST", "runs/log-metric",
      ["run_id": .string(run), "key": .string(metric), "value": .number(value), "timestamp": 1, "step": 0])
  }

  private func call(_ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
    let response = try await client.send(
      HTTPRequest(
        method, url: "\(server.url)/api/2.0/mlflow/\(path)", headers: ["Content-Type": "application/json"],
        body: body?.bytes(), timeouts: Timeouts(idle: .seconds(60))))
    let text = String(decoding: response.body, as: UTF8.self)
    guard response.status == 200 else {
      throw ServerFailure("MLflow answered \(path) with \(response.status): \(text)")
    }
    return try JSONValue(parsing: response.body)
  }
}
