/// How `https` servers are verified, and what the client shows of itself.
public struct TLSOptions: Sendable, Hashable {
  /// The certificates that a server's certificate must lead to.
  public enum TrustRoots: Sendable, Hashable {
    /// Those of the operating system.
    case system
    /// One or more certificates as PEM text.
    case pem([UInt8])
    /// A file with certificates as PEM text, read at every new connection.
    case file(String)
  }

  /// A certificate chain and its private key, both as PEM text. Never printed.
  public struct ClientCertificate: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public let certificatePEM: [UInt8]
    public let keyPEM: [UInt8]

    public init(certificatePEM: [UInt8], keyPEM: [UInt8]) {
      self.certificatePEM = certificatePEM
      self.keyPEM = keyPEM
    }

    public var description: String { "ClientCertificate" }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// False accepts any certificate, for any name: a person in the middle can then read and change everything.
  public var verifyPeer: Bool
  public var trustRoots: TrustRoots
  public var clientCertificate: ClientCertificate?
  /// The name that the server's certificate must carry and that is sent for it to choose one, instead of the URL's
  /// host.
  public var serverName: String?

  public init(
    verifyPeer: Bool = true, trustRoots: TrustRoots = .system, clientCertificate: ClientCertificate? = nil,
    serverName: String? = nil
  ) {
    self.verifyPeer = verifyPeer
    self.trustRoots = trustRoots
    self.clientCertificate = clientCertificate
    self.serverName = serverName
  }
}
