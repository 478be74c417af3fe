import CRDTypes
import FoundationEssentials
import Glibc
import Testing

@testable import LocalNode

@Suite struct LogReaderTests {
  /// A log file of five lines, a second apart; the third has a fraction.
  private func withLog(_ body: (String) throws -> Void) throws {
    let path = "/tmp/martlet-log-\(UUID().uuidString)"
    defer { unlink(path) }
    let times = ["00", "01", "02", "03", "04"].map { "2026-05-01T00:00:\($0).\($0 == "02" ? "500000" : "000000")Z" }
    let text = times.enumerated().map { "\($1) line \($0)\n" }.joined()
    try Data(text.utf8).write(to: URL(filePath: path))
    try body(path)
  }

  private func read(_ path: String, _ set: (inout LogReader.Options) -> Void) -> String {
    var options = LogReader.Options()
    set(&options)
    var reader = LogReader(file: path, options: options)
    return String(decoding: reader.first(), as: UTF8.self)
  }

  @Test("A log is read whole, by its tail, with its times, and up to a number of bytes")
  func reads() throws {
    try withLog { path in
      #expect(read(path) { _ in } == "line 0\nline 1\nline 2\nline 3\nline 4\n")
      #expect(read(path) { $0.tailLines = 2 } == "line 3\nline 4\n")
      #expect(read(path) { $0.tailLines = 0 } == "")
      #expect(read(path) { $0.limitBytes = 9 } == "line 0\nli")
      #expect(read(path) { ($0.tailLines, $0.timestamps) = (1, true) } == "2026-05-01T00:00:04.000000Z line 4\n")
      #expect(LogReader.lastLines(of: path, lines: 2, bytes: 6) == "ine 4\n")
    }
  }

  @Test(
    "Only lines since a time are read, however the time is written",
    arguments: [
      ("2026-05-01T00:00:02Z", 3), ("2026-05-01T00:00:02.500000Z", 3), ("2026-05-01T00:00:02.600Z", 2),
      ("2026-05-01T02:00:03+02:00", 2), ("2026-05-01T00:00:05Z", 0),
    ])
  func since(time: String, count: Int) throws {
    try withLog { path in
      #expect(read(path) { $0.since = time }.split(separator: "\n").count == count)
    }
  }

  @Test("What is written later follows, whole lines only; a log that is not there is empty")
  func follows() throws {
    try withLog { path in
      var reader = LogReader(file: path, options: .init())
      _ = reader.first()
      let handle = open(path, O_WRONLY | O_APPEND)
      defer { close(handle) }
      write(handle, "2026-05-01T00:00:09.000000Z he", 30)
      var more = [reader.more()]
      write(handle, "llo\n", 4)
      more += [reader.more(), reader.more()]
      #expect(more == [[], Array("hello\n".utf8), []])
    }
    #expect(read("/tmp/martlet-no-such-log") { _ in } == "")
  }

  @Test("A pipe's lines are written with their times, the last one though it has no end")
  func pumps() async throws {
    let path = "/tmp/martlet-pump-\(UUID().uuidString)"
    defer { unlink(path) }
    let pump = try LogPump.start(file: path)
    write(pump.writer, "a\nb\n\nlast", 9)
    close(pump.writer)
    await pump.finish(within: .seconds(30))
    #expect(read(path) { _ in } == "a\nb\n\nlast\n")
  }
}
