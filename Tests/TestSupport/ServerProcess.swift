import CLinux
import FoundationEssentials
import Glibc
import Synchronization

/// A child process, ended with all processes of its group when the last reference to it goes or the tests exit.
public final class ServerProcess: Sendable {
  /// The process, which also leads its own process group.
  public let pid: Int32
  /// The file that its standard output and standard error go to.
  public let log: String
  private let ended = Atomic(false)
  /// What waitpid told of the end, where that was seen here.
  private let outcome = Atomic<Int32>(-1)

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - executable: an absolute path, or a name looked up in PATH.
  ///   - environment: added to the environment of the tests.
  ///   - log: the file for what the program prints.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], log: String = "/dev/null"
  ) throws {
    self.log = log
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // A server that inherited a connection of some other test would keep it open for as long as it runs.
    _ = martlet_spawn_close_from(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A child that inherits "ignore SIGPIPE" or blocked signals behaves unlike one started from a shell.
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var argv = ([executable] + arguments).map { strdup($0) } + [nil]
    var envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var child: pid_t = 0
    let status = posix_spawnp(&child, executable, &actions, &attributes, &argv, &envp)
    guard status == 0 else { throw ServerFailure("\(executable) did not start: errno \(status)") }
    pid = child
    ChildProcesses.all.add(child)
  }

  deinit {
    stop()
  }

  /// Whether the process still runs. Reaps it if it does not.
  public var isRunning: Bool {
    guard !ended.load(ordering: .sequentiallyConsistent) else { return false }
    var status: Int32 = 0
    let reaped = waitpid(pid, &status, WNOHANG)
    guard reaped == 0 else {
      if reaped == pid { outcome.store(status, ordering: .sequentiallyConsistent) }
      ended.store(true, ordering: .sequentiallyConsistent)
      return false
    }
    return true
  }

  /// Sends a signal to the process alone.
  public func signal(_ signal: Int32) {
    kill(pid, signal)
  }

  /// Ends the process and its group: SIGTERM first, SIGKILL after `patience`. Does nothing the second time.
  public func stop(patience: Duration = .seconds(2)) {
    defer { ChildProcesses.all.remove(pid) }
    if isRunning {
      kill(-pid, SIGCONT)
      kill(-pid, SIGTERM)
      let end = ContinuousClock.now + patience
      while isRunning, ContinuousClock.now < end { usleep(2_000) }
    }
    kill(-pid, SIGKILL)
    if isRunning {
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      ended.store(true, ordering: .sequentiallyConsistent)
    }
  }

  /// Runs the process to its end and returns its exit status, which is 128 + the signal if a signal ended it.
  public func wait() throws -> Int32 {
    var status = outcome.load(ordering: .sequentiallyConsistent)
    while status < 0, waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { throw ServerFailure("process \(pid) is not a child any more") }
    }
    ended.store(true, ordering: .sequentiallyConsistent)
    ChildProcesses.all.remove(pid)
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// Polls until `condition` holds. Throws, with the end of the log, when the process ends or the time is up.
  public func waitUntil(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + limit
    while true {
      if try await condition() { return }
      guard isRunning else { throw ServerFailure("ended before it was \(what): \(tail)") }
      guard ContinuousClock.now < end else { throw ServerFailure("not \(what) in \(limit): \(tail)") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits until something accepts connections on a port of 127.0.0.1.
  public func waitUntilListening(on port: Int, within limit: Duration = .seconds(30)) async throws {
    try await waitUntil("listening on port \(port)", within: limit) { FreePort.accepts(port) }
  }

  /// Runs a program to its end; throws, with what it printed, unless it exits with 0.
  public static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    let folder = try TemporaryFolder()
    let process = try ServerProcess(executable, arguments, environment: environment, log: folder.file("log"))
    let status = try process.wait()
    guard status == 0 else { throw ServerFailure("\(executable) exited with \(status): \(process.tail)") }
  }

  /// The last 2000 bytes of the log.
  public var tail: String {
    guard let data = try? Data(contentsOf: URL(filePath: log)) else { return "" }
    return String(decoding: data.suffix(2000), as: UTF8.self)
  }
}

/// The children to end when the tests exit: objects held by static properties are never deinitialised.
///
/// `@unchecked Sendable`: `groups` is touched only with the mutex held; a pthread mutex, which ThreadSanitizer knows.
private final class ChildProcesses: @unchecked Sendable {
  static let all = ChildProcesses()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var groups: Set<pid_t> = []

  private init() {
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    atexit { ChildProcesses.all.change { groups in groups.forEach { kill(-$0, SIGKILL) } } }
  }

  func add(_ pid: pid_t) {
    change { $0.insert(pid) }
    Guardian.shared.watch(pid)
  }

  func remove(_ pid: pid_t) {
    change { $0.remove(pid) }
    Guardian.shared.forget(pid)
  }

  private func change<Result>(_ body: (inout Set<pid_t>) -> Result) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    _ = body(&groups)
  }
}
