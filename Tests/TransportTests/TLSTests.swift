import TestSupport
import Testing
import Transport

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  func nginx() async throws -> Nginx {
    try await Nginx.start(
      """
      ssl_client_certificate \(certificates.authorityPath);
      ssl_verify_client on;
      location = /who { return 200 "$ssl_client_s_dn $host"; }
      """, certificates: certificates)
  }

  func get(_ client: HTTPClient, _ nginx: Nginx, host: String = "127.0.0.1") async throws -> (Int, String) {
    let response = try await client.send(HTTPRequest(url: "https://\(host):\(nginx.port)/who?token=hidden"))
    return (response.status, String(decoding: response.body, as: UTF8.self))
  }

  func clientCertificate(_ name: String) throws -> TLSOptions.ClientCertificate {
    let pair = try certificates.client(name)
    return .init(certificatePEM: pair.certificate, keyPEM: pair.key)
  }

  @Test("a client certificate is shown, and can be replaced while the client runs")
  func mutual() async throws {
    let nginx = try await nginx()
    var tls = TLSOptions(trustRoots: .pem(try certificates.authorityPEM()))
    let client = HTTPClient(.init(tls: tls))
    #expect(try await get(client, nginx).0 == 400)
    for name in ["first", "second"] {
      tls.clientCertificate = try clientCertificate(name)
      client.reconfigure(tls: tls)
      #expect(try await get(client, nginx) == (200, "CN=\(name),O=martlet 127.0.0.1"))
    }
    await client.shutdown()
  }

  @Test("a server that the trust roots do not vouch for is a TLS error without the query's secrets")
  func stranger() async throws {
    let nginx = try await nginx()
    for roots in [TLSOptions.TrustRoots.pem(try certificates.strangerPEM()), .system] {
      let client = HTTPClient(.init(tls: TLSOptions(trustRoots: roots)))
      let error = await #expect(throws: TransportError.self) { try await get(client, nginx) }
      #expect(error?.code == .tls)
      #expect(error?.curlCode == 60)
      #expect(error?.method == "GET")
      #expect(error?.url == "https://127.0.0.1:\(nginx.port)/who?token=REDACTED")
      #expect(error?.message.contains("certificate") == true)
      await client.shutdown()
    }
  }

  @Test("trust roots can be a file, and verification can be switched off")
  func roots() async throws {
    let nginx = try await nginx()
    for tls in [TLSOptions(trustRoots: .file(certificates.authorityPath)), TLSOptions(verifyPeer: false)] {
      let client = HTTPClient(.init(tls: tls))
      #expect(try await get(client, nginx).0 == 400)
      await client.shutdown()
    }
  }

  @Test("a server name is verified instead of the host, which the server still sees")
  func serverName() async throws {
    let nginx = try await nginx()
    let roots = TLSOptions.TrustRoots.pem(try certificates.authorityPEM())
    let good = TLSOptions(
      trustRoots: roots, clientCertificate: try clientCertificate("named"), serverName: "martlet.test")
    let client = HTTPClient(.init(tls: good))
    #expect(try await get(client, nginx) == (200, "CN=named,O=martlet 127.0.0.1"))
    await client.shutdown()
    let wrong = HTTPClient(.init(tls: TLSOptions(trustRoots: roots, serverName: "other.test")))
    let error = await #expect(throws: TransportError.self) { try await get(wrong, nginx) }
    #expect(error?.code == .tls)
    await wrong.shutdown()
  }

  @Test("a client certificate that is none is a TLS error")
  func nonsense() async throws {
    let nginx = try await nginx()
    let certificate = TLSOptions.ClientCertificate(certificatePEM: Array("no".utf8), keyPEM: Array("no".utf8))
    let tls = TLSOptions(trustRoots: .pem(try certificates.authorityPEM()), clientCertificate: certificate)
    let client = HTTPClient(.init(tls: tls))
    let error = await #expect(throws: TransportError.self) { try await get(client, nginx) }
    #expect(error?.code == .tls)
    await client.shutdown()
  }
}
