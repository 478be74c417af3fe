import CPostgres
import Glibc
import Threads

/// libpq's connection, closed when the last reference goes. Not thread-safe: it belongs to one actor.
final class ConnectionHandle {
  let pointer: OpaquePointer

  /// Begins to connect; nil where memory is out. Does not block, as names are resolved already.
  init?(parameters: [String: String]) {
    var strings: [UnsafeMutablePointer<CChar>?] = []
    var keywords: [UnsafePointer<CChar>?] = []
    var values: [UnsafePointer<CChar>?] = []
    defer { for string in strings { free(string) } }
    for (keyword, value) in parameters {
      let pair = (strdup(keyword), strdup(value))
      strings += [pair.0, pair.1]
      keywords.append(pair.0.map { UnsafePointer($0) })
      values.append(pair.1.map { UnsafePointer($0) })
    }
    keywords.append(nil)
    values.append(nil)
    guard let pointer = PQconnectStartParams(keywords, values, 0) else { return nil }
    self.pointer = pointer
    // libpq prints notices on standard error unless told otherwise.
    PQsetNoticeReceiver(pointer, { _, _ in }, nil)
    // The SQLSTATE of a refused connection is only found in the verbose form of the message.
    PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
  }

  deinit { PQfinish(pointer) }

  var socket: Int32 { PQsocket(pointer) }
  var isBroken: Bool { PQstatus(pointer) == CONNECTION_BAD }
  var message: String { String(cString: PQerrorMessage(pointer)) }

  /// Asks the server to stop the statement it works on, from another thread and over another connection. The server's
  /// answer is not waited for: the caller gives the connection up.
  func cancelStatement() {
    guard let request = PQgetCancel(pointer) else { return }
    let box = CancelRequest(request)
    DedicatedThread.start { box.send() }
  }
}

/// libpq's copy of what a cancel request needs: the address and the secret key of the server process.
private final class CancelRequest: Sendable {
  // libpq documents PQcancel as thread-safe; the pointer is never changed and freed once, in deinit.
  private nonisolated(unsafe) let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQfreeCancel(pointer) }

  func send() {
    var problem = [CChar](repeating: 0, count: 256)
    PQcancel(pointer, &problem, Int32(problem.count))
  }
}
