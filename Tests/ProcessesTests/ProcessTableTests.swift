import FoundationEssentials
import Glibc
import Testing

@testable import Processes

/// One table: a second one in the same program would take the first one's children.
private let table = ProcessTable()

@Suite(.serialized) struct ProcessTableTests {
  private func shell(_ script: String, output: Int32? = nil) -> ProcessTable.Command {
    ProcessTable.Command(executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"], output: output)
  }

  /// Runs a script to its end and gives what it wrote.
  private func output(of script: String) async throws -> (String, Processes.ExitStatus) {
    let path = "/tmp/martlet-process-\(UUID().uuidString)"
    defer { unlink(path) }
    let file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    let status = await table.exitStatus(of: try await table.start(shell(script, output: file)))
    close(file)
    return (String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self), status)
  }

  @Test(
    "A process ends with its code, or 128 and the signal's number",
    arguments: [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -TERM $$", 143)] as [(String, Int32)])
  func codes(script: String, code: Int32) async throws {
    let pid = try await table.start(shell(script))
    #expect(await table.exitStatus(of: pid).code == code)
    #expect(!table.isRunning(pid))
  }

  @Test("A process has only the variables it was given, both outputs in one place, and leads a session of its own")
  func surroundings() async throws {
    let (text, status) = try await output(of: "echo $HOME-$PATH; echo err >&2; ps -o sid= -p $$ | tr -d ' '; echo $$; trap")
    let lines = text.split(separator: "\n").map(String.init)
    #expect(status == .exited(0))
    #expect(lines.prefix(2) == ["-/usr/bin:/bin", "err"])
    #expect(lines.count == 4 && lines[2] == lines[3])
  }

  @Test("A program that is not there cannot be started, and says which")
  func missing() async {
    await #expect { _ = try await table.start(ProcessTable.Command(executable: "/no/such")) } throws: { error in
      (error as? ProcessError)?.errno == ENOENT && "\(error)".contains("/no/such")
    }
  }

  @Test("A signal to the group reaches what the process has started")
  func group() async throws {
    let pid = try await table.start(shell("sleep 1000 & sleep 1000 & wait"))
    table.signalGroup(pid, SIGKILL)
    #expect(await table.exitStatus(of: pid) == .signaled(SIGKILL))
  }

  @Test("A signal to a process that has ended reaches nobody")
  func late() async throws {
    let pid = try await table.start(shell("exit 0"))
    _ = await table.exitStatus(of: pid)
    table.signal(pid, SIGKILL)
    #expect(await table.exitStatus(of: pid) == .exited(255))
  }

  @Test("What a process leaves behind is adopted and reaped")
  func orphans() async throws {
    let (text, _) = try await output(of: "(sleep 0.05 & echo $!)")
    let line = try #require(text.split(separator: "\n").first)
    let orphan = try #require(Int32(line))
    // The orphan is reaped once it ends: until then it can be signalled, dead or alive.
    while kill(orphan, 0) == 0 { await Task.yield() }
    #expect(errno == ESRCH)
  }

  @Test("Two hundred short processes each give their own status, to every waiter")
  func many() async throws {
    try await withThrowingTaskGroup(of: (Int32, Int32, Int32).self) { group in
      for index in 0..<200 {
        let command = shell("exit \(index % 100)")
        group.addTask {
          let pid = try await table.start(command)
          return (Int32(index % 100), await table.exitStatus(of: pid).code, pid)
        }
      }
      var pids: Set<Int32> = []
      for try await (expected, code, pid) in group {
        #expect(code == expected)
        pids.insert(pid)
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
