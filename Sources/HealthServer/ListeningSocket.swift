import Glibc

/// Why an address cannot be listened on.
public struct SocketError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  static func last(_ call: String) -> SocketError {
    SocketError(description: "\(call): \(String(cString: strerror(errno)))")
  }
}

/// A TCP socket that accepts connections, none of whose calls wait. It is closed when it is released.
final class ListeningSocket: Sendable {
  let descriptor: Int32
  /// The port that it has, where any free one was asked for.
  let port: Int

  init(host: String, port: Int) throws(SocketError) {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    guard code == 0, let first = found else {
      throw SocketError(description: "\(host): \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(found) }
    var failure = SocketError(description: "\(host): no address")
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let address = next {
      do {
        descriptor = try Self.listen(on: address.pointee)
        self.port = Self.port(of: descriptor) ?? port
        return
      } catch {
        failure = error
      }
      next = address.pointee.ai_next
    }
    throw failure
  }

  deinit { close(descriptor) }

  private static func listen(on address: addrinfo) throws(SocketError) -> Int32 {
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.ai_family, address.ai_socktype | flags, address.ai_protocol)
    guard descriptor >= 0 else { throw .last("socket") }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    for (call, status) in [
      ("bind", bind(descriptor, address.ai_addr, address.ai_addrlen)), ("listen", Glibc.listen(descriptor, 128)),
    ] where status != 0 {
      defer { close(descriptor) }
      throw .last(call)
    }
    return descriptor
  }

  private static func port(of descriptor: Int32) -> Int? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let status = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard status == 0 else { return nil }
    // The port is at the same place in the addresses of both families.
    return withUnsafeBytes(of: &storage) { bytes in Int(bytes[2]) << 8 | Int(bytes[3]) }
  }

  /// A connection that waits, or nil where none does.
  func accept() throws(SocketError) -> Int32? {
    let connection = Glibc.accept(descriptor, nil, nil)
    if connection >= 0 {
      _ = fcntl(connection, F_SETFL, O_NONBLOCK)
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      return connection
    }
    switch errno {
    // The last ones are errors of the connection, which is gone (accept(2)).
    case EAGAIN, EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH: return nil
    default: throw .last("accept")
    }
  }
}
