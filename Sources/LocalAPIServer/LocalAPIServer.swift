public import FoundationEssentials
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL

/// A Kubernetes API server for this machine: all state in memory, TLS on a loopback address, HTTP/1.1.
///
/// It answers what kubectl and the operator use as Kubernetes 1.36 does, and everything else with a `Status` that says
/// so. Controllers and nodes are separate clients of it.
public struct LocalAPIServer: Sendable {
  public struct Configuration: Sendable {
    /// The address to serve on.
    public var host = "127.0.0.1"
    /// The port to serve on; 0 takes a free one.
    public var port = 0
    /// What the addresses of Services begin with: the first two numbers of a network of this machine alone.
    public var serviceNetwork = "127.96"
    /// Who can read the output of containers, asked in order.
    public var logProviders: [any PodLogProvider] = []
    /// The time that the server goes by.
    public var clock: @Sendable () -> Date = { Date() }

    public init() {}
  }

  private let configuration: Configuration

  public init(configuration: Configuration = Configuration()) { self.configuration = configuration }

  /// Serves until the task is cancelled; `onReady` is told the address once connections are accepted. Throws where
  /// the address cannot be served on.
  public func run(onReady: @escaping @Sendable (ServerAddress) async -> Void) async throws {
    let addresses = AddressRange(network: configuration.serviceNetwork)
    let authority = try CertificateAuthority(
      names: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
      addresses: ["127.0.0.1", "::1", addresses.apiServer])
    var identity = ClusterIdentity()
    identity.addresses = addresses
    identity.host = configuration.host
    identity.port = configuration.port
    identity.authorityPEM = authority.certificatePEM
    let host = ClusterHost(identity: identity, clock: configuration.clock)
    try await serve(host, authority, onReady: onReady)
  }

  /// Serves a cluster.
  func serve(
    _ host: ClusterHost, _ authority: CertificateAuthority,
    onReady: @escaping @Sendable (ServerAddress) async -> Void
  ) async throws {
    let token = await host.adminToken
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(authority.serverCertificatePEM.utf8))
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(authority.serverKeyPEM.utf8), format: .pem)))
    tls.minimumTLSVersion = .tlsv12
    // HTTP/1.1 only: SwiftNIO's HTTP/2 ends a connection after 200 frames for streams that are over, and libcurl sends
    // one with nearly every answer, so a client would lose its connection, and a request with it, every 200 requests.
    tls.applicationProtocols = ["http/1.1"]
    var logger = Logger(label: "martlet-local")
    logger.logLevel = .critical
    let served = configuration.host
    let application = Application(
      responder: APIResponder(host: host, logs: configuration.logProviders, clock: configuration.clock),
      server: try .tls(.http1(), tlsConfiguration: tls),
      configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
      onServerRunning: { channel in
        await onReady(
          ServerAddress(
            host: served, port: channel.localAddress?.port ?? 0, authorityPEM: authority.certificatePEM,
            adminToken: token))
      },
      logger: logger)
    try await application.run()
  }
}
