import FoundationEssentials
import JSON

@testable import LocalAPIServer

/// A cluster in memory and a time that the test sets.
struct APIFixture {
  var cluster: Cluster
  var now = Date(timeIntervalSince1970: 1_800_000_000)

  init() { cluster = Cluster(identity: ClusterIdentity(), now: now) }

  struct Answer {
    let code: Int
    let json: JSONValue
    let warnings: [String]

    var message: String { json["message"]?.string ?? "" }
  }

  /// Sends a request; `path` may carry a query.
  mutating func send(
    _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
    accept: String = "application/json", as user: User = .admin
  ) -> Answer {
    let answer = reply(method, path, body, type: type, accept: accept, as: user)
    guard case .json(let code, let json, let warnings, _) = answer else {
      return Answer(code: 0, json: .null, warnings: [])
    }
    return Answer(code: code, json: json, warnings: warnings)
  }

  mutating func reply(
    _ method: String, _ path: String, _ body: JSONValue? = nil, type: String = "application/json",
    accept: String = "application/json", as user: User = .admin
  ) -> APIReply {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    var request = APIRequest(method: method, path: parts[0], query: parts.count > 1 ? parts[1] : "", user: user)
    request.contentType = type
    request.accept = accept
    request.userAgent = "test/1"
    request.body = body?.bytes() ?? []
    return cluster.handle(request, now: now)
  }

  mutating func apply(_ path: String, _ body: JSONValue, manager: String, force: Bool = false) -> Answer {
    send(
      "PATCH", "\(path)?fieldManager=\(manager)&force=\(force)", body, type: "application/apply-patch+yaml")
  }

  mutating func watch(_ path: String) -> WatchRequest? {
    guard case .watch(let request) = reply("GET", path) else { return nil }
    return request
  }

  static let configMaps = "/api/v1/namespaces/default/configmaps"
  static let pods = "/api/v1/namespaces/default/pods"

  static func configMap(_ name: String, _ data: [String: String] = [:], labels: [String: String] = [:]) -> JSONValue {
    var object: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]]
    if !data.isEmpty { object["data"] = JSONValue(data) }
    if !labels.isEmpty { object[path: "metadata", "labels"] = JSONValue(labels) }
    return object
  }

  static func pod(_ name: String) -> JSONValue {
    [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)],
      "spec": ["containers": [["name": "main", "image": "x"]]],
    ]
  }

  static let gadgets: JSONValue = [
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": ["name": "gadgets.example.com"],
    "spec": [
      "group": "example.com", "scope": "Namespaced",
      "names": ["kind": "Gadget", "plural": "gadgets", "singular": "gadget", "listKind": "GadgetList"],
      "versions": [
        [
          "name": "v1", "served": true, "storage": true,
          "subresources": [
            "status": [:], "scale": ["specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"],
          ],
          "additionalPrinterColumns": [["name": "Size", "type": "integer", "jsonPath": ".spec.size"]],
          "schema": [
            "openAPIV3Schema": [
              "type": "object",
              "properties": [
                "spec": ["type": "object", "properties": ["size": ["type": "integer"]]],
                "status": ["type": "object", "properties": ["size": ["type": "integer"]]],
              ],
            ]
          ],
        ]
      ],
    ],
  ]
}
