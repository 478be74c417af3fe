import Glibc
import Observability

/// Serves the connections of a listening socket, on one thread that waits for all of them at once.
///
/// A connection has ten seconds; a client that says nothing keeps none of the others waiting.
struct ConnectionLoop {
  fileprivate struct Connection {
    enum Phase {
      case reading(HTTPExchange)
      case writing(ArraySlice<UInt8>)
      /// All is said. What the client may still send is passed over, so that closing does not take the answer back.
      case ending
    }

    let descriptor: Int32
    let deadline: Double
    var phase: Phase
  }

  static let greatestCount = 64
  static let patience = 10.0
  private static let endPatience = 1.0

  private let listener: ListeningSocket
  private let bell: Int32
  private let respond: (HTTPExchange.Request) -> ObservationEndpoint.Response
  private var connections: [Connection] = []
  /// Until when no connection is accepted, after an error that would come again at once.
  private var pausedUntil = 0.0

  /// - Parameter bell: readable when the loop is to end.
  init(
    listener: ListeningSocket, bell: Int32,
    respond: @escaping (HTTPExchange.Request) -> ObservationEndpoint.Response
  ) {
    self.listener = listener
    self.bell = bell
    self.respond = respond
  }

  mutating func run() {
    defer { for connection in connections { close(connection.descriptor) } }
    while true {
      let now = Self.seconds
      let accepts = connections.count < Self.greatestCount && now >= pausedUntil
      var waits = [
        pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        pollfd(fd: accepts ? listener.descriptor : -1, events: Int16(POLLIN), revents: 0),
      ]
      waits += connections.map { pollfd(fd: $0.descriptor, events: $0.phase.awaited, revents: 0) }
      let deadlines = connections.map(\.deadline) + (now < pausedUntil ? [pausedUntil] : [])
      let wait = deadlines.min().map { Int32(max(0, ($0 - now) * 1000).rounded(.up)) } ?? -1
      if poll(&waits, nfds_t(waits.count), wait) < 0, errno != EINTR { return }
      if waits[0].revents != 0 { return }
      step(waits.dropFirst(2).map { $0.revents != 0 }, at: Self.seconds)
      if waits[1].revents != 0 { accept(at: Self.seconds) }
    }
  }

  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private mutating func accept(at now: Double) {
    do {
      while connections.count < Self.greatestCount, let descriptor = try listener.accept() {
        connections.append(
          Connection(descriptor: descriptor, deadline: now + Self.patience, phase: .reading(HTTPExchange())))
      }
    } catch {
      // Out of descriptors or memory: those who connect wait in the kernel's queue.
      pausedUntil = now + 0.1
    }
  }

  private mutating func step(_ isReady: [Bool], at now: Double) {
    connections = zip(connections, isReady).compactMap { connection, isReady in
      let next = isReady ? advance(connection, at: now) : connection
      if let next, next.deadline > now { return next }
      close(connection.descriptor)
      return nil
    }
  }

  /// Nil where the connection is over.
  private func advance(_ connection: Connection, at now: Double) -> Connection? {
    switch connection.phase {
    case .reading(var exchange):
      guard let bytes = Self.receive(connection.descriptor) else { return nil }
      var next = connection
      if let answer = answer(to: &exchange, bytes) {
        next.phase = .writing(answer[...])
        return advance(next, at: now)
      }
      next.phase = .reading(exchange)
      return next
    case .writing(let rest):
      let count = rest.withUnsafeBytes { send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count >= 0 else { return errno == EAGAIN ? connection : nil }
      let left = rest.dropFirst(count)
      if left.isEmpty {
        shutdown(connection.descriptor, Int32(SHUT_WR))
        return Connection(descriptor: connection.descriptor, deadline: now + Self.endPatience, phase: .ending)
      }
      var next = connection
      next.phase = .writing(left)
      return next
    case .ending:
      return Self.receive(connection.descriptor) == nil ? nil : connection
    }
  }

  /// What has arrived, which may be nothing yet; nil where nothing more will.
  private static func receive(_ descriptor: Int32) -> ArraySlice<UInt8>? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return count < 0 && errno == EAGAIN ? [] : nil }
    return buffer[..<count]
  }

  private func answer(to exchange: inout HTTPExchange, _ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    do {
      guard let request = try exchange.receive(bytes) else { return nil }
      let response = respond(request)
      return HTTPExchange.answer(
        status: response.status, contentType: response.contentType, body: response.body,
        isHead: request.method == "HEAD", date: Self.date)
    } catch {
      return HTTPExchange.answer(
        status: error.status, contentType: "text/plain; charset=utf-8", body: error.reason + "\n", date: Self.date)
    }
  }

  /// The time of day in the form of HTTP (RFC 9110, 5.6.7).
  private static var date: String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var buffer = [CChar](repeating: 0, count: 40)
    let count = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension ConnectionLoop.Connection.Phase {
  /// What the connection waits for.
  fileprivate var awaited: Int16 {
    if case .writing = self { Int16(POLLOUT) } else { Int16(POLLIN) }
  }
}
