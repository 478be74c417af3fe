import CRDTypes
import JSON
import KubernetesAPI

/// A sweep of a test: its manifest, and what is asked of it once it is there.
struct Sweep: Sendable {
  let scope: TestNamespace
  let name: String
  let uid: String

  /// The manifest of a sweep whose trials run Python code after that of `Fixtures/trial.py`.
  static func manifest(
    _ name: String, in scope: TestNamespace, parameters: [JSONValue], search: JSONValue = ["algorithm": "Random"],
    trials: JSONValue, code: String, arguments: [JSONValue] = [], more: JSONObject = [:]
  ) throws -> DynamicObject {
    let text = try Programs.fixture("trial.py") + "\n" + code + "\n"
    var pod: JSONValue = [
      "terminationGracePeriodSeconds": 1,
      "containers": [
        [
          "name": "train", "image": "python:3.13-slim", "command": ["python3", "-c", .string(text)],
          "args": .array(arguments), "resources": ["requests": ["cpu": "100m", "memory": "64Mi"]],
        ]
      ],
    ]
    // Images of registries start as root, which the restricted profile refuses.
    if !scope.cluster.isLocal { pod["securityContext"] = ["runAsUser": 65534] }
    var object = DynamicObject(TrainingSweep.type, scope.key(name))
    object.spec = [
      "objective": ["metric": "score", "goal": "Maximize"], "parameters": .array(parameters), "search": search,
      "trials": trials, "template": ["spec": pod],
    ]
    for (field, value) in more { object.json[path: "spec", field] = value }
    return object
  }

  /// The manifest of a sweep whose trials run Python code with MLflow's own client.
  static func manifest(
    _ name: String, in scope: TestNamespace, parameters: [JSONValue], search: JSONValue = ["algorithm": "Random"],
    trials: JSONValue, mlflow code: String, more: JSONObject = [:]
  ) throws -> DynamicObject {
    var manifest = try Self.manifest(
      name, in: scope, parameters: parameters, search: search, trials: trials, code: "", more: more)
    let text = """
      import os, sys, time
      os.environ["GIT_PYTHON_REFRESH"] = "quiet"
      import mlflow

      """
    manifest.json[path: "spec", "template", "spec", "containers"] = [
      [
        "name": "train", "image": "ghcr.io/mlflow/mlflow:v3.17.2",
        "command": ["python3", "-c", .string(text + code + "\n")],
      ]
    ]
    return manifest
  }

  static func create(_ manifest: DynamicObject, in scope: TestNamespace) async throws -> Sweep {
    let made = try await scope.create(manifest, as: TrainingSweep.type)
    return Sweep(scope: scope, name: made.name, uid: made.uid)
  }

  var selector: ListSelector { .labels(["martlet.dev/sweep": name]) }

  func object() async throws -> DynamicObject { try await scope.client.get(TrainingSweep.type, scope.key(name)) }
  func jobs() async throws -> [DynamicObject] {
    try await scope.client.list(.job, namespace: scope.name, selector: selector).items
  }
  func pods() async throws -> [DynamicObject] {
    try await scope.client.list(.pod, namespace: scope.name, selector: selector).items
  }
  func runs() async throws -> [MLflow.Run] { try await scope.mlflow.runs(ofSweep: uid) }

  /// Waits until the sweep has ended well and gives it.
  @discardableResult
  func succeeded(reason: String? = nil, within limit: Duration = .seconds(120)) async throws -> DynamicObject {
    try await scope.wait(TrainingSweep.type, name, "Succeeded", reason: reason, within: limit)
  }

  /// Waits until the sweep has ended without what it was to find.
  @discardableResult
  func failed(reason: String? = nil, within limit: Duration = .seconds(120)) async throws -> DynamicObject {
    try await scope.wait(TrainingSweep.type, name, "Succeeded", is: "False", reason: reason, within: limit)
  }

  /// Waits until that many trials are at work, as MLflow and the pods say.
  func running(_ count: Int) async throws {
    try await eventually("\(count) trials of \(name) to run") {
      let pods = try await pods().filter { $0.status["phase"]?.string == "Running" && !$0.isDeleting }
      guard pods.count >= count else {
        throw NotYet("\(pods.count) pods run\n\(try await object().conditionText)")
      }
      for run in try await runs() where run.status == "RUNNING" && run.metric("starts") == nil {
        throw NotYet("run \(run.id) has not begun")
      }
    }
  }

  /// Waits until MLflow has none of the sweep's runs as RUNNING.
  func closed(within limit: Duration = .seconds(60)) async throws {
    try await eventually("the runs to be closed", within: limit) {
      let open = try await runs().filter { $0.status == "RUNNING" }
      guard open.isEmpty else { throw NotYet("\(open.map(\.id)) are RUNNING") }
    }
  }

  /// The number of trials in a state, from status.
  static func count(_ state: String, _ object: DynamicObject) -> Int? { object.status["trials"]?[state]?.int }

  /// How often the container of each run began, by `trial/attempt`; twins of a run get a number of their own.
  func starts() async throws -> [String: Int] {
    var out: [String: Int] = [:]
    for run in try await runs() {
      var name = "\(run.trial)/\(run.attempt)"
      while out[name] != nil { name += "+" }
      out[name] = try await scope.mlflow.history("starts", of: run.id).count
    }
    return out
  }
}

/// Parameters as a spec has them.
enum Parameters {
  static func double(_ name: String, _ min: String, _ max: String, step: String? = nil) -> JSONValue {
    [
      "name": .string(name),
      "double": .compact(["min": .string(min), "max": .string(max), "step": step.map(JSONValue.string)]),
    ]
  }

  static func int(_ name: String, _ min: Int, _ max: Int) -> JSONValue {
    ["name": .string(name), "int": ["min": JSONValue(min), "max": JSONValue(max)]]
  }

  static func choice(_ name: String, _ choices: [String]) -> JSONValue {
    ["name": .string(name), "categorical": ["choices": JSONValue(choices)]]
  }
}
