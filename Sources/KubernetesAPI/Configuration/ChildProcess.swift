import CLinux
import Dispatch
import Glibc
import Synchronization

/// Runs a program to its end and collects what it prints to standard output; its standard error is this process's.
enum ChildProcess {
  struct Outcome: Sendable {
    /// The exit status; 128 + the signal's number where a signal ended it.
    let exitCode: Int32
    let output: [UInt8]
  }

  enum Failure: Error, Sendable, CustomStringConvertible {
    case notStarted(String)
    case tookTooLong(Duration)
    case printedTooMuch

    var description: String {
      switch self {
      case .notStarted(let reason): "cannot be started: \(reason)"
      case .tookTooLong(let limit): "did not end within \(limit)"
      case .printedTooMuch: "printed more than a megabyte"
      }
    }
  }

  private static let longestOutput = 1 << 20
  /// How often a waiting thread looks whether its task was cancelled.
  private static let glanceMilliseconds: Int32 = 100

  /// - Parameters:
  ///   - command: a path, or a name that is looked up in `PATH`.
  ///   - inheritsInput: the program reads this process's standard input; otherwise it reads nothing.
  ///   - limit: after this it is killed.
  static func run(
    _ command: String, arguments: [String], environment: [String: String], inheritsInput: Bool, limit: Duration
  ) async throws -> Outcome {
    let cancelled = Flag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Reading and waiting block: not on a thread of the cooperative pool.
        DispatchQueue.global().async {
          continuation.resume(
            with: Result {
              let child = try start(
                command, arguments: arguments, environment: environment, inheritsInput: inheritsInput)
              return try finish(child, limit: limit, cancelled: cancelled)
            })
        }
      }
    } onCancel: {
      cancelled.raise()
    }
  }

  private final class Flag: Sendable {
    private let value = Atomic(false)
    var isRaised: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
  }

  private struct Child {
    let process: pid_t
    let output: Int32
  }

  private static func start(
    _ command: String, arguments: [String], environment: [String: String], inheritsInput: Bool
  ) throws -> Child {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure.notStarted(reason(errno)) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    if !inheritsInput { posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) }
    _ = martlet_spawn_close_from(&actions, 3)

    var argv = ([command] + arguments).map { strdup($0) }
    argv.append(nil)
    var envp = environment.map { strdup("\($0.key)=\($0.value)") }
    envp.append(nil)
    defer { for text in argv + envp { free(text) } }

    var process = pid_t()
    let code = posix_spawnp(&process, command, &actions, nil, argv, envp)
    guard code == 0 else {
      close(ends[0])
      throw Failure.notStarted(reason(code))
    }
    return Child(process: process, output: ends[0])
  }

  private static func finish(_ child: Child, limit: Duration, cancelled: Flag) throws -> Outcome {
    defer { close(child.output) }
    var output: [UInt8] = []
    do {
      try read(child.output, into: &output, until: .now + limit, limit: limit, cancelled: cancelled)
    } catch {
      kill(child.process, SIGKILL)
      _ = wait(for: child.process)
      throw error
    }
    return Outcome(exitCode: wait(for: child.process), output: output)
  }

  private static func read(
    _ descriptor: Int32, into output: inout [UInt8], until deadline: ContinuousClock.Instant, limit: Duration,
    cancelled: Flag
  ) throws {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      if cancelled.isRaised { throw CancellationError() }
      if ContinuousClock.now >= deadline { throw Failure.tookTooLong(limit) }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, glanceMilliseconds) > 0 else { continue }
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure.notStarted(reason(errno))
      }
      output += buffer[..<count]
      if output.count > longestOutput { throw Failure.printedTooMuch }
    }
  }

  private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
