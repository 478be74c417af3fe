import FoundationEssentials
import Glibc
import Processes

/// A program that a test runs. (No `ProcessTable`: it would take other tests' children.)
struct Program {
  let pid: pid_t

  /// Starts a program with both outputs going to a file.
  init(_ path: String, _ arguments: [String], output: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let words = CStrings([path] + arguments)
    let environment = CStrings([])
    var pid: pid_t = 0
    let status = posix_spawn(&pid, path, &actions, nil, words.pointers, environment.pointers)
    if status != 0 { throw ProcessError(call: path, errno: status) }
    self.pid = pid
  }

  /// Waits for its end.
  func wait() -> Processes.ExitStatus {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return Processes.ExitStatus(waitStatus: status)
  }

  /// What a program says against a configuration; empty where it accepts it.
  static func objection(of program: String, _ arguments: [String], to text: String) throws -> String {
    let path = "/tmp/martlet-configuration-\(UUID().uuidString)"
    defer {
      unlink(path)
      unlink(path + ".out")
    }
    try Data(text.utf8).write(to: URL(filePath: path))
    let status = try Program(program, arguments + [path], output: path + ".out").wait()
    if status == .exited(0) { return "" }
    return "\(status) " + String(decoding: try Data(contentsOf: URL(filePath: path + ".out")), as: UTF8.self)
  }
}
