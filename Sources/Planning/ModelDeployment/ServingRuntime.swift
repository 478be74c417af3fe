public import JSON

/// A model server that deployments name in `spec.server.runtime`, as configuration describes it.
///
/// Its container is merged under what a deployment's `spec.server` says. In `command`, `args` and `env` it may use
/// `$(PORT)`, `$(POD_IP)`, `$(MODEL_NAME)`, the deployment's name, `$(MODEL_URI)` and `$(MODEL_PATH)`, where the model's
/// files are.
public struct ServingRuntime: Sendable, Hashable {
  public var name: String
  /// What a Kubernetes Container of this server has of its own.
  public var container: JSONValue
  /// The path that answers 200 as soon as the model is loaded, and while it can serve.
  public var healthPath: String
  /// Whether the model's files are brought first; else the server loads the model by its URI itself.
  public var needsFiles: Bool
  /// Kubernetes Volumes that its container mounts.
  public var volumes: [JSONValue]

  public init(
    name: String, container: JSONValue, healthPath: String, needsFiles: Bool = true, volumes: [JSONValue] = []
  ) {
    self.name = name
    self.container = container
    self.healthPath = healthPath
    self.needsFiles = needsFiles
    self.volumes = volumes
  }

  /// The scoring application of MLflow's image: what `mlflow models serve` starts, without the idle process that starts
  /// it. It opens its port once the model is loaded.
  public static let mlflow = ServingRuntime(
    name: "MLflow",
    container: [
      "command": [
        "uvicorn", "--host", "$(POD_IP)", "--port", "$(PORT)", "mlflow.pyfunc.scoring_server.app:app",
      ],
      // Where the application looks for the model (mlflow/pyfunc/scoring_server/app.py).
      "env": [["name": "__pyfunc_model_path__", "value": "$(MODEL_PATH)"]],
    ],
    healthPath: "/ping", needsFiles: false)

  /// What is wrong with a description of runtimes: the field, and what to do.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public let field: String
    public let message: String

    public var description: String { "\(field): \(message)" }
  }

  private static let fields: Set = ["name", "container", "healthPath", "model", "volumes"]

  /// Reads a list of runtimes, each an object with `name`, `container`, `healthPath`, and where it has them `volumes` and
  /// `model`: `Files` (the default) or `URI`.
  public static func list(_ json: JSONValue) throws(Problem) -> [ServingRuntime] {
    if json.isNull { return [] }
    guard let entries = json.array else {
      throw Problem(field: "runtimes", message: "must be a list of runtimes, each with name, container and healthPath")
    }
    var out: [ServingRuntime] = []
    for (index, entry) in entries.enumerated() {
      let runtime = try one(entry, at: "runtimes[\(index)]")
      guard runtime.name != mlflow.name, !out.contains(where: { $0.name == runtime.name }) else {
        throw Problem(field: "runtimes[\(index)].name", message: "there is a runtime \(runtime.name) already: rename it")
      }
      out.append(runtime)
    }
    return out
  }

  private static func one(_ json: JSONValue, at path: String) throws(Problem) -> ServingRuntime {
    guard let object = json.object else { throw Problem(field: path, message: "must be an object") }
    if let unknown = object.keys.sorted().first(where: { !fields.contains($0) }) {
      let known = fields.sorted().joined(separator: ", ")
      throw Problem(field: "\(path).\(unknown)", message: "there is no such field; there are \(known)")
    }
    guard let name = json["name"]?.string, !name.isEmpty else {
      throw Problem(field: "\(path).name", message: "must be the name that spec.server.runtime has, such as Triton")
    }
    guard let container = json["container"], container.object != nil else {
      throw Problem(field: "\(path).container", message: "must be a Kubernetes Container, without its name")
    }
    guard let health = json["healthPath"]?.string, health.hasPrefix("/") else {
      throw Problem(field: "\(path).healthPath", message: "must be a path that starts with /")
    }
    let model = json["model"] ?? "Files"
    guard model == "Files" || model == "URI" else {
      throw Problem(field: "\(path).model", message: "must be Files or URI")
    }
    let volumes = json["volumes"] ?? []
    guard let volumes = volumes.array, volumes.allSatisfy({ $0["name"]?.string != nil }) else {
      throw Problem(field: "\(path).volumes", message: "must be a list of Kubernetes Volumes, each with a name")
    }
    return ServingRuntime(
      name: name, container: container, healthPath: health, needsFiles: model == "Files", volumes: volumes)
  }
}
