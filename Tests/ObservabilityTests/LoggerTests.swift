import JSON
import Testing
import Threads

@testable import Observability

/// Keeps lines for a test to read.
final class MemorySink: LogSink {
  private let store = Locked<[String]>([])
  var lines: [String] { store.withLock { $0 } }
  func write(_ line: [UInt8]) { store.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}

@Suite struct LoggerTests {
  @Test("A line is one JSON object with ts, level, logger and msg first and the fields in order")
  func line() throws {
    let sink = MemorySink()
    let output = LogOutput(sink: sink, now: { WallTime(seconds: 1_700_000_000, nanoseconds: 12_345_678) })
    let log = Logger("sweep", to: output).with(["namespace": "a", "name": "b\"c"])
    log.info("Created Job", ["trial": 3, "error": .null])
    #expect(
      sink.lines == [
        #"{"ts":"2023-11-14T22:13:20.012Z","level":"info","logger":"sweep","msg":"Created Job","namespace":"a","#
          + #""name":"b\"c","trial":3,"error":null}"# + "\n"
      ])
    let parsed = try JSONValue(parsing: Array(try #require(sink.lines.first).utf8))
    #expect(parsed["trial"]?.int == 3)
  }

  @Test("Line feeds and control characters cannot break a line")
  func injection() {
    let sink = MemorySink()
    Logger("a\nb", to: LogOutput(sink: sink)).warning("x\r\ny\u{1}", ["k\n": "v\n"])
    #expect(sink.lines.count == 1)
    #expect(sink.lines.first?.dropLast().contains(where: \.isNewline) == false)
  }

  @Test("The level can be changed while running, and messages below it are never built")
  func level() {
    let sink = MemorySink()
    let output = LogOutput(level: .warning, sink: sink)
    let log = Logger("x", to: output)
    let built = Locked(0)
    func message() -> String {
      built.withLock { $0 += 1 }
      return "Built message"
    }
    log.info(message())
    #expect(built.withLock { $0 } == 0)
    output.level = .debug
    log.debug(message())
    #expect(built.withLock { $0 } == 1)
    #expect(sink.lines.count == 1)
    #expect(sink.lines.first?.contains(#""level":"debug""#) == true)
  }

  @Test("Times are RFC 3339 in UTC", arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_782_399, "2000-02-28T23:59:59.000Z"),
    (951_782_400, "2000-02-29T00:00:00.000Z"), (1_709_251_199, "2024-02-29T23:59:59.000Z"),
    (4_107_542_400, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
  ] as [(Int64, String)])
  func time(seconds: Int64, text: String) {
    #expect(WallTime(seconds: seconds).text == text)
  }
}
