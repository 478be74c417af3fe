import Glibc
import Processes
import Threads
import Transport

/// Carries out the checks of probes and lifecycle hooks.
struct Prober: Sendable {
  let client: HTTPClient
  let processes: ProcessTable

  /// Whether the target answers as it should within the time: HTTP status 200 to 399, a connection, or exit code 0.
  func check(_ target: ProbeTarget, timeout: Duration, command: (@Sendable ([String]) -> ProcessTable.Command)) async -> Bool {
    switch target {
    case .http(let scheme, let host, let port, let path, let headers):
      var request = HTTPRequest("GET", url: "\(scheme)://\(host):\(port)\(path)")
      request.headers["User-Agent"] = "kube-probe/1.36"
      for (name, value) in headers { request.headers[name] = value }
      request.timeouts = Timeouts(connect: timeout, idle: timeout, total: timeout)
      request.isSafeToRetry = false
      guard let response = try? await client.send(request) else { return false }
      return (200..<400).contains(response.status)
    case .tcp(let host, let port):
      return await Self.connects(host: host, port: port, timeout: timeout)
    case .exec(let words):
      return await run(command(words), timeout: timeout) == .exited(0)
    }
  }

  /// Runs a process to its end, or kills it at the time-out; nil where it could not be started.
  func run(_ command: ProcessTable.Command, timeout: Duration) async -> ExitStatus? {
    guard let pid = try? await processes.start(command) else { return nil }
    let processes = processes
    return await withTaskGroup(of: ExitStatus?.self) { group in
      group.addTask { await processes.exitStatus(of: pid) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        processes.signalGroup(pid, SIGKILL)
        return nil
      }
      var first = await group.next() ?? nil
      group.cancelAll()
      // A killed process still has to be reaped; its status then counts as a failure.
      while let next = await group.next() { first = first ?? next }
      return first
    }
  }

  private static func connects(host: String, port: Int, timeout: Duration) async -> Bool {
    await withCheckedContinuation { continuation in
      DedicatedThread.start { continuation.resume(returning: connect(host, port, timeout)) }
    }
  }

  private static func connect(_ host: String, _ port: Int, _ timeout: Duration) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
    guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else { return false }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
