import Glibc
import JSON
import Threads

@testable import Transport

/// A server on a free port of 127.0.0.1 that knows which requests come, in which order, and what to answer to each.
///
/// A request that is not the next one of the script is answered with 555 and noted; `problems()` gives the notes and
/// what of the script was never asked for.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    var method: String
    /// The path with its query, as it came.
    var target: String
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    var json: JSONValue? { try? JSONValue(parsing: body) }
  }

  enum Answer: Sendable {
    case reply(Int, String, headers: [String] = [])
    /// A body in chunks, then its end.
    case stream([String], then: End)
  }

  enum End: Sendable {
    case finished
    /// The connection is cut within the body.
    case cut
    /// The connection stays open until the client closes it.
    case held
  }

  struct Exchange: Sendable {
    let method: String
    let target: String
    let check: @Sendable (Request) -> Bool
    let answer: Answer
  }

  private struct State {
    var script: [Exchange]
    var problems: [String] = []
    var requests: [Request] = []
  }

  let port: Int
  var url: String { "http://127.0.0.1:\(port)" }
  private let listener: Int32
  private let state: Locked<State>

  init(_ script: [Exchange]) throws {
    state = Locked(State(script: script))
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let listens = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard listens else { throw SetupFailure(reason: "no listening socket: errno \(errno)") }
    port = Int(UInt16(bigEndian: address.sin_port))
    let state = state
    Self.startThread {
      while true {
        let socket = accept(listener, nil, nil)
        guard socket >= 0 else { return }
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        Self.startThread {
          while let request = Self.read(socket), Self.answer(request, on: socket, state) {}
          close(socket)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  struct SetupFailure: Error { let reason: String }

  /// What went wrong: unexpected requests, and expected ones that never came.
  func problems() -> [String] {
    state.withLock { $0.problems + $0.script.map { "never asked: \($0.method) \($0.target)" } }
  }

  /// Every request so far.
  func requests() -> [Request] { state.withLock(\.requests) }

  private static func answer(_ request: Request, on socket: Int32, _ state: Locked<State>) -> Bool {
    let answer = state.withLock { state -> Answer in
      state.requests.append(request)
      guard let next = state.script.first else {
        state.problems.append("unexpected: \(request.method) \(request.target)")
        return .reply(555, "unexpected")
      }
      guard next.method == request.method, next.target == request.target, next.check(request) else {
        state.problems.append(
          "\(request.method) \(request.target) \(String(decoding: request.body, as: UTF8.self)) \(request.headers), "
            + "expected \(next.method) \(next.target)")
        return .reply(555, "unexpected")
      }
      state.script.removeFirst()
      return next.answer
    }
    switch answer {
    case .reply(let status, let body, let headers):
      let lines =
        ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)", "Content-Type: application/json"] + headers
      return write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body, to: socket)
    case .stream(let chunks, let end):
      guard write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", to: socket) else { return false }
      for chunk in chunks where !chunk.isEmpty {
        guard write("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n", to: socket) else { return false }
      }
      switch end {
      case .finished: return write("0\r\n\r\n", to: socket)
      case .cut: return false
      case .held:
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) > 0 {}
        return false
      }
    }
  }

  private static func read(_ socket: Int32) -> Request? {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard recv(socket, &byte, 1, 0) == 1 else { return nil }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = String(parts[1].drop { $0 == " " })
      headers[parts[0].lowercased(), default: ""] += headers[parts[0].lowercased()] == nil ? value : ", " + value
    }
    var body: [UInt8] = []
    let length = Int(headers["content-length"] ?? "") ?? 0
    while body.count < length {
      guard recv(socket, &byte, 1, 0) == 1 else { return nil }
      body.append(byte)
    }
    return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
  }

  private static func write(_ text: String, to socket: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
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

/// One step of a script.
func expect(
  _ method: String, _ target: String, where check: @escaping @Sendable (ScriptedServer.Request) -> Bool = { _ in true },
  _ answer: ScriptedServer.Answer
) -> ScriptedServer.Exchange {
  ScriptedServer.Exchange(method: method, target: target, check: check, answer: answer)
}
