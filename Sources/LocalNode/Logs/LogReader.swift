import CRDTypes
import FoundationEssentials
import Glibc

/// Reads a container's log file as `kubectl logs` asks for it.
public struct LogReader: Sendable {
  public struct Options: Sendable, Hashable {
    public var follow = false
    public var tailLines: Int?
    public var timestamps = false
    /// Only lines written at or after this time (RFC 3339).
    public var since: String?
    public var limitBytes: Int?

    public init() {}
  }

  let file: String
  let options: Options
  private var offset: off_t = 0
  private var partial: [UInt8] = []
  private var sent = 0

  init(file: String, options: Options) {
    self.file = file
    var options = options
    // Times in a log have microseconds and are in UTC: only such texts compare as times do.
    options.since = options.since.map { text in Timestamp.date(text).map(Timestamp.microText) ?? text }
    self.options = options
  }

  /// The last lines of a log without their times, within a number of bytes.
  static func lastLines(of file: String, lines: Int, bytes: Int) -> String {
    var options = Options()
    options.tailLines = lines
    var reader = LogReader(file: file, options: options)
    return String(decoding: reader.first().suffix(bytes), as: UTF8.self)
  }

  /// What is there now, shortened to the tail where one was asked for.
  mutating func first() -> [UInt8] {
    var lines = read()
    if let tail = options.tailLines { lines = Array(lines.suffix(max(0, tail))) }
    return rendered(lines)
  }

  /// What has come since the last call.
  mutating func more() -> [UInt8] { rendered(read()) }

  private mutating func read() -> [LogLine] {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 65536)
    var lines: [LogLine] = []
    while true {
      let count = pread(descriptor, &buffer, buffer.count, offset)
      guard count > 0 else { break }
      offset += off_t(count)
      partial.append(contentsOf: buffer[0..<count])
    }
    var start = partial.startIndex
    while let newline = partial[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let text = String(decoding: partial[start..<newline], as: UTF8.self)
      if let line = LogLine(text[...]), line.time >= options.since ?? "" { lines.append(line) }
      start = newline + 1
    }
    partial.removeSubrange(..<start)
    return lines
  }

  private mutating func rendered(_ lines: [LogLine]) -> [UInt8] {
    var out: [UInt8] = []
    for line in lines {
      if options.timestamps { out += Array(line.time.utf8) + [UInt8(ascii: " ")] }
      out += Array(line.text.utf8) + [UInt8(ascii: "\n")]
    }
    if let limit = options.limitBytes { out = Array(out.prefix(max(0, limit - sent))) }
    sent += out.count
    return out
  }
}
