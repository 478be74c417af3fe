import Glibc
import TestSupport

/// A TCP server on a free port of 127.0.0.1 that speaks exactly what a test tells it to; a thread for each connection.
final class RawServer: Sendable {
  /// One accepted connection, closed when the handler returns.
  struct Connection: Sendable {
    let socket: Int32
    /// 0 for the first connection of the server.
    let number: Int

    /// Reads up to the empty line after the next request's head; nil when the client has closed.
    func readHead() -> String? {
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        guard recv(socket, &byte, 1, 0) == 1 else { return nil }
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads `count` bytes and returns how many came.
    func readBody(_ count: Int) -> Int {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      var total = 0
      while total < count {
        let got = recv(socket, &buffer, min(buffer.count, count - total), 0)
        guard got > 0 else { break }
        total += got
      }
      return total
    }

    /// Sends all of it; false when the client has closed.
    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
      var sent = 0
      while sent < bytes.count {
        let rest = bytes[sent...]
        let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }

    func answer(_ body: String, status: String = "200 OK", fields: [String] = []) {
      let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields
      write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Waits until the client closes the connection.
    func waitForClose() {
      var byte: UInt8 = 0
      while recv(socket, &byte, 1, 0) > 0 {}
    }
  }

  let port: Int
  var url: String { "http://127.0.0.1:\(port)" }
  private let listener: Int32

  init(_ handler: @escaping @Sendable (Connection) -> Void) throws {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    listener = socket(AF_INET, type, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 128) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard isListening else { throw ServerFailure("no listening socket: errno \(errno)") }
    port = Int(UInt16(bigEndian: address.sin_port))
    Self.startThread {
      var number = 0
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { return }
        // A server process that starts meanwhile must not keep the connection open.
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        let connection = Connection(socket: socket, number: number)
        number += 1
        Self.startThread {
          handler(connection)
          close(connection.socket)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func startThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Work(body)).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, context)
    pthread_detach(thread)
  }
}

/// Counts what servers saw and lets a test wait for it.
actor Tally {
  private(set) var count = 0
  private var waiting: [(Int, CheckedContinuation<Void, Never>)] = []

  func add() {
    count += 1
    let ready = waiting.filter { $0.0 <= count }
    waiting.removeAll { $0.0 <= count }
    for (_, continuation) in ready { continuation.resume() }
  }

  /// Returns when `number` have been counted.
  func wait(for number: Int) async {
    guard count < number else { return }
    await withCheckedContinuation { waiting.append((number, $0)) }
  }

  /// Counts from a server's thread.
  nonisolated func note() {
    Task { await add() }
  }
}
