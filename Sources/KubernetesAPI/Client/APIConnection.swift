import Transport

/// The connections to one API server together with the login that goes with each request.
actor APIConnection {
  struct Session: Sendable {
    let client: HTTPClient
    /// The value of the `Authorization` header.
    let authorization: String?
    /// Which of the source's credentials this is.
    let serial: Int
  }

  private let client: HTTPClient
  private let source: CredentialSource
  private var tls: TLSOptions

  init(_ configuration: ClusterConfiguration, userAgent: String) {
    tls = configuration.tls
    source = CredentialSource(configuration.login)
    // Watches can be silent for long; a hung server is told from a quiet one by asking something else.
    let prefix = configuration.server.split(separator: "/", omittingEmptySubsequences: true).dropFirst(2)
    let path = prefix.map { "/" + $0 }.joined() + "/readyz"
    client = HTTPClient(
      HTTPClientConfiguration(
        tls: configuration.tls, userAgent: userAgent, health: HealthRule(probe: .init(path: path)),
        proxy: configuration.proxy))
  }

  /// What the next request is sent with.
  func session() async throws -> Session {
    let credential = try await source.current()
    // A credential plugin can hand out client certificates, which belong to connections and not to requests.
    if let certificate = credential.certificate, certificate != tls.clientCertificate {
      tls.clientCertificate = certificate
      client.reconfigure(tls: tls)
    }
    return Session(client: client, authorization: credential.authorization, serial: credential.serial)
  }

  /// After a 401: drops the credential where another one can be had, and says whether it can.
  func renew(after session: Session) async -> Bool { await source.renew(after: session.serial) }

  func shutdown() async { await client.shutdown() }
}
