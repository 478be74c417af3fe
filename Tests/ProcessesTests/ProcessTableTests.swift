import FoundationEssentials
import Glibc
import Testing

@testable import Processes

/// What the tests below do in a process of their own: a table takes every child of its process, other tests' too.
private enum Shell {
  static func command(_ script: String, output: Int32? = nil) -> ProcessTable.Command {
    ProcessTable.Command(
      executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], output: output)
  }

  /// Runs a script to its end and gives what it wrote.
  static func output(of script: String, _ table: ProcessTable) async throws -> (String, Processes.ExitStatus) {
    let path = "/tmp/martlet-process-\(UUID().uuidString)"
    defer { unlink(path) }
    let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    let status = await table.exitStatus(of: try await table.start(command(script, output: file)))
    close(file)
    return (String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self), status)
  }
}

@Suite struct ProcessTableTests {
  @Test("A process ends with its code, or 128 and the signal's number")
  func codes() async {
    await #expect(processExitsWith: .success) {
      let table = ProcessTable()
      for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -TERM $$", 143)] as [(String, Int32)] {
        let pid = try await table.start(Shell.command(script))
        let status = await table.exitStatus(of: pid)
        #expect(status.code == code)
        #expect(!table.isRunning(pid))
      }
    }
  }

  @Test("A process has only the variables it was given, both outputs in one place, and leads a session of its own")
  func surroundings() async {
    await #expect(processExitsWith: .success) {
      let script = "echo $HOME-$PATH; echo err >&2; read a b c d e sid rest < /proc/$$/stat; echo $sid; echo $$"
      let (text, status) = try await Shell.output(of: script, ProcessTable())
      let lines = text.split(separator: "\n").map(String.init)
      #expect(status == .exited(0))
      #expect(lines.prefix(2) == ["-/usr/bin:/bin", "err"])
      #expect(lines.count == 4 && lines[2] == lines[3])
    }
  }

  @Test("A program that is not there cannot be started, and the error says which")
  func missing() async {
    await #expect(processExitsWith: .success) {
      let table = ProcessTable()
      do {
        _ = try await table.start(ProcessTable.Command(executable: "/no/such"))
        Issue.record("it started")
      } catch let error as ProcessError {
        #expect(error.errno == ENOENT && error.description.contains("/no/such"))
      }
    }
  }

  @Test("A signal to the group reaches what the process has started; one to a process that has ended reaches nobody")
  func signals() async {
    await #expect(processExitsWith: .success) {
      let table = ProcessTable()
      let pid = try await table.start(Shell.command("sleep 1000 & sleep 1000 & wait"))
      table.signalGroup(pid, SIGKILL)
      let status = await table.exitStatus(of: pid)
      #expect(status == .signaled(SIGKILL))
      table.signal(pid, SIGKILL)
      let again = await table.exitStatus(of: pid)
      #expect(again == .exited(255))
    }
  }

  @Test("What a process leaves behind is adopted and reaped")
  func orphans() async {
    await #expect(processExitsWith: .success) {
      let (text, _) = try await Shell.output(of: "sleep 0.05 & echo $!", ProcessTable())
      let line = try #require(text.split(separator: "\n").first)
      let orphan = try #require(Int32(line))
      // Until it is reaped it can be signalled, dead or alive.
      while kill(orphan, 0) == 0 { await Task.yield() }
      #expect(errno == ESRCH)
    }
  }

  @Test("Two hundred short processes each give their own status")
  func many() async {
    await #expect(processExitsWith: .success) {
      let table = ProcessTable()
      let pids = try await withThrowingTaskGroup(of: Int32.self) { group in
        for index in 0..<200 {
          group.addTask {
            let pid = try await table.start(Shell.command("exit \(index % 100)"))
            let status = await table.exitStatus(of: pid)
            #expect(status == .exited(Int32(index % 100)))
            return pid
          }
        }
        return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
      }
      #expect(pids.count == 200)
    }
  }

  @Test("A wait status is an exit code or a signal, whether or not there was a core")
  func statuses() {
    #expect(Processes.ExitStatus(waitStatus: 0x0300) == .exited(3))
    #expect(Processes.ExitStatus(waitStatus: 9) == .signaled(9))
    #expect(Processes.ExitStatus(waitStatus: 0x8b) == .signaled(11))
  }
}
