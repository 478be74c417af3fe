import CRDTypes
import JSON
import Testing
import Threads

@testable import KubernetesAPI
@testable import Transport

/// Notes what a client did besides sending requests.
final class Notes: Sendable {
  private let pauses = Locked<[Duration]>([])
  private let warnings = Locked<[ServerWarning]>([])
  private let troubles = Locked<[WatchTrouble]>([])

  func note(_ pause: Duration) { pauses.withLock { $0.append(pause) } }
  func note(_ warning: ServerWarning) { warnings.withLock { $0.append(warning) } }
  func note(_ trouble: WatchTrouble) { troubles.withLock { $0.append(trouble) } }
  func allPauses() -> [Duration] { pauses.withLock { $0 } }
  func allWarnings() -> [ServerWarning] { warnings.withLock { $0 } }
  func allTroubles() -> [WatchTrouble] { troubles.withLock { $0 } }
}

/// Runs a body with a client of a scripted server: pauses take no time and chance is always 0. Fails where the script
/// was not followed.
func withClient(
  _ script: [ScriptedServer.Exchange], login: Login = .anonymous, fieldValidation: FieldValidation = .warn,
  _ body: (KubernetesClient, Notes, ScriptedServer) async throws -> Void
) async throws {
  let server = try ScriptedServer(script)
  let notes = Notes()
  let configuration = ClusterConfiguration(server: server.url, login: login, defaultNamespace: "team")
  let client = KubernetesClient(
    configuration, userAgent: "martlet/test", fieldValidation: fieldValidation, onWarning: { notes.note($0) },
    sleep: { notes.note($0) }, random: { 0 })
  try await body(client, notes, server)
  await client.shutdown()
  #expect(server.problems() == [])
}

extension JSONValue {
  static func configMap(_ name: String, version: String = "1") -> JSONValue {
    [
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": ["name": .string(name), "namespace": "ns", "resourceVersion": .string(version)],
    ]
  }

  static func status(_ code: Int, _ reason: String, _ message: String, details: JSONValue? = nil) -> JSONValue {
    .compact([
      "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": JSONValue(code), "reason": .string(reason),
      "message": .string(message), "details": details,
    ])
  }
}

/// One line of a watch stream.
func line(_ type: String, _ object: JSONValue) -> String {
  (["type": .string(type), "object": object] as JSONValue).text() + "\n"
}

/// The bookmark that ends a streamed initial list.
func initialEnd(_ version: String) -> String {
  line(
    "BOOKMARK",
    [
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": ["resourceVersion": .string(version), "annotations": ["k8s.io/initial-events-end": "true"]],
    ])
}

func bookmark(_ version: String) -> String {
  line("BOOKMARK", ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["resourceVersion": .string(version)]])
}

func list(_ items: [JSONValue], version: String, next: String? = nil) -> String {
  let stripped = items.map { item in
    var item = item
    item["kind"] = nil
    item["apiVersion"] = nil
    return item
  }
  return
    ([
      "kind": "ConfigMapList", "apiVersion": "v1", "items": .array(stripped),
      "metadata": .compact(["resourceVersion": .string(version), "continue": next.map(JSONValue.string)]),
    ] as JSONValue).text()
}
