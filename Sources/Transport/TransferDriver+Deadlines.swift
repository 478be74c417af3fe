import CCurl
import Glibc

/// Time-outs and the health of connections. libcurl's own time-outs cannot do this: they neither see that a stream of
/// a shared connection is idle, nor close the connection under it.
extension TransferDriver {
  /// Makes sure that the transfer's time-outs are looked at in time.
  func noteDeadline(of transfer: Transfer) {
    sweepDeadline = min(sweepDeadline, nextDeadline(of: transfer))
  }

  private func nextDeadline(of transfer: Transfer) -> UInt64 {
    min(totalDeadline(of: transfer), idleDeadline(of: transfer), probeTime(of: transfer) ?? .max)
  }

  private func totalDeadline(of transfer: Transfer) -> UInt64 {
    transfer.request.timeouts.total.map { transfer.started + $0.nanoseconds } ?? .max
  }

  private func idleDeadline(of transfer: Transfer) -> UInt64 {
    guard let idle = transfer.request.timeouts.idle, !transfer.isPaused else { return .max }
    return transfer.lastActivity + idle.nanoseconds
  }

  /// When the connection under a silent stream is next worth a probe.
  private func probeTime(of transfer: Transfer) -> UInt64? {
    guard case .stream = transfer.sink, !transfer.isPaused, let probe = configuration.health.probe else { return nil }
    return max(transfer.lastActivity, transfer.lastProbed) + probe.silence.nanoseconds
  }

  /// Looks through all transfers: fails those whose time is up, and probes connections that are too quiet.
  func sweep() {
    sweepDeadline = .max
    var expired: [(Transfer, since: UInt64, String)] = []
    var silent: [Transfer] = []
    for transfer in active.values {
      if totalDeadline(of: transfer) <= now {
        expired.append((transfer, transfer.started, "not complete after \(transfer.request.timeouts.total.text)"))
        continue
      }
      if idleDeadline(of: transfer) <= now, !hasUploaded(transfer) {
        let reason = "no byte was moved for \(transfer.request.timeouts.idle.text)"
        expired.append((transfer, transfer.lastActivity, reason))
        continue
      }
      if let time = probeTime(of: transfer), time <= now {
        transfer.lastProbed = now
        silent.append(transfer)
      }
      sweepDeadline = min(sweepDeadline, nextDeadline(of: transfer))
    }
    for (transfer, start, reason) in expired { expire(transfer, waitingSince: start, reason) }
    for transfer in silent { probe(transfer) }
  }

  /// Sent bytes are counted only when it matters: they do not come with a callback.
  private func hasUploaded(_ transfer: Transfer) -> Bool {
    var sent: curl_off_t = 0
    martlet_info_offset(transfer.easy, CURLINFO_SIZE_UPLOAD_T, &sent)
    guard sent > transfer.uploaded else { return false }
    transfer.uploaded = sent
    transfer.lastActivity = now
    return true
  }

  private func expire(_ transfer: Transfer, waitingSince start: UInt64, _ reason: String) {
    let request = transfer.request
    let port = transfer.localPort
    let socket = socket(under: transfer)
    var hung = false
    if port > 0 {
      let heard = lastHeard(on: port, socket)
      let timeouts = health.timedOut(on: port, at: now, waitingSince: start, heard: heard)
      hung = timeouts >= configuration.health.timeoutsInARow
      if case .probe = transfer.sink { hung = timeouts > 0 }
    }
    fail(
      transfer,
      TransportError(
        code: .timeout, curlCode: Int32(bitPattern: CURLE_OPERATION_TIMEDOUT.rawValue), method: request.method,
        url: request.url, message: reason))
    guard hung, let socket else { return }
    // libcurl reads the end of the connection, fails all that is on it and does not use it again.
    Glibc.shutdown(socket, Int32(SHUT_RDWR))
    health.forget(port)
  }

  /// The last sign of life: libcurl also reads when it was not told that a socket is readable, and sockets also bring
  /// what belongs to no transfer.
  private func lastHeard(on port: Int, _ socket: Int32?) -> UInt64 {
    let onSocket = socket.flatMap { sockets[$0] } ?? 0
    return active.values.reduce(onSocket) { $1.localPort == port ? max($0, $1.lastHeard) : $0 }
  }

  /// Asks for a sign of life if nothing at all came over the stream's connection for a while.
  private func probe(_ transfer: Transfer) {
    guard let probe = configuration.health.probe else { return }
    let heard = lastHeard(on: transfer.localPort, socket(under: transfer))
    guard heard + probe.silence.nanoseconds <= now else { return }
    let origin = transfer.request.origin
    guard probed.insert(origin).inserted else { return }
    let timeouts = Timeouts(connect: probe.patience, idle: probe.patience)
    startProbe(HTTPRequest(url: origin + probe.path, headers: transfer.request.headers, timeouts: timeouts))
  }

  /// The socket of the connection that carries a transfer. libcurl tells the socket itself only after the transfer.
  private func socket(under transfer: Transfer) -> Int32? {
    let local = transfer.localPort
    var remote = 0
    martlet_info_long(transfer.easy, CURLINFO_PRIMARY_PORT, &remote)
    guard local > 0 else { return nil }
    return sockets.keys.first { port(of: $0, getsockname) == local && port(of: $0, getpeername) == remote }
  }

  private func port(
    of socket: Int32,
    _ name: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
  ) -> Int? {
    var address = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      let status = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(socket, $0, &length) }
      // The port is at the same place in addresses of both families.
      return status == 0 ? Int(UInt16(bigEndian: pointer.pointee.sin6_port)) : nil
    }
  }
}

extension HTTPRequest {
  /// The URL up to its path.
  var origin: String {
    var slashes = 0
    return String(
      url.prefix { character in
        if character == "/" { slashes += 1 }
        return slashes < 3 && character != "?" && character != "#"
      })
  }
}

extension Duration? {
  /// For messages, as `30.0 s`.
  fileprivate var text: String { map { "\($0 / .seconds(1)) s" } ?? "no time" }
}
