import Glibc

/// libcurl writes every request to the socket by itself, which costs the kernel a packet and the server a wake-up each.
/// Requests that start in the same turn of the loop leave together instead (`TCP_CORK`, tcp(7)).
extension TransferDriver {
  /// Beyond this many connections the calls cost what they save.
  private static let corkLimit = 4

  /// Holds back what is written until `uncork`, which must follow in the same turn.
  ///
  /// - Returns: the sockets that are held.
  func cork() -> [Int32] {
    guard sockets.count <= Self.corkLimit else { return [] }
    let held = Array(sockets.keys)
    for socket in held { setCork(socket, true) }
    return held
  }

  /// Sends what was held back: also on connections that libcurl no longer waits for, which it may use again. On one that
  /// it closed the call does nothing, as sockets are not held to begin with.
  func uncork(_ held: [Int32]) {
    for socket in held { setCork(socket, false) }
  }

  private func setCork(_ socket: Int32, _ isCorked: Bool) {
    var value: Int32 = isCorked ? 1 : 0
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
