import CLinux
import CRDTypes
import FoundationEssentials
import Glibc
import Processes
import Threads

/// Carries a container's output from a pipe to its log file, a time before each line.
enum LogPump {
  /// What a pump carries, from outside.
  struct Handle: Sendable {
    /// The end that the container writes to. The caller closes it once the container has it.
    let writer: Int32
    fileprivate let carried: AsyncStream<Never>

    /// Returns when all is in the log, which it is soon after the last writer has ended, or when the time is up: a
    /// process that left its group may hold the pipe open.
    func finish(within limit: Duration) async {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for await _ in carried {} }
        group.addTask { try? await Task.sleep(for: limit) }
        await group.next()
        group.cancelAll()
      }
    }
  }

  /// Opens the log file and a pipe, and starts a thread that carries. The thread ends when the last writer has.
  static func start(file: String) throws(ProcessError) -> Handle {
    let log = open(file, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o644)
    if log < 0 { throw ProcessError(call: "open \(file)", errno: errno) }
    var ends: [Int32] = [0, 0]
    if martlet_pipe_cloexec(&ends) != 0 {
      let error = errno
      close(log)
      throw ProcessError(call: "pipe", errno: error)
    }
    let (reader, writer) = (ends[0], ends[1])
    let (carried, end) = AsyncStream<Never>.makeStream()
    DedicatedThread.start {
      carry(from: reader, to: log)
      end.finish()
    }
    return Handle(writer: writer, carried: carried)
  }

  /// A longer line is cut, so that output without line ends takes no memory without end.
  private static let longestLine = 1 << 20

  private static func carry(from reader: Int32, to log: Int32) {
    defer {
      close(reader)
      close(log)
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    var partial: [UInt8] = []
    while true {
      let count = read(reader, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      partial.append(contentsOf: buffer[0..<count])
      var out: [UInt8] = []
      let stamp = Array(Timestamp.microText(Date()).utf8) + [UInt8(ascii: " ")]
      var rest = partial[...]
      while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
        out += stamp
        out += rest[...newline]
        rest = rest[(newline + 1)...]
      }
      if rest.count >= longestLine {
        out += stamp + rest + [UInt8(ascii: "\n")]
        rest = []
      }
      partial = Array(rest)
      write(out, to: log)
    }
    if !partial.isEmpty {
      write(Array(Timestamp.microText(Date()).utf8) + [UInt8(ascii: " ")] + partial + [UInt8(ascii: "\n")], to: log)
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var offset = 0
    bytes.withUnsafeBytes { raw in
      while offset < raw.count {
        let count = Glibc.write(descriptor, raw.baseAddress.map { $0 + offset }, raw.count - offset)
        if count < 0, errno != EINTR { return }
        if count > 0 { offset += count }
      }
    }
  }
}
