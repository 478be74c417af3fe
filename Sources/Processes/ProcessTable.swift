import CLinux
import Glibc
import Threads

/// The processes of this program: starts them, reaps them, and reaps what their descendants leave behind.
///
/// One thread starts every process, so that the parent-death signal that a child may ask for is tied to a
/// thread that lives as long as the program; another waits for whatever child ends next.
public final class ProcessTable: Sendable {
  /// What is to be run. `executable` is a path; nothing is looked up.
  public struct Command: Sendable {
    public var executable: String
    public var arguments: [String]
    public var environment: [String: String]
    /// The descriptor that becomes standard output and standard error; nil throws output away.
    public var output: Int32?

    public init(
      executable: String, arguments: [String] = [], environment: [String: String] = [:], output: Int32? = nil
    ) {
      self.executable = executable
      self.arguments = arguments
      self.environment = environment
      self.output = output
    }
  }

  private struct State {
    var waiting: [Int32: [CheckedContinuation<ExitStatus, Never>]] = [:]
    var running: Set<Int32> = []
    var ended: [Int32: ExitStatus] = [:]
  }

  private let state = Locked(State())
  private let commands = BlockingQueue<@Sendable () -> Void>()
  private let started = Semaphore()

  /// Becomes the reaper of orphaned descendants and starts the two threads.
  public init() {
    _ = martlet_prctl(PR_SET_CHILD_SUBREAPER, 1)
    let commands = commands
    DedicatedThread.start { while let command = commands.next() { command() } }
    let state = state
    let started = started
    DedicatedThread.start { Self.reap(state, started) }
  }

  /// Starts a process as the leader of a session of its own, and gives its process ID.
  public func start(_ command: Command) async throws -> Int32 {
    let state = state
    let started = started
    return try await withCheckedThrowingContinuation { continuation in
      commands.add {
        let result: Result<Int32, ProcessError> = state.withLock { state in
          do throws(ProcessError) {
            let pid = try Self.spawn(command)
            state.running.insert(pid)
            return .success(pid)
          } catch {
            return .failure(error)
          }
        }
        if case .success = result { started.signal() }
        continuation.resume(with: result.mapError { $0 as any Error })
      }
    }
  }

  /// Waits for a started process to end. Once given, a status is forgotten.
  public func exitStatus(of pid: Int32) async -> ExitStatus {
    await withCheckedContinuation { continuation in
      let known: ExitStatus? = state.withLock { state in
        if let status = state.ended.removeValue(forKey: pid) { return status }
        guard state.running.contains(pid) else { return .exited(255) }
        state.waiting[pid, default: []].append(continuation)
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  /// Whether a started process still runs.
  public func isRunning(_ pid: Int32) -> Bool { state.withLock { $0.running.contains(pid) } }

  /// Sends a signal to one process.
  public func signal(_ pid: Int32, _ signal: Int32) {
    state.withLock { state in
      if state.running.contains(pid) { _ = kill(pid, signal) }
    }
  }

  /// Sends a signal to a process and all of its process group. A group outlives its leader.
  public func signalGroup(_ pid: Int32, _ signal: Int32) { _ = kill(-pid, signal) }

  /// Kills every process group that is still running.
  public func killAll() {
    let running = state.withLock { $0.running }
    for pid in running { signalGroup(pid, SIGKILL) }
  }

  private static func reap(_ state: Locked<State>, _ started: Semaphore) {
    while true {
      var info = siginfo_t()
      // Look before taking: the status is collected under the lock, after `start` has noted the process.
      if waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) != 0 {
        if errno == ECHILD { started.wait() }
        continue
      }
      let resumed: ([CheckedContinuation<ExitStatus, Never>], ExitStatus)? = state.withLock { state in
        var status: Int32 = 0
        let pid = waitpid(-1, &status, WNOHANG)
        guard pid > 0, state.running.remove(pid) != nil else { return nil }
        let exit = ExitStatus(waitStatus: status)
        guard let waiting = state.waiting.removeValue(forKey: pid) else {
          state.ended[pid] = exit
          return nil
        }
        return (waiting, exit)
      }
      if let (waiting, exit) = resumed {
        for continuation in waiting { continuation.resume(returning: exit) }
      }
    }
  }

  private static func spawn(_ command: Command) throws(ProcessError) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    if let output = command.output {
      posix_spawn_file_actions_adddup2(&actions, output, 1)
      posix_spawn_file_actions_adddup2(&actions, output, 2)
    } else {
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    _ = martlet_spawn_close_from(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    let setSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Glibc's module hides behind _GNU_SOURCE
    posix_spawnattr_setflags(
      &attributes, Int16(setSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let arguments = CStrings([command.executable] + command.arguments)
    let environment = CStrings(command.environment.map { "\($0.key)=\($0.value)" }.sorted())
    var pid: pid_t = 0
    let status = posix_spawn(&pid, command.executable, &actions, &attributes, arguments.pointers, environment.pointers)
    guard status == 0 else { throw ProcessError(call: "posix_spawn \(command.executable)", errno: status) }
    return pid
  }
}

/// A null-terminated array of C strings that lives as long as this value's owner.
public final class CStrings {
  public let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  public init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
    (pointers + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
