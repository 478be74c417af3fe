import Glibc
import TestSupport
import Testing
import Transport

@Suite("Hung peers", .timeLimit(.minutes(1)))
struct HealthTests {
  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  func client(_ health: HealthRule) throws -> HTTPClient {
    HTTPClient(.init(tls: TLSOptions(trustRoots: .pem(try certificates.authorityPEM())), health: health))
  }

  /// Stops the worker that serves all connections, and starts another that serves new ones.
  func hang(_ nginx: Nginx) async throws -> pid_t {
    let worker = try #require(try nginx.workers().first)
    kill(worker, SIGSTOP)
    try await nginx.reload()
    return worker
  }

  @Test("after two silent time-outs a connection is replaced, and what else was safe on it is sent again")
  func replaced() async throws {
    let nginx = try await Nginx.start(MultiplexingTests.locations, certificates: certificates)
    let client = try client(HealthRule(timeoutsInARow: 2))
    let url = "https://127.0.0.1:\(nginx.port)/connection"
    let before = try await client.send(HTTPRequest(url: url))
    let worker = try await hang(nginx)
    defer { kill(worker, SIGKILL) }

    async let patient = client.send(HTTPRequest(url: url, timeouts: Timeouts(idle: .seconds(600))))
    for _ in 0..<2 {
      let error = await #expect(throws: TransportError.self) {
        try await client.send(HTTPRequest(url: url, timeouts: Timeouts(idle: .milliseconds(200))))
      }
      #expect(error?.code == .timeout)
      #expect(error?.curlCode == 28)
    }
    let repeated = try await patient
    #expect(repeated.status == 200)
    #expect(repeated.body != before.body)
    #expect(try await client.send(HTTPRequest(url: url)).body == repeated.body)
    await client.shutdown()
  }

  @Test("requests one after the other find a hung connection too")
  func serial() async throws {
    let nginx = try await Nginx.start(MultiplexingTests.locations, certificates: certificates)
    let client = try client(HealthRule(timeoutsInARow: 3))
    let url = "https://127.0.0.1:\(nginx.port)/connection"
    let before = try await client.send(HTTPRequest(url: url))
    let worker = try await hang(nginx)
    defer { kill(worker, SIGKILL) }
    let brief = Duration.milliseconds(100)
    for timeouts in [Timeouts(idle: brief), Timeouts(total: brief), Timeouts(idle: brief)] {
      let error = await #expect(throws: TransportError.self) {
        try await client.send(HTTPRequest("POST", url: url, timeouts: timeouts))
      }
      #expect(error?.code == .timeout)
    }
    #expect(try await client.send(HTTPRequest("POST", url: url)).body != before.body)
    await client.shutdown()
  }

  @Test("a connection that brings something else is not closed because of a time-out")
  func alive() async throws {
    let arrived = Tally()
    let raw = try RawServer { connection in
      _ = connection.readHead()
      arrived.note()
      connection.waitForClose()
    }
    let nginx = try await Nginx.start(
      MultiplexingTests.locations + "location = /hold { proxy_pass \(raw.url); }", certificates: certificates)
    let client = try client(HealthRule(timeoutsInARow: 1))
    let url = "https://127.0.0.1:\(nginx.port)"
    let before = try await client.send(HTTPRequest(url: url + "/connection"))
    let request = HTTPRequest(url: url + "/hold", timeouts: Timeouts(idle: .seconds(2)))
    let held = Task { try await client.send(request) }
    await arrived.wait(for: 1)
    #expect(try await client.send(HTTPRequest(url: url + "/connection")).body == before.body)
    let error = await #expect(throws: TransportError.self) { try await held.value }
    #expect(error?.code == .timeout)
    #expect(try await client.send(HTTPRequest(url: url + "/connection")).body == before.body)
    await client.shutdown()
  }

  @Test("a silent stream over a hung connection ends when a probe is not answered")
  func probed() async throws {
    let raw = try RawServer { connection in
      _ = connection.readHead()
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
      connection.waitForClose()
    }
    let nginx = try await Nginx.start(
      MultiplexingTests.locations + "location = /watch { proxy_pass \(raw.url); proxy_buffering off; }",
      certificates: certificates)
    let probe = HealthRule.Probe(path: "/connection", silence: .milliseconds(200), patience: .milliseconds(300))
    let client = try client(HealthRule(probe: probe))
    let request = HTTPRequest(url: "https://127.0.0.1:\(nginx.port)/watch", timeouts: Timeouts(idle: nil))
    let response = try await client.stream(request)
    var chunks = response.body.makeAsyncIterator()
    #expect(try await chunks.next() == Array("first".utf8))
    let worker = try await hang(nginx)
    defer { kill(worker, SIGKILL) }
    let error = await #expect(throws: TransportError.self) { while try await chunks.next() != nil {} }
    #expect(error?.code == .broken)
    await client.shutdown()
  }

  @Test("a silent stream over a healthy connection survives its probes")
  func healthy() async throws {
    let probes = Tally()
    let raw = try RawServer { connection in
      guard let head = connection.readHead() else { return }
      guard head.hasPrefix("GET /watch ") else {
        probes.note()
        return connection.answer("ok", fields: ["Connection: close"])
      }
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
      connection.waitForClose()
    }
    let nginx = try await Nginx.start(
      "location / { proxy_pass \(raw.url); proxy_http_version 1.1; proxy_buffering off; }", certificates: certificates)
    let probe = HealthRule.Probe(path: "/readyz", silence: .milliseconds(50), patience: .seconds(60))
    let client = try client(HealthRule(probe: probe))
    let request = HTTPRequest(url: "https://127.0.0.1:\(nginx.port)/watch", timeouts: Timeouts(idle: nil))
    let response = try await client.stream(request)
    var chunks = response.body.makeAsyncIterator()
    #expect(try await chunks.next() == Array("first".utf8))
    let rest = Task { [chunks] in
      var chunks = chunks
      return try await chunks.next()
    }
    await probes.wait(for: 3)
    rest.cancel()
    await #expect(throws: CancellationError.self) { try await rest.value }
    await client.shutdown()
  }
}
