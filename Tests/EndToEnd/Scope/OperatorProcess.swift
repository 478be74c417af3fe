import FoundationEssentials
import Glibc
import TestSupport

/// `martlet operator` for one namespace, which can be ended in any way and started again.
actor OperatorProcess {
  struct Settings: Sendable {
    var kubeconfig: String
    var namespace: String
    var trackingURI: String
    var databaseURL: String
    var arguments: [String] = []
  }

  let log: String
  private let settings: Settings
  private var process: ServerProcess?

  init(_ settings: Settings, log: String) {
    self.settings = settings
    self.log = log
  }

  /// Starts the program; returns at once.
  func start() throws {
    process = try ServerProcess(
      Programs.path("martlet"),
      [
        "operator", "--kubeconfig", settings.kubeconfig, "--namespace", settings.namespace, "--watch-namespaces",
        settings.namespace, "--leader-elect", "--tracking-uri", settings.trackingURI,
        "--health-probe-bind-address", "127.0.0.1:\(try FreePort.next())",
        "--metrics-bind-address", "127.0.0.1:\(try FreePort.next())", "--early-stopping-interval", "0.5",
      ] + settings.arguments,
      environment: ["MARTLET_TRACKING_DATABASE_URL": settings.databaseURL], log: log)
  }

  var pid: pid_t? { process?.pid }
  var isRunning: Bool { process?.isRunning ?? false }

  /// SIGKILL: the program can do nothing about it.
  func kill() throws {
    process?.signal(SIGKILL)
    _ = try process?.wait()
    process = nil
  }

  /// SIGTERM; does not wait.
  func terminate() { process?.signal(SIGTERM) }

  /// SIGTERM, and waits for the end.
  func stop() {
    process?.stop(patience: .seconds(20))
    process = nil
  }

  /// The end of what the program logged.
  var tail: String {
    guard let data = try? Data(contentsOf: URL(filePath: log)) else { return "" }
    return String(decoding: data.suffix(6000), as: UTF8.self)
  }
}
