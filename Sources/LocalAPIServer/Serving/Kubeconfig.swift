import FoundationEssentials
import JSON

/// What a client needs to use the local cluster.
public struct ServerAddress: Sendable, Hashable {
  public let host: String
  public let port: Int
  /// The certificate authority that the server's certificate is from, PEM.
  public let authorityPEM: String
  /// The bearer token of the cluster's owner. A secret: it belongs in a kubeconfig that only its owner can read.
  public let adminToken: String

  /// `https://127.0.0.1:6443`.
  public var url: String { "https://\(host):\(port)" }

  /// A kubeconfig of the cluster's owner. JSON, which is YAML too.
  public func kubeconfig(contextName: String = "martlet-local") -> String {
    let name = JSONValue.string(contextName)
    let config: JSONValue = [
      "apiVersion": "v1", "kind": "Config", "current-context": name, "preferences": [:],
      "clusters": [
        [
          "name": name,
          "cluster": [
            "server": .string(url),
            "certificate-authority-data": .string(Data(authorityPEM.utf8).base64EncodedString()),
          ],
        ]
      ],
      "users": [["name": name, "user": ["token": .string(adminToken)]]],
      "contexts": [["name": name, "context": ["cluster": name, "user": name, "namespace": "default"]]],
    ]
    return config.text(indent: 2) + "\n"
  }
}
