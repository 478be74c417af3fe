import FoundationEssentials
import JSON
import Transport

extension ClusterConfiguration {
  /// How a kubeconfig's user logs in beside a client certificate. As in kubectl, a token file wins over a token.
  static func login(
    _ user: Kubeconfig.Entry, cluster: Kubeconfig.Entry, server: String
  ) throws(ConfigurationError) -> Login {
    let fields = user.fields
    if let path = try fields.string("tokenFile") {
      return .tokenFile(ConfigurationFile.resolve(path, beside: user.path))
    }
    if let token = try fields.string("token") { return .token(token) }
    if let name = try fields.string("username") {
      return .basic(user: name, password: try fields.string("password") ?? "")
    }
    if let exec = try fields.object("exec") {
      return .exec(try plugin(exec, beside: user.path, cluster: cluster, server: server))
    }
    if try fields.object("auth-provider") != nil {
      throw fields.error("auth-provider", "is a form that Kubernetes removed in 1.26; use exec")
    }
    return .anonymous
  }

  private static func plugin(
    _ fields: ConfigurationFields, beside path: String, cluster: Kubeconfig.Entry, server: String
  ) throws(ConfigurationError) -> ExecPlugin {
    let version = try fields.string("apiVersion") ?? ""
    guard ExecCredential.versions.contains(version) else {
      throw fields.error(
        "apiVersion", "must be one of \(ExecCredential.versions.joined(separator: ", ")), but is \"\(version)\"")
    }
    guard let command = try fields.string("command") else { throw fields.error("command", "is missing") }
    var environment: [String: String] = [:]
    for variable in try fields.objects("env") {
      guard let name = try variable.string("name") else { throw variable.error("name", "is missing") }
      environment[name] = try variable.string("value") ?? ""
    }
    var mode = ExecPlugin.InteractiveMode.ifAvailable
    if let text = try fields.string("interactiveMode") {
      guard let known = ExecPlugin.InteractiveMode(rawValue: text) else {
        throw fields.error("interactiveMode", "must be Never, IfAvailable or Always, but is \"\(text)\"")
      }
      mode = known
    }
    return ExecPlugin(
      apiVersion: version,
      // A name alone is looked up in PATH; a path is seen from the kubeconfig's folder.
      command: command.contains("/") ? ConfigurationFile.resolve(command, beside: path) : command,
      arguments: try fields.strings("args"), environment: environment, interactiveMode: mode,
      installHint: try fields.string("installHint"),
      clusterInfo: try fields.bool("provideClusterInfo") ? try info(cluster, server: server).text() : nil)
  }

  /// The cluster as `client.authentication.k8s.io` Cluster.
  private static func info(_ cluster: Kubeconfig.Entry, server: String) throws(ConfigurationError) -> JSONValue {
    var authority = try cluster.fields.string("certificate-authority-data")
    if authority == nil, let path = try cluster.fields.string("certificate-authority") {
      let bytes = try? ConfigurationFile.read(ConfigurationFile.resolve(path, beside: cluster.path))
      authority = bytes.map { Data($0).base64EncodedString() }
    }
    let extensions = try cluster.fields.objects("extensions")
    let config = extensions.first { $0.json["name"]?.string == "client.authentication.k8s.io/exec" }
    return .compact([
      "server": .string(server),
      "certificate-authority-data": authority.map(JSONValue.string),
      "tls-server-name": try cluster.fields.string("tls-server-name").map(JSONValue.string),
      "insecure-skip-tls-verify": try cluster.fields.bool("insecure-skip-tls-verify") ? true : nil,
      "proxy-url": try cluster.fields.string("proxy-url").map(JSONValue.string),
      "config": config?.json["extension"],
    ])
  }
}
