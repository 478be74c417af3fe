import FoundationEssentials
import Glibc

/// A PostgreSQL server of the tests' own, on a free port of 127.0.0.1, with a superuser `postgres` that needs a
/// password.
///
/// Run as root it runs as the user `postgres`, as PostgreSQL refuses root. The programs are looked for in the folder
/// that MARTLET_POSTGRES_BIN names, in `/usr/lib/postgresql/*/bin` (newest first) and in PATH.
public final class PostgreSQL: Sendable {
  public static let password = "sl0w-Tortoise"

  /// One server for all tests of the process.
  public static func shared() async throws -> PostgreSQL { try await sharedServer.value }
  private static let sharedServer = Task { try await PostgreSQL.start() }

  public let port: Int
  public let certificates: Certificates?
  private let folder: TemporaryFolder
  private let process: Slot
  private let settings: [String]

  private actor Slot {
    var process: ServerProcess?
    func take() -> ServerProcess? {
      defer { process = nil }
      return process
    }
    func put(_ new: ServerProcess) { process = new }
  }

  private init(port: Int, certificates: Certificates?, folder: TemporaryFolder, settings: [String]) {
    self.port = port
    self.certificates = certificates
    self.folder = folder
    self.settings = settings
    process = Slot()
  }

  /// Makes a cluster and starts it.
  ///
  /// - Parameters:
  ///   - tls: a server certificate from `certificates`; over TCP only encrypted connections are then accepted.
  ///   - settings: further settings, each as `name=value`.
  public static func start(tls: Bool = false, settings: [String] = []) async throws -> PostgreSQL {
    let folder = try TemporaryFolder()
    let data = folder.file("data")
    try folder.makeFolder("run", shared: true)
    chmod(folder.path, 0o777)
    try folder.write("password", password)
    try ServerProcess.run(
      "env",
      asServer([
        program("initdb"), "-D", data, "-U", "postgres", "--pwfile", folder.file("password"), "--no-sync", "-E", "UTF8",
        "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256",
      ]))
    let certificates = tls ? try Certificates() : nil
    var lines = [
      "unix_socket_directories = '\(folder.file("run"))'", "listen_addresses = '127.0.0.1'", "fsync = off",
      "full_page_writes = off", "shared_buffers = 64MB", "max_connections = 300", "log_timezone = UTC", "jit = off",
    ]
    if let certificates {
      // The key must belong to the server's user and be readable by no one else.
      let key = folder.file("server.key")
      try Data(contentsOf: URL(filePath: certificates.serverKeyPath)).write(to: URL(filePath: key))
      if getuid() == 0, let user = getpwnam("postgres") { chown(key, user.pointee.pw_uid, user.pointee.pw_gid) }
      chmod(key, 0o600)
      let certificate = try Data(contentsOf: URL(filePath: certificates.serverCertificatePath))
      try certificate.write(to: URL(filePath: folder.file("server.pem")))
      chmod(folder.file("server.pem"), 0o644)
      lines += ["ssl = on", "ssl_cert_file = '\(folder.file("server.pem"))'", "ssl_key_file = '\(key)'"]
      try folder.write("hba", "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
      lines.append("hba_file = '\(folder.file("hba"))'")
    }
    try folder.write("settings.conf", lines.joined(separator: "\n") + "\n")
    let server = PostgreSQL(
      port: try FreePort.next(), certificates: certificates, folder: folder, settings: settings)
    try await server.start()
    return server
  }

  /// A connection string for the server.
  public func url(
    database: String = "postgres", user: String = "postgres", password: String? = PostgreSQL.password,
    host: String = "127.0.0.1", query: String = ""
  ) -> String {
    let secret = password.map { ":\($0)" } ?? ""
    // A machine that runs all tests at once may take long to answer; no test is about how long.
    let options = (query.contains("connect_timeout") ? [] : ["connect_timeout=60"]) + (query.isEmpty ? [] : [query])
    return "postgresql://\(user)\(secret)@\(host):\(port)/\(database)?\(options.joined(separator: "&"))"
  }

  /// Runs SQL as the superuser, with `psql`.
  public func run(_ sql: String, database: String = "postgres") throws {
    try ServerProcess.run(
      Self.program("psql"),
      [
        "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder.file("run"), "-p", "\(port)", "-U", "postgres", "-d",
        database,
        "-c", sql,
      ])
  }

  /// Makes an empty database and gives its connection string.
  public func makeDatabase(_ name: String) throws -> String {
    try run("CREATE DATABASE \"\(name)\"")
    return url(database: name)
  }

  /// Starts the server, after `stop`, on the same port with the same data.
  public func start() async throws {
    let arguments = Self.asServer(
      [Self.program("postgres"), "-D", folder.file("data"), "-p", "\(port)"]
        + ["-c", "config_file=\(folder.file("settings.conf"))"] + settings.flatMap { ["-c", $0] })
    let process = try ServerProcess("env", arguments, log: folder.file("log"))
    try await process.waitUntil("ready for connections") {
      FreePort.accepts(port) && (try? run("SELECT 1")) != nil
    }
    await self.process.put(process)
  }

  /// Stops the server at once; connections break.
  public func stop() async {
    guard let process = await process.take() else { return }
    process.signal(SIGINT)
    let end = ContinuousClock.now + .seconds(10)
    while process.isRunning, ContinuousClock.now < end { usleep(2_000) }
    process.stop()
  }

  /// Stops the server process from answering without closing its connections, or lets it go on.
  public func pause(_ paused: Bool) async {
    guard let process = await process.process else { return }
    kill(-process.pid, paused ? SIGSTOP : SIGCONT)
  }

  private static func asServer(_ command: [String]) -> [String] {
    getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + command : command
  }

  private static func program(_ name: String) -> String {
    let files = FileManager.default
    var folders: [String] = []
    if let named = ProcessInfo.processInfo.environment["MARTLET_POSTGRES_BIN"] { folders.append(named) }
    let versions = (try? files.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    folders += versions.compactMap(Int.init).sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin" }
    return folders.map { "\($0)/\(name)" }.first { files.isExecutableFile(atPath: $0) } ?? name
  }
}
