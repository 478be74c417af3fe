/// A private certificate authority, a server certificate for `localhost`, 127.0.0.1 and `martlet.test`, and client
/// certificates, made with the `openssl` command.
public final class Certificates: Sendable {
  private let folder: TemporaryFolder

  public init() throws {
    folder = try TemporaryFolder()
    try authority("ca")
    try issue(
      "server", subject: "/CN=localhost", extensions: "subjectAltName=DNS:localhost,DNS:martlet.test,IP:127.0.0.1")
  }

  public var authorityPath: String { folder.file("ca.pem") }
  public var serverCertificatePath: String { folder.file("server.pem") }
  public var serverKeyPath: String { folder.file("server.key") }

  /// The PEM text of the authority's certificate.
  public func authorityPEM() throws -> [UInt8] { try folder.read("ca.pem") }

  /// The certificate of another authority, which signed none of these certificates.
  public func strangerPEM() throws -> [UInt8] {
    try authority("stranger")
    return try folder.read("stranger.pem")
  }

  /// A client certificate signed by the authority.
  public func client(_ name: String, organisation: String = "martlet") throws -> (certificate: [UInt8], key: [UInt8]) {
    try issue(name, subject: "/O=\(organisation)/CN=\(name)", extensions: "extendedKeyUsage=clientAuth")
    return (try folder.read("\(name).pem"), try folder.read("\(name).key"))
  }

  private func authority(_ name: String) throws {
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=\(name)", "-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).pem"))
  }

  private func issue(_ name: String, subject: String, extensions: String) throws {
    try folder.write("\(name).ext", extensions)
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
      "-keyout", folder.file("\(name).key"), "-out", folder.file("\(name).csr"))
    try openssl(
      "x509", "-req", "-in", folder.file("\(name).csr"), "-CA", folder.file("ca.pem"), "-CAkey", folder.file("ca.key"),
      "-CAcreateserial", "-days", "2", "-extfile", folder.file("\(name).ext"), "-out", folder.file("\(name).pem"))
  }

  private func openssl(_ arguments: String...) throws {
    try ServerProcess.run("openssl", arguments)
  }
}
