import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import Transport

/// What a credential plugin printed: a token, a client certificate, or both.
struct ExecCredential: Sendable, Hashable {
  let token: String?
  let certificate: TLSOptions.ClientCertificate?
  /// When to ask again; nil where the credentials last as long as the process.
  let expires: Date?

  static let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

  /// How long a plugin may take: longer where a person may have to log in.
  static let limit = Duration.seconds(60)
  static let interactiveLimit = Duration.seconds(600)

  /// Runs the plugin and reads what it prints.
  static func ask(_ plugin: ExecPlugin) async throws -> ExecCredential {
    let interactive = plugin.interactiveMode != .never && isatty(STDIN_FILENO) == 1
    if plugin.interactiveMode == .always, !interactive {
      throw error(plugin, "must ask a person (interactiveMode Always), but there is no terminal")
    }
    var environment = ProcessInfo.processInfo.environment
    environment.merge(plugin.environment) { _, new in new }
    environment["KUBERNETES_EXEC_INFO"] = info(plugin, interactive: interactive)
    let outcome: ChildProcess.Outcome
    do {
      outcome = try await ChildProcess.run(
        plugin.command, arguments: plugin.arguments, environment: environment, inheritsInput: interactive,
        limit: interactive ? interactiveLimit : limit)
    } catch let failure as ChildProcess.Failure {
      let hint = plugin.installHint.map { "; \($0)" } ?? ""
      throw error(plugin, failure.description + hint)
    }
    guard outcome.exitCode == 0 else {
      throw error(plugin, "ended with status \(outcome.exitCode); what it printed to standard error says why")
    }
    return try ExecCredential(outcome.output, of: plugin)
  }

  init(_ output: [UInt8], of plugin: ExecPlugin) throws(ConfigurationError) {
    guard let json = try? JSONValue(parsing: output), json["kind"]?.string == "ExecCredential" else {
      throw Self.error(plugin, "did not print an ExecCredential as JSON")
    }
    guard json["apiVersion"]?.string == plugin.apiVersion else {
      throw Self.error(
        plugin, "answered in \(json["apiVersion"]?.string ?? "no version"), but apiVersion is \(plugin.apiVersion)")
    }
    let status = json["status"]
    let token = status?["token"]?.string ?? ""
    let chain = status?["clientCertificateData"]?.string ?? ""
    let key = status?["clientKeyData"]?.string ?? ""
    guard chain.isEmpty == key.isEmpty else {
      throw Self.error(plugin, "gave only one of clientCertificateData and clientKeyData")
    }
    guard !token.isEmpty || !chain.isEmpty else {
      throw Self.error(plugin, "gave neither a token nor a client certificate")
    }
    self.token = token.isEmpty ? nil : token
    certificate = chain.isEmpty ? nil : .init(certificatePEM: Array(chain.utf8), keyPEM: Array(key.utf8))
    if let text = status?["expirationTimestamp"]?.string {
      guard let date = Timestamp.date(text) else {
        throw Self.error(plugin, "gave an expirationTimestamp that is not RFC 3339")
      }
      expires = date
    } else {
      expires = nil
    }
  }

  /// The value of `KUBERNETES_EXEC_INFO`.
  private static func info(_ plugin: ExecPlugin, interactive: Bool) -> String {
    var spec: JSONValue = ["interactive": .bool(interactive)]
    if let text = plugin.clusterInfo, let cluster = try? JSONValue(parsing: text) { spec["cluster"] = cluster }
    let out: JSONValue = ["apiVersion": .string(plugin.apiVersion), "kind": "ExecCredential", "spec": spec]
    return out.text()
  }

  private static func error(_ plugin: ExecPlugin, _ problem: String) -> ConfigurationError {
    ConfigurationError(code: .plugin, file: "credential plugin \(plugin.command)", problem: problem)
  }
}
