import FoundationEssentials

/// An MLflow server of the tests' own, on a database of the tests' PostgreSQL server and a free port of 127.0.0.1.
///
/// Its Python environment is made by `hack/python-env`.
public final class MLflowServer: Sendable {
  public enum Version: String, Sendable {
    case three, two
  }

  /// One server of MLflow 3, with its database, for all tests of the process.
  public static func shared() async throws -> MLflowServer { try await sharedServer.value }
  private static let sharedServer = Task {
    try await MLflowServer.start(database: "mlflow_shared", on: PostgreSQL.shared())
  }

  public let port: Int
  /// The connection string of its database, for the superuser.
  public let databaseURL: String
  public let artifacts: TemporaryFolder
  private let process: ServerProcess
  private let version: Version

  private init(port: Int, databaseURL: String, artifacts: TemporaryFolder, process: ServerProcess, version: Version) {
    self.port = port
    self.databaseURL = databaseURL
    self.artifacts = artifacts
    self.process = process
    self.version = version
  }

  public var url: String { "http://127.0.0.1:\(port)" }

  /// Makes the database and starts a server that fills it with its tables.
  public static func start(
    _ version: Version = .three, database: String, on server: PostgreSQL, arguments: [String] = []
  ) async throws -> MLflowServer {
    let databaseURL = try server.makeDatabase(database)
    let artifacts = try TemporaryFolder()
    let port = try FreePort.next()
    // SQLAlchemy 2.1 takes another driver than psycopg2 unless the URL names it.
    let store = "postgresql+psycopg2" + databaseURL.dropFirst("postgresql".count)
    let process = try ServerProcess(
      program("mlflow", of: version),
      [
        "server", "--host", "127.0.0.1", "--port", "\(port)", "--workers", "1", "--backend-store-uri", store,
        "--artifacts-destination", artifacts.path,
      ] + arguments,
      environment: ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"],
      log: artifacts.file("server.log"))
    // The first start makes the tables, on a machine that may be busy.
    try await process.waitUntilListening(on: port, within: .seconds(180))
    return MLflowServer(
      port: port, databaseURL: databaseURL, artifacts: artifacts, process: process, version: version)
  }

  public func stop() { process.stop() }

  /// Runs Python code against the server to its end and gives what it printed. Throws, with that, unless it ends well.
  public func python(_ code: String, environment: [String: String] = [:]) async throws -> String {
    let folder = try TemporaryFolder()
    let mark = "reached the end of the script"
    let script = try folder.write("script.py", "\(code)\nprint(\"\(mark)\")\n")
    let process = try ServerProcess(
      Self.program("python", of: version), [script],
      environment: environment.merging([
        "MLFLOW_TRACKING_URI": url, "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONWARNINGS": "ignore",
        "GIT_PYTHON_REFRESH": "quiet",
      ]) { given, _ in given },
      log: folder.file("log"))
    // Waiting for the process itself would hold one of the few threads that all tests share.
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    let output = String(decoding: try folder.read("log"), as: UTF8.self)
    guard output.contains(mark) else { throw ServerFailure("the script failed: \(process.tail)") }
    return output
  }

  /// Starts `mlflow models serve` for a model URI and waits until it answers on the port that is given.
  public func serve(_ uri: String) async throws -> (process: ServerProcess, port: Int) {
    let port = try FreePort.next()
    let process = try ServerProcess(
      Self.program("mlflow", of: version),
      ["models", "serve", "-m", uri, "--env-manager", "local", "--host", "127.0.0.1", "--port", "\(port)"],
      environment: [
        "MLFLOW_TRACKING_URI": url, "MLFLOW_DISABLE_TELEMETRY": "true",
        // The command starts uvicorn by its name.
        "PATH": "\(Self.folder(version))/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")",
      ], log: artifacts.file("serve.log"))
    try await process.waitUntilListening(on: port, within: .seconds(180))
    return (process, port)
  }

  /// Whether tests with MLflow 2 are to run: its environment is there, or MARTLET_TEST_MLFLOW2 is 1.
  public static var testsVersionTwo: Bool {
    ProcessInfo.processInfo.environment["MARTLET_TEST_MLFLOW2"] == "1"
      || FileManager.default.isExecutableFile(atPath: folder(.two) + "/bin/mlflow")
  }

  private static func folder(_ version: Version) -> String {
    let variable = version == .three ? "MARTLET_PYTHON_ENV" : "MARTLET_PYTHON_ENV_MLFLOW2"
    if let named = ProcessInfo.processInfo.environment[variable] { return named }
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(root)/.build/python" + (version == .two ? "-mlflow2" : "")
  }

  private static func program(_ name: String, of version: Version) throws -> String {
    let path = "\(folder(version))/bin/\(name)"
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ServerFailure("\(path) is not there: run hack/python-env\(version == .two ? " mlflow2" : "")")
    }
    return path
  }
}
