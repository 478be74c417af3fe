/// An HAProxy of the tests' own, in the foreground.
public enum HAProxy {
  /// Has HAProxy check a configuration; throws, with what it says, unless it accepts it without a warning.
  public static func check(_ path: String, environment: [String: String] = [:]) throws {
    try ServerProcess.run(program, ["-c", "-dW", "-f", path], environment: environment)
  }

  /// Starts HAProxy with a configuration file and waits until it listens on a port of an address.
  public static func start(
    _ path: String, environment: [String: String] = [:], log: String, port: Int
  ) async throws -> ServerProcess {
    let process = try ServerProcess(program, ["-db", "-f", path], environment: environment, log: log)
    try await process.waitUntilListening(on: port)
    return process
  }

  private static let program = "/usr/sbin/haproxy"
}
