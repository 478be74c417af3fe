import FoundationEssentials
import JSON
import Testing
import Transport

@testable import LocalAPIServer

/// A server on a free port, and a client that trusts its authority.
@Suite struct ServingTests {
  private struct Echo: PodLogProvider {
    func logs(_ request: PodLogRequest) async throws -> AsyncStream<[UInt8]>? {
      if request.previous { throw PodLogError("previous terminated container \"main\" not found") }
      return AsyncStream { stream in
        stream.yield(Array("one\n".utf8))
        stream.yield(Array("two \(request.container)\n".utf8))
        stream.finish()
      }
    }
  }

  private struct Session: Sendable {
    let host: ClusterHost
    let client: HTTPClient
    let address: ServerAddress

    func makeClient() -> HTTPClient { Self.makeClient(address) }

    static func makeClient(_ address: ServerAddress) -> HTTPClient {
      var tls = TLSOptions()
      tls.trustRoots = .pem(Array(address.authorityPEM.utf8))
      return HTTPClient(HTTPClientConfiguration(tls: tls))
    }

    func send(_ method: String, _ path: String, _ body: JSONValue? = nil, token: String? = nil) -> HTTPRequest {
      HTTPRequest(
        method, url: address.url + path,
        headers: ["Authorization": "Bearer \(token ?? address.adminToken)", "Content-Type": "application/json"],
        body: body?.bytes())
    }
  }

  /// Runs `body` against a server, then stops it.
  private func withServer(_ body: @escaping @Sendable (Session) async throws -> Void) async throws {
    var configuration = LocalAPIServer.Configuration()
    configuration.logProviders = [Echo()]
    let server = LocalAPIServer(configuration: configuration)
    let authority = try CertificateAuthority(names: ["localhost"], addresses: ["127.0.0.1"])
    let host = ClusterHost(identity: ClusterIdentity()) { Date() }
    let (ready, announce) = AsyncStream<ServerAddress>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve(host, authority) { announce.yield($0) } }
      for await address in ready {
        let client = Session.makeClient(address)
        try await body(Session(host: host, client: client, address: address))
        await client.shutdown()
        break
      }
      group.cancelAll()
    }
  }

  @Test("nobody gets in without a token, and probes need none")
  func authentication() async throws {
    try await withServer { session in
      let stranger = try await session.client.send(session.send("GET", "/api/v1/pods", token: "wrong"))
      #expect(stranger.status == 401)
      let owner = try await session.client.send(session.send("GET", "/api/v1/pods"))
      #expect(owner.status == 200)
      let probe = try await session.client.send(HTTPRequest(url: session.address.url + "/readyz"))
      #expect(probe.status == 200)
    }
  }

  @Test("a watch streams each change at once, and is forgotten when its client goes")
  func watch() async throws {
    try await withServer { session in
      let maps = APIFixture.configMaps
      let watcher = session.makeClient()
      do {
        let stream = try await watcher.stream(session.send("GET", maps + "?watch=1&labelSelector=on"))
        #expect(stream.status == 200)
        var pieces = stream.body.makeAsyncIterator()
        for name in ["a", "b"] {
          let made = try await session.client.send(
            session.send("POST", maps, APIFixture.configMap(name, labels: ["on": "1"])))
          #expect(made.status == 201)
          var piece = try await pieces.next() ?? []
          // The first piece may be the empty one that comes with the headers.
          if piece.isEmpty { piece = try await pieces.next() ?? [] }
          let line = try JSONValue(parsing: piece)
          #expect(line["type"] == "ADDED")
          #expect(line["object"]?.name == name)
        }
        let open = await session.host.watchCount
        #expect(open == 1)
      }
      await watcher.shutdown()
      // The server learns of it on another connection: a bounded number of round trips later it has.
      for _ in 0..<2000 where await session.host.watchCount > 0 {
        _ = try await session.client.send(session.send("GET", "/version"))
      }
      let left = await session.host.watchCount
      #expect(left == 0)
    }
  }

  @Test("the output of a container comes from the node that runs it")
  func logs() async throws {
    try await withServer { session in
      let pods = APIFixture.pods
      _ = try await session.client.send(session.send("POST", pods, APIFixture.pod("p")))
      let early = try await session.client.send(session.send("GET", pods + "/p/log"))
      #expect(early.status == 400)
      _ = try await session.client.send(session.send("POST", pods + "/p/binding", ["target": ["name": "n"]]))
      let answer = try await session.client.send(session.send("GET", pods + "/p/log?follow=true"))
      #expect(String(decoding: answer.body, as: UTF8.self) == "one\ntwo main\n")
      let previous = try await session.client.send(session.send("GET", pods + "/p/log?previous=true"))
      #expect(previous.status == 400)
    }
  }
}
