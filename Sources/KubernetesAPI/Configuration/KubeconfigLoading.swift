public import FoundationEssentials
import JSON
import Transport

extension ClusterConfiguration {
  /// The configuration that a kubeconfig describes, found as kubectl finds it.
  ///
  /// - Parameters:
  ///   - path: one file, which must exist; nil means the files of `KUBECONFIG` (with colons between; missing ones are
  ///     passed over), or `~/.kube/config` where that is not set.
  ///   - context: the context to use; nil means the current one.
  public static func load(
    kubeconfig path: String? = nil, context: String? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ConfigurationError) -> ClusterConfiguration {
    let kubeconfig = try read(path, environment: environment)
    let context = try kubeconfig.context(context)
    let cluster = try kubeconfig.cluster(of: context)
    let user = try kubeconfig.user(of: context)

    var out = ClusterConfiguration(server: try server(cluster.fields))
    out.origin = "\(context.fields.file), context \"\(context.name)\""
    out.defaultNamespace = try context.fields.string("namespace") ?? "default"
    out.proxy = try cluster.fields.string("proxy-url")
    out.tls = try trust(cluster)
    if let user {
      out.tls.clientCertificate = try certificate(user)
      out.login = try login(user, cluster: cluster, server: out.server)
      out.impersonation = try impersonation(user.fields)
    }
    return out
  }

  private static func read(
    _ path: String?, environment: [String: String]
  ) throws(ConfigurationError) -> Kubeconfig {
    var paths: [String]
    var mayBeMissing = false
    if let path {
      paths = [path]
    } else {
      paths = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
      mayBeMissing = paths.count > 1
      if paths.isEmpty { paths = [(environment["HOME"] ?? "") + "/.kube/config"] }
    }
    var kubeconfig = Kubeconfig()
    for path in paths {
      let text: [UInt8]
      do {
        text = try ConfigurationFile.read(path)
      } catch {
        if mayBeMissing, !FileManager.default.fileExists(atPath: path) { continue }
        throw ConfigurationError(code: .unreadable, file: "kubeconfig \(path)", problem: "cannot be read")
      }
      try kubeconfig.merge(text, path: path)
    }
    if kubeconfig.paths.isEmpty {
      throw ConfigurationError(
        code: .unreadable, file: "KUBECONFIG", problem: "none of its files exists: \(paths.joined(separator: ", "))")
    }
    return kubeconfig
  }

  private static func server(_ fields: ConfigurationFields) throws(ConfigurationError) -> String {
    guard var server = try fields.string("server") else { throw fields.error("server", "is missing") }
    guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
      throw fields.error("server", "must begin with https:// or http://, but is \"\(server)\"")
    }
    while server.hasSuffix("/") { server.removeLast() }
    return server
  }

  private static func trust(_ cluster: Kubeconfig.Entry) throws(ConfigurationError) -> TLSOptions {
    var tls = TLSOptions()
    tls.serverName = try cluster.fields.string("tls-server-name")
    tls.verifyPeer = try !cluster.fields.bool("insecure-skip-tls-verify")
    if let roots = try material(cluster, "certificate-authority") {
      // kubectl refuses this too: it is not clear which of the two was meant.
      guard tls.verifyPeer else {
        throw cluster.fields.error(
          "insecure-skip-tls-verify", "must not be true where a certificate authority is given")
      }
      tls.trustRoots = .pem(roots)
    }
    return tls
  }

  private static func certificate(
    _ user: Kubeconfig.Entry
  ) throws(ConfigurationError) -> TLSOptions.ClientCertificate? {
    let certificate = try material(user, "client-certificate")
    let key = try material(user, "client-key")
    switch (certificate, key) {
    case (nil, nil): return nil
    case (let certificate?, let key?): return .init(certificatePEM: certificate, keyPEM: key)
    case (_?, nil): throw user.fields.error("client-key", "is missing, but client-certificate is given")
    case (nil, _?): throw user.fields.error("client-certificate", "is missing, but client-key is given")
    }
  }

  /// PEM text that is given inline as base64 (`NAME-data`, which wins) or as a file.
  private static func material(
    _ entry: Kubeconfig.Entry, _ member: String
  ) throws(ConfigurationError) -> [UInt8]? {
    if let text = try entry.fields.string(member + "-data") {
      guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters) else {
        throw entry.fields.error(member + "-data", "is not base64")
      }
      return Array(data)
    }
    guard let path = try entry.fields.string(member) else { return nil }
    let resolved = ConfigurationFile.resolve(path, beside: entry.path)
    do {
      return try ConfigurationFile.read(resolved)
    } catch {
      throw entry.fields.error(member, "names the file \(resolved), which cannot be read", code: .unreadable)
    }
  }

  private static func impersonation(_ fields: ConfigurationFields) throws(ConfigurationError) -> Impersonation? {
    let groups = try fields.strings("as-groups")
    let uid = try fields.string("as-uid")
    guard let user = try fields.string("as") else {
      if !groups.isEmpty || uid != nil { throw fields.error("as", "is missing, but as-groups or as-uid is given") }
      return nil
    }
    return Impersonation(user: user, uid: uid, groups: groups)
  }
}
