import FoundationEssentials
import JSON
import KubernetesAPI
import TestSupport
import Testing
import Transport

@Suite("A connection with TLS, as a kubeconfig describes it")
struct SecureConnectionTests {
  /// A server that wants a client certificate and says whose it was.
  static func server(_ certificates: Certificates) async throws -> Nginx {
    try await Nginx.start(
      """
      ssl_client_certificate \(certificates.authorityPath);
      ssl_verify_client on;
      location = /version { return 200 '{"gitVersion":"$ssl_client_s_dn","major":"1","minor":"32"}'; }
      """, certificates: certificates)
  }

  static func kubeconfig(
    _ certificates: Certificates, server: String, user: JSONValue, extra: JSONObject = [:]
  ) throws -> String {
    var cluster: JSONValue = [
      "server": .string(server),
      "certificate-authority-data": .string(Data(try certificates.authorityPEM()).base64EncodedString()),
    ]
    for (key, value) in extra { cluster[key] = value }
    let config: JSONValue = [
      "current-context": "c", "contexts": [["name": "c", "context": ["cluster": "c", "user": "c"]]],
      "clusters": [["name": "c", "cluster": cluster]], "users": [["name": "c", "user": user]],
    ]
    return config.text()
  }

  static func whoami(_ kubeconfig: String, _ folder: TemporaryFolder) async throws -> String {
    let path = try folder.write("config", kubeconfig)
    let client = KubernetesClient(try ClusterConfiguration.load(kubeconfig: path), userAgent: "martlet/test")
    do {
      let version = try await client.version().gitVersion
      await client.shutdown()
      return version
    } catch {
      await client.shutdown()
      throw error
    }
  }

  @Test("shows the client certificate that is in the file, or that a plugin hands out")
  func clientCertificates() async throws {
    let certificates = try Certificates()
    let folder = try TemporaryFolder()
    let nginx = try await Self.server(certificates)
    let server = "https://127.0.0.1:\(nginx.port)"

    let ada = try certificates.client("ada")
    let inline: JSONValue = [
      "client-certificate-data": .string(Data(ada.certificate).base64EncodedString()),
      "client-key-data": .string(Data(ada.key).base64EncodedString()),
    ]
    let first = try await Self.whoami(Self.kubeconfig(certificates, server: server, user: inline), folder)
    #expect(first.contains("CN=ada"))

    let bob = try certificates.client("bob")
    let credential: JSONValue = [
      "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
      "status": [
        "clientCertificateData": .string(String(decoding: bob.certificate, as: UTF8.self)),
        "clientKeyData": .string(String(decoding: bob.key, as: UTF8.self)),
      ],
    ]
    let answer = try folder.write("credential", credential.text())
    let plugin: JSONValue = [
      "exec": [
        "apiVersion": "client.authentication.k8s.io/v1", "command": "cat", "args": [.string(answer)],
        "interactiveMode": "Never",
      ]
    ]
    let second = try await Self.whoami(Self.kubeconfig(certificates, server: server, user: plugin), folder)
    #expect(second.contains("CN=bob"))
  }

  @Test("is refused where the server's name is another one, unless tls-server-name says which")
  func serverName() async throws {
    let certificates = try Certificates()
    let folder = try TemporaryFolder()
    let nginx = try await Self.server(certificates)
    let ada = try certificates.client("ada")
    let user: JSONValue = [
      "client-certificate-data": .string(Data(ada.certificate).base64EncodedString()),
      "client-key-data": .string(Data(ada.key).base64EncodedString()),
    ]
    let server = "https://127.0.0.1:\(nginx.port)"
    let wrong = try Self.kubeconfig(certificates, server: server, user: user, extra: ["tls-server-name": "other.test"])
    let error = try await #require(throws: ConnectionError.self) { try await Self.whoami(wrong, folder) }
    #expect(error.cause.code == .tls && error.description.hasPrefix("cannot reach the API server \(server): "))
    let right = try Self.kubeconfig(
      certificates, server: server, user: user, extra: ["tls-server-name": "martlet.test"])
    #expect(try await Self.whoami(right, folder).contains("CN=ada"))
  }

  @Test("goes through the proxy of proxy-url")
  func proxy() async throws {
    // The proxy of a plain-text server is asked for the whole URL.
    let proxy = try ScriptedServer([
      expect("GET", "http://api.invalid/version", .reply(200, #"{"gitVersion":"v1.32.0"}"#))
    ])
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "config",
      """
      current-context: c
      contexts: [{name: c, context: {cluster: c}}]
      clusters: [{name: c, cluster: {server: "http://api.invalid", proxy-url: "\(proxy.url)"}}]
      """)
    let client = KubernetesClient(try ClusterConfiguration.load(kubeconfig: path), userAgent: "martlet/test")
    #expect(try await client.version().gitVersion == "v1.32.0")
    await client.shutdown()
    #expect(proxy.problems() == [])
  }
}
