import Glibc
import TestSupport
import Testing
import Transport

@Suite("HTTP/2 against nginx", .timeLimit(.minutes(1)))
struct MultiplexingTests {
  let certificates: Certificates
  let client: HTTPClient

  init() throws {
    certificates = try Certificates()
    client = HTTPClient(.init(tls: TLSOptions(trustRoots: .pem(try certificates.authorityPEM()))))
  }

  static let locations = """
    location = /connection { return 200 "$connection $server_protocol"; }
    """

  func text(_ url: String) async throws -> String {
    String(decoding: try await client.send(HTTPRequest(url: url)).body, as: UTF8.self)
  }

  /// The answers of `count` requests sent at the same time.
  func concurrently(_ count: Int, _ url: String) async throws -> [String] {
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<count { group.addTask { try await text(url) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test("128 requests at once on a cold client share one HTTP/2 connection")
  func coldStart() async throws {
    let nginx = try await Nginx.start(Self.locations, certificates: certificates)
    let answers = try await concurrently(128, "https://127.0.0.1:\(nginx.port)/connection")
    #expect(answers.count == 128)
    #expect(Set(answers).count == 1)
    #expect(answers.first?.hasSuffix("HTTP/2.0") == true)
    await client.shutdown()
  }

  @Test("requests that started together leave nothing held back for those that come after them")
  func uncorked() async throws {
    // HTTP/1.1, where connections are given back and taken again all the time.
    let nginx = try await Nginx.start(Self.locations, certificates: nil)
    let url = "http://127.0.0.1:\(nginx.port)/connection"
    let times = try await withThrowingTaskGroup(of: [Duration].self) { group in
      for _ in 0..<3 {
        group.addTask {
          var times: [Duration] = []
          for _ in 0..<60 { times.append(try await ContinuousClock().measure { _ = try await text(url) }) }
          return times
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    // The kernel lets go of what is held back after 200 ms, which would show in most of them.
    #expect(times.count { $0 > .milliseconds(190) } < times.count / 2)
    await client.shutdown()
  }

  @Test("over HTTP/1.1 the connections of one burst of requests serve the next")
  func keepsConnections() async throws {
    let nginx = try await Nginx.start(Self.locations, certificates: nil)
    var answers: Set<String> = []
    for _ in 0..<8 {
      answers.formUnion(try await concurrently(16, "http://127.0.0.1:\(nginx.port)/connection"))
    }
    #expect(answers.count <= 16)
    await client.shutdown()
  }

  @Test("requests go on over new connections when the server ends each after 10 requests")
  func goAway() async throws {
    let nginx = try await Nginx.start("keepalive_requests 10;" + Self.locations, certificates: certificates)
    let url = "https://localhost:\(nginx.port)/connection"
    let answers = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<16 {
        group.addTask {
          var answers: [String] = []
          for _ in 0..<20 { answers.append(try await text(url)) }
          return answers
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(answers.count == 320)
    #expect(Set(answers).count >= 20)
    await client.shutdown()
  }

  @Test("a cancelled request ends at once and leaves the connection to others")
  func cancellation() async throws {
    let arrived = Tally()
    let raw = try RawServer { connection in
      _ = connection.readHead()
      arrived.note()
      connection.waitForClose()
    }
    let nginx = try await Nginx.start(
      Self.locations + "location = /hold { proxy_pass \(raw.url); }", certificates: certificates)
    let url = "https://127.0.0.1:\(nginx.port)"
    let before = try await text(url + "/connection")
    let held = Task { try await client.send(HTTPRequest(url: url + "/hold")) }
    await arrived.wait(for: 1)
    held.cancel()
    await #expect(throws: CancellationError.self) { try await held.value }
    #expect(try await text(url + "/connection") == before)

    let never = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.send(HTTPRequest(url: url + "/connection"))
    }
    await #expect(throws: CancellationError.self) { try await never.value }
    await client.shutdown()
  }

  @Test("a stream that nobody reads pauses; other streams on its connection go on, and it is complete later")
  func backPressure() async throws {
    let nginx = try await Nginx.start(Self.locations, certificates: certificates)
    let size = 40 << 20
    try nginx.folder.write("large", String(repeating: "0123456789abcdef", count: size / 16))
    let url = "https://127.0.0.1:\(nginx.port)"
    let large = try await client.stream(HTTPRequest(url: url + "/large"))
    var answers: Set<String> = []
    for _ in 0..<50 {
      let small = try await client.stream(HTTPRequest(url: url + "/connection"))
      var bytes: [UInt8] = []
      for try await chunk in small.body { bytes += chunk }
      answers.insert(String(decoding: bytes, as: UTF8.self))
    }
    #expect(answers.count == 1)
    var received = 0
    for try await chunk in large.body { received += chunk.count }
    #expect(received == size)
    await client.shutdown()
  }

  @Test("a server cannot send much more than its reader takes")
  func bounded() async throws {
    let size = 64 << 20
    let sent = Tally()
    let server = try RawServer { connection in
      guard connection.readHead()?.hasPrefix("GET /large ") == true else { return connection.answer("small") }
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
      connection.write([UInt8](repeating: 7, count: size))
      sent.note()
    }
    let large = try await client.stream(HTTPRequest(url: server.url + "/large"))
    for _ in 0..<50 {
      for try await chunk in try await client.stream(HTTPRequest(url: server.url + "/small")).body {
        #expect(chunk == Array("small".utf8))
      }
    }
    #expect(await sent.count == 0)
    var received = 0
    for try await chunk in large.body {
      received += chunk.count
      #expect(chunk.count < 1 << 20)
    }
    #expect(received == size)
    await sent.wait(for: 1)
    await client.shutdown()
  }

  @Test("compressed bodies are unpacked")
  func compression() async throws {
    let nginx = try await Nginx.start("gzip on; gzip_types *;" + Self.locations, certificates: certificates)
    let file = String(repeating: "0123456789abcdef", count: 4096)
    try nginx.folder.write("file", file)
    let response = try await client.send(HTTPRequest(url: "https://127.0.0.1:\(nginx.port)/file"))
    #expect(response.headers["content-encoding"] == "gzip")
    #expect(response.body == Array(file.utf8))
    await client.shutdown()
  }
}
