import Glibc
import HealthServer
import JSON
import Observability
import Testing
import Transport

@Suite struct HealthServerTests {
  /// Runs a server while `body` runs, which gets its URL, and ends it.
  private func serve(
    _ endpoint: ObservationEndpoint, _ body: @Sendable (HTTPClient, String) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let server = HealthServer(endpoint, host: "127.0.0.1", port: 0, now: { .zero }, onReady: { port.yield($0) })
      group.addTask { try await server.run() }
      let found = await ports.first { _ in true }
      try await body(HTTPClient(), "http://127.0.0.1:\(try #require(found))")
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func endpoint(_ pages: [String: String] = [:]) -> ObservationEndpoint {
    ObservationEndpoint(
      health: HealthState(), metrics: MetricRegistry(), debugPages: pages.mapValues { text in { .string(text) } },
      log: LogOutput(sink: StandardErrorSink()))
  }

  @Test("Probes, metrics and the log level are served over HTTP, and what is not there is 404")
  func serves() async throws {
    try await serve(endpoint()) { client, url in
      let ready = try await client.send(HTTPRequest(url: url + "/readyz"))
      #expect(ready.status == 200)
      #expect(ready.headers["content-type"] == "text/plain; charset=utf-8")
      #expect(try await client.send(HTTPRequest(url: url + "/metrics")).status == 200)
      #expect(try await client.send(HTTPRequest(url: url + "/nothing")).status == 404)
      let put = HTTPRequest("PUT", url: url + "/debug/log-level", body: Array("debug".utf8))
      #expect(try await client.send(put).status == 200)
      let level = try await client.send(HTTPRequest(url: url + "/debug/log-level"))
      #expect(String(decoding: level.body, as: UTF8.self) == "debug\n")
    }
  }

  @Test("An answer of megabytes arrives whole")
  func large() async throws {
    let text = String(repeating: "0123456789abcdef", count: 400_000)
    try await serve(endpoint(["state": text])) { client, url in
      let page = try await client.send(HTTPRequest(url: url + "/debug/state"))
      #expect(page.body.count == text.utf8.count + 3)
    }
  }

  @Test("Clients that say nothing keep no probe waiting, and a hundred at once are answered")
  func silent() async throws {
    try await serve(endpoint()) { client, url in
      let port = try #require(UInt16(url.split(separator: ":").last ?? ""))
      let idle = (0..<20).map { _ in Self.connect(port) }
      defer { for descriptor in idle { close(descriptor) } }
      #expect(idle.allSatisfy { $0 >= 0 })
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<100 { group.addTask { try await client.send(HTTPRequest(url: url + "/livez")).status } }
        for try await status in group { #expect(status == 200) }
      }
    }
  }

  @Test("A port that another has is an error that says so")
  func taken() async throws {
    try await serve(endpoint()) { _, url in
      let port = try #require(Int(url.split(separator: ":").last ?? ""))
      let second = HealthServer(endpoint(), host: "127.0.0.1", port: port, now: { .zero })
      let error = await #expect(throws: SocketError.self) { try await second.run() }
      #expect(error?.description == "bind: Address already in use")
    }
  }

  private static func connect(_ port: UInt16) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return status == 0 ? descriptor : -1
  }
}
