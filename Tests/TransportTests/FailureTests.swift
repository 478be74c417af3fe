import Glibc
import TestSupport
import Testing
import Transport

/// Remembers the waits that a client asked for, and does not wait.
actor Sleeps {
  private(set) var waits: [Duration] = []

  func add(_ wait: Duration) { waits.append(wait) }

  nonisolated var pacing: Pacing {
    Pacing(sleep: { await self.add($0) }, unixTime: { 784_111_740 }, random: { 0 })
  }
}

@Suite("Failures and repetition", .timeLimit(.minutes(1)))
struct FailureTests {
  @Test("a safe request is sent again when its connection ends without an answer")
  func repeated() async throws {
    let server = try RawServer { connection in
      _ = connection.readHead()
      if connection.number >= 2 { connection.answer("ok") }
    }
    let sleeps = Sleeps()
    let client = HTTPClient(pacing: sleeps.pacing)
    #expect(try await client.send(HTTPRequest(url: server.url)).body == Array("ok".utf8))
    #expect(await sleeps.waits == [.milliseconds(50), .milliseconds(100)])
    await client.shutdown()
  }

  @Test("a request that may have changed something is not sent again")
  func once() async throws {
    let arrived = Tally()
    let server = try RawServer { connection in
      if connection.readHead() != nil { arrived.note() }
    }
    let client = HTTPClient()
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest("POST", url: server.url, body: []))
    }
    #expect(error?.code == .broken)
    #expect(error?.method == "POST")
    await arrived.wait(for: 1)
    #expect(await arrived.count == 1)
    await client.shutdown()
  }

  @Test("a refused connection is tried as often as the policy says, then reported")
  func refused() async throws {
    let port = try FreePort.next()
    let sleeps = Sleeps()
    let client = HTTPClient(.init(retry: RetryPolicy(attempts: 3)), pacing: sleeps.pacing)
    let error = await #expect(throws: TransportError.self) {
      try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
    }
    #expect(error?.code == .connect)
    #expect(await sleeps.waits.count == 2)
    await client.shutdown()
  }

  @Test("a body that ends too early is an error, collected or streamed")
  func truncated() async throws {
    let server = try RawServer { connection in
      _ = connection.readHead()
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n8\r\nsec")
    }
    let client = HTTPClient(.init(retry: .never))
    let collected = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(url: server.url)) }
    #expect(collected?.code == .broken)
    var bytes: [UInt8] = []
    let body = try await client.stream(HTTPRequest(url: server.url)).body
    let streamed = await #expect(throws: TransportError.self) {
      for try await chunk in body { bytes += chunk }
    }
    #expect(streamed?.code == .broken)
    #expect(bytes == Array("firstsec".utf8))
    await client.shutdown()
  }

  @Test("Retry-After is waited for with safe requests, up to the limit", arguments: ["429 Too Many", "503 Busy"])
  func retryAfter(status: String) async throws {
    let server = try RawServer { connection in
      while let head = connection.readHead() {
        let isPatient = head.contains("/patient")
        let wait = isPatient ? "3" : "Sun, 06 Nov 1994 08:49:31 GMT"
        if isPatient || connection.number > 0 {
          connection.answer("", status: status, fields: ["Retry-After: \(wait)"])
        } else {
          connection.answer("", status: status, fields: ["Retry-After: 30", "Connection: close"])
          return
        }
      }
    }
    let sleeps = Sleeps()
    let client = HTTPClient(pacing: sleeps.pacing)
    let response = try await client.send(HTTPRequest(url: server.url + "/"))
    // The second answer asks for 31 seconds.
    #expect(response.status == Int(status.prefix(3)))
    #expect(await sleeps.waits == [.seconds(30)])
    _ = try await client.send(HTTPRequest(url: server.url + "/patient"))
    #expect(await sleeps.waits == [.seconds(30), .seconds(3), .seconds(3), .seconds(3)])
    _ = try await client.send(HTTPRequest("POST", url: server.url + "/patient"))
    #expect(await sleeps.waits.count == 4)
    await client.shutdown()
  }

  @Test("a request ends when no byte moves, and when its time is up")
  func timeouts() async throws {
    let server = try RawServer { connection in
      _ = connection.readHead()
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
      connection.waitForClose()
    }
    let client = HTTPClient()
    let limits = [Timeouts(idle: .milliseconds(100)), Timeouts(idle: nil, total: .milliseconds(100))]
    for timeouts in limits {
      let request = HTTPRequest(url: server.url, timeouts: timeouts)
      let collected = await #expect(throws: TransportError.self) { try await client.send(request) }
      #expect(collected?.code == .timeout)
      let streamed = await #expect(throws: TransportError.self) {
        for try await _ in try await client.stream(request).body {}
      }
      #expect(streamed?.code == .timeout)
    }
    await client.shutdown()
  }

  @Test("a body above the limit is refused")
  func tooLarge() async throws {
    let server = try RawServer { connection in
      _ = connection.readHead()
      connection.answer("12345678901")
    }
    let client = HTTPClient(.init(maximumBodySize: 10))
    let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(url: server.url)) }
    #expect(error?.code == .tooLarge)
    await client.shutdown()
  }

  @Test("what is in flight, and what comes later, fails when the client is shut down")
  func shutdown() async throws {
    let arrived = Tally()
    let server = try RawServer { connection in
      _ = connection.readHead()
      arrived.note()
      connection.waitForClose()
    }
    let client = HTTPClient()
    let request = HTTPRequest(url: server.url)
    let held = Task { try await client.send(request) }
    let stream = Task { try await client.stream(request) }
    await arrived.wait(for: 2)
    await client.shutdown()
    await client.shutdown()
    #expect(await #expect(throws: TransportError.self) { try await held.value }?.code == .closed)
    #expect(await #expect(throws: TransportError.self) { try await stream.value }?.code == .closed)
    #expect(await #expect(throws: TransportError.self) { try await client.send(request) }?.code == .closed)
    #expect(await #expect(throws: TransportError.self) { try await client.stream(request) }?.code == .closed)
  }

  @Test("a dropped stream closes its transfer, and a dropped client its connections")
  func dropped() async throws {
    let closed = Tally()
    let server = try RawServer { connection in
      _ = connection.readHead()
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
      connection.waitForClose()
      closed.note()
    }
    let client = HTTPClient()
    do {
      let response = try await client.stream(HTTPRequest(url: server.url))
      #expect(response.status == 200)
    }
    await closed.wait(for: 1)
    var body = try await HTTPClient().stream(HTTPRequest(url: server.url)).body.makeAsyncIterator() as Optional
    #expect(try await body?.next() == Array("first".utf8))
    body = nil
    await closed.wait(for: 2)
    await client.shutdown()
  }

  @Test("processes that the program starts inherit no connection")
  func closesOnExec() async throws {
    let server = try RawServer { connection in
      _ = connection.readHead()
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
      connection.waitForClose()
    }
    let client = HTTPClient()
    let response = try await client.stream(HTTPRequest(url: server.url))
    var connections = 0
    for descriptor in Int32(3)..<4096 {
      var peer = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isPeer = withUnsafeMutablePointer(to: &peer) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) == 0 }
      }
      guard isPeer, Int(UInt16(bigEndian: peer.sin_port)) == server.port else { continue }
      connections += 1
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }
    #expect(connections == 1)
    #expect(response.status == 200)
    await client.shutdown()
  }

  @Test("requests are written as asked, without Expect, and handles are reused without traces")
  func written() async throws {
    let server = try RawServer { connection in
      while let head = connection.readHead() {
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let count = length.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        let read = connection.readBody(count)
        if head.hasPrefix("HEAD ") {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        } else {
          connection.answer("\(read) \(head)")
        }
      }
    }
    let client = HTTPClient(.init(userAgent: "tests/1", acceptsCompression: false))
    func sent(_ method: String, _ body: [UInt8]? = nil, _ headers: HTTPHeaders = [:]) async throws -> String {
      let response = try await client.send(HTTPRequest(method, url: server.url + "/p", headers: headers, body: body))
      return String(decoding: response.body, as: UTF8.self)
    }
    let common = "Host: 127.0.0.1:\(server.port)\r\nUser-Agent: tests/1\r\nAccept: */*\r\n"
    let plain = "0 GET /p HTTP/1.1\r\n\(common)\r\n"
    #expect(try await sent("GET") == plain)
    let large = [UInt8](repeating: 7, count: 3 << 20)
    let patch = try await sent("PATCH", large, ["Content-Type": "text/plain", "X-Empty": ""])
    #expect(
      patch == "\(large.count) PATCH /p HTTP/1.1\r\n\(common)Content-Type: text/plain\r\nX-Empty:\r\n"
        + "Content-Length: \(large.count)\r\n\r\n")
    #expect(try await sent("POST") == "0 POST /p HTTP/1.1\r\n\(common)Content-Length: 0\r\n\r\n")
    #expect(try await sent("HEAD") == "")
    #expect(try await sent("DELETE") == "0 DELETE /p HTTP/1.1\r\n\(common)\r\n")
    #expect(try await sent("DELETE", [1]) == "1 DELETE /p HTTP/1.1\r\n\(common)Content-Length: 1\r\n\r\n")
    #expect(try await sent("GET") == plain)
    await client.shutdown()
  }

  @Test("URLs that cannot be used are refused", arguments: ["", "nonsense://a/", "http://a b/", "file:///etc/passwd"])
  func urls(url: String) async throws {
    let client = HTTPClient()
    let error = await #expect(throws: TransportError.self) { try await client.send(HTTPRequest(url: url)) }
    #expect(error?.code == .invalidRequest)
    await client.shutdown()
  }

  @Test("proxies and their exceptions come from the environment")
  func proxy() async {
    await #expect(processExitsWith: .success) {
      let server = try RawServer { connection in
        while let head = connection.readHead() { connection.answer(String(head.prefix { $0 != "\r\n" })) }
      }
      setenv("http_proxy", server.url, 1)
      setenv("NO_PROXY", "127.0.0.1", 1)
      let client = HTTPClient()
      let proxied = try await client.send(HTTPRequest(url: "http://elsewhere.test/a")).body
      try #require(proxied == Array("GET http://elsewhere.test/a HTTP/1.1".utf8))
      let direct = try await client.send(HTTPRequest(url: server.url + "/a")).body
      try #require(direct == Array("GET /a HTTP/1.1".utf8))
      await client.shutdown()
    }
  }
}
