public import FoundationEssentials
import Transport

extension ClusterConfiguration {
  /// Where a pod finds its service account (the admission controller mounts it there).
  public static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// The configuration of a pod: the service account that is mounted into it. The token file is read again whenever
  /// it changes.
  public static func inCluster(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = serviceAccountFolder
  ) throws(ConfigurationError) -> ClusterConfiguration {
    guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
      let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
    else {
      throw ConfigurationError(
        code: .notInCluster, file: "environment",
        problem: "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod; name a kubeconfig")
    }
    let token = folder + "/token"
    guard ConfigurationFile.trimmedText(token) != nil else {
      throw ConfigurationError(
        code: .notInCluster, file: token,
        problem: "cannot be read or is empty; does the pod set automountServiceAccountToken: false?")
    }
    let authority = folder + "/ca.crt"
    guard let roots = try? ConfigurationFile.read(authority) else {
      throw ConfigurationError(code: .unreadable, file: authority, problem: "cannot be read")
    }
    var tls = TLSOptions()
    tls.trustRoots = .pem(roots)
    let address = host.contains(":") ? "[\(host)]" : host
    return ClusterConfiguration(
      server: "https://\(address):\(port)", tls: tls, login: .tokenFile(token),
      defaultNamespace: ConfigurationFile.trimmedText(folder + "/namespace") ?? "default",
      origin: "the pod's service account")
  }
}
