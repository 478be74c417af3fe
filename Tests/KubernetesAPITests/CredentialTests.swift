import FoundationEssentials
import Glibc
import JSON
import Testing
import TestSupport
import Threads

@testable import KubernetesAPI
@testable import Transport

@Suite("Credentials")
struct CredentialTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("are read again when a token file is replaced, and kept while it is missing")
  func rotation() async throws {
    let path = try folder.write("token", "one\n")
    let source = CredentialSource(.tokenFile(path))
    #expect(try await source.current().authorization == "Bearer one")
    try folder.write("next", "second\n")
    #expect(rename(folder.file("next"), path) == 0)
    #expect(try await source.current().authorization == "Bearer second")
    unlink(path)
    #expect(try await source.current().authorization == "Bearer second")
    let none = CredentialSource(.tokenFile(path))
    await #expect(throws: ConfigurationError.self) { try await none.current() }
  }

  @Test("of a plugin are kept until they expire")
  func expiry() async throws {
    let plugin = try script(
      """
      echo x >> "$1/calls"
      n=$(wc -l < "$1/calls")
      printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s","expirationTimestamp":"2026-01-01T00:10:00Z"}}' $n
      """)
    let clock = Locked(try #require(try? Date("2026-01-01T00:00:00Z", strategy: .iso8601)))
    let source = CredentialSource(.exec(plugin), now: { clock.withLock { $0 } })
    #expect(try await source.current().authorization == "Bearer t1")
    #expect(try await source.current().authorization == "Bearer t1")
    clock.withLock { $0 += 600 }
    #expect(try await source.current().authorization == "Bearer t2")
  }

  @Test("of a plugin are asked for once by callers at the same time, and again after a refusal")
  func sharing() async throws {
    let plugin = try script(
      """
      echo x >> "$1/calls"
      printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t%s"}}' $(wc -l < "$1/calls")
      """)
    let source = CredentialSource(.exec(plugin))
    let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<8 { group.addTask { try await source.current().authorization } }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(tokens == ["Bearer t1"])
    let refused = try await source.current().serial
    #expect(await source.renew(after: refused))
    #expect(try await source.current().authorization == "Bearer t2")
    // Another caller that was refused with the old one does not drop the new one.
    #expect(await source.renew(after: refused))
    #expect(try await source.current().authorization == "Bearer t2")
  }

  @Test("of a plugin can be a client certificate, and the plugin is told what it may know")
  func certificate() async throws {
    let plugin = try script(
      """
      printf '%s' "$KUBERNETES_EXEC_INFO" > "$1/info"
      printf '%s' "$EXTRA" > "$1/extra"
      echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"C","clientKeyData":"K"}}'
      """, environment: ["EXTRA": "é"], clusterInfo: #"{"server":"https://s"}"#)
    let credential = try await CredentialSource(.exec(plugin)).current()
    #expect(credential.authorization == nil)
    #expect(credential.certificate == .init(certificatePEM: Array("C".utf8), keyPEM: Array("K".utf8)))
    let info = String(decoding: try folder.read("info"), as: UTF8.self)
    #expect(
      info
        == #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"cluster":{"server":"https://s"},"interactive":false}}"#
    )
    #expect(String(decoding: try folder.read("extra"), as: UTF8.self) == "é")
  }

  @Test(
    "of a plugin that fails are an error that names it, without what it printed",
    arguments: [
      ("exit 3", "ended with status 3"), ("echo s3cret", "did not print an ExecCredential"),
      (
        #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'"#,
        "answered in client.authentication.k8s.io/v1beta1"
      ),
      (
        #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'"#,
        "neither a token"
      ),
      (
        #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"s3cret","expirationTimestamp":"soon"}}'"#,
        "not RFC 3339"
      ),
      ("kill -9 $$", "ended with status 137"), ("head -c 2000000 /dev/zero", "more than a megabyte"),
    ])
  func failures(body: String, problem: String) async throws {
    let plugin = try script(body)
    let error = try await #require(throws: ConfigurationError.self) {
      try await CredentialSource(.exec(plugin)).current()
    }
    #expect(error.code == .plugin && error.problem.contains(problem))
    #expect(error.file == "credential plugin sh" && !error.description.contains("s3cret"))
  }

  @Test("of a plugin that is not installed come with its hint")
  func missing() async throws {
    let plugin = ExecPlugin(command: "martlet-no-such-plugin", interactiveMode: .never, installHint: "install it")
    let error = try await #require(throws: ConfigurationError.self) {
      try await CredentialSource(.exec(plugin)).current()
    }
    #expect(error.problem.hasPrefix("cannot be started: ") && error.problem.hasSuffix("; install it"))
  }

  @Test("of a plugin that hangs are given up when the caller is cancelled")
  func cancellation() async throws {
    let plugin = try script("exec sleep 1000")
    let source = CredentialSource(.exec(plugin))
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { (try? await source.current()) == nil }
      group.cancelAll()
      for await failed in group { #expect(failed) }
    }
  }

  @Test("are sent, and renewed once after a 401")
  func unauthorized() async throws {
    let path = try folder.write("token", "one")
    let refusal = ScriptedServer.Answer.reply(401, JSONValue.status(401, "Unauthorized", "who?").text())
    func sends(_ authorization: String) -> @Sendable (ScriptedServer.Request) -> Bool {
      { $0.headers["authorization"] == authorization }
    }
    let target = "/version"
    try await withClient(
      [
        expect("GET", target, where: sends("Bearer one"), refusal),
        expect("GET", target, where: sends("Bearer one"), .reply(200, "{}")),
        expect("GET", target, refusal), expect("GET", target, refusal),
      ], login: .tokenFile(path)
    ) { client, _, _ in
      _ = try await client.version()
      let error = try await #require(throws: APIError.self) { try await client.version() }
      #expect(error.isUnauthorized)
    }
    try await withClient(
      [expect("GET", target, where: sends("Basic dTpw"), refusal)], login: .basic(user: "u", password: "p")
    ) { client, _, _ in
      await #expect(throws: APIError.self) { try await client.version() }
    }
  }

  @Test("are never printed")
  func redaction() {
    let plugin = ExecPlugin(command: "aws", arguments: ["s3cret"], environment: ["A": "s3cret"])
    for login in [Login.token("s3cret"), .basic(user: "u", password: "s3cret"), .exec(plugin)] {
      var configuration = ClusterConfiguration(server: "https://s", login: login)
      configuration.tls.clientCertificate = .init(certificatePEM: [], keyPEM: Array("s3cret".utf8))
      var dumped = ""
      dump(configuration, to: &dumped)
      #expect(!"\(configuration) \(String(reflecting: login)) \(dumped)".contains("s3cret"))
    }
  }

  private func script(
    _ body: String, environment: [String: String] = [:], clusterInfo: String? = nil
  ) throws -> ExecPlugin {
    // The shell is the program: a file that was written a moment ago may be busy in another process that starts.
    let path = try folder.write("plugin", body + "\n")
    return ExecPlugin(
      command: "sh", arguments: [path, folder.path], environment: environment, interactiveMode: .never,
      clusterInfo: clusterInfo)
  }
}
