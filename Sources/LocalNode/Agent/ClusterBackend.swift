import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Observability

/// The cluster as a pod's worker sees it, over the Kubernetes API.
struct ClusterBackend: PodBackend {
  let client: KubernetesClient
  let nodeName: String
  static let fieldManager = "martlet-node"

  func sources(_ references: PodReferences, namespace: String) async throws -> PodSources {
    var out = PodSources()
    for name in references.configMaps {
      let object = try await client.find(.configMap, ObjectKey(namespace: namespace, name: name))
      if let object { out.configMaps[name] = PodSources.contents(of: object.json) }
    }
    for name in references.secrets {
      let object = try await client.find(.secret, ObjectKey(namespace: namespace, name: name))
      if let object { out.secrets[name] = PodSources.contents(of: object.json) }
    }
    return out
  }

  func serviceVariables(namespace: String) async -> [String: String] {
    guard let services = try? await client.list(.service, namespace: namespace) else { return [:] }
    var out: [String: String] = [:]
    for service in services.items {
      guard let address = service.spec["clusterIP"]?.string, address != "None", !address.isEmpty else { continue }
      let prefix = service.name.uppercased().map { $0 == "-" ? "_" : $0 }
      out[String(prefix) + "_SERVICE_HOST"] = address
      if let port = service.spec["ports"]?[0]?["port"]?.integer { out[String(prefix) + "_SERVICE_PORT"] = String(port) }
    }
    return out
  }

  func report(_ status: JSONValue, of pod: DynamicObject) async {
    var object = DynamicObject(.pod, pod.key)
    object.json[path: "metadata", "uid"] = .string(pod.uid)
    object.status = status
    for attempt in 0..<5 {
      do {
        try await client.apply(object, as: .pod, fieldManager: Self.fieldManager, subresource: "status")
        return
      } catch let error as APIError where !error.isTransient {
        return  // gone, or another pod by that name
      } catch is CancellationError {
        return
      } catch {
        try? await Task.sleep(for: .milliseconds(100 << attempt))
      }
    }
  }

  func event(_ pod: DynamicObject, warning: Bool, reason: String, message: String) async {
    await event(pod, warning: warning, reason: reason, action: "Run", message: message)
  }

  func event(_ pod: DynamicObject, warning: Bool, reason: String, action: String, message: String) async {
    let now = Date()
    let stamp = String(UInt64(now.timeIntervalSince1970 * 1_000_000), radix: 16)
    var object = DynamicObject(
      .event, ObjectKey(namespace: pod.namespace ?? "default", name: "\(pod.name).\(stamp)"))
    let fields: [(String, JSONValue)] = [
      ("eventTime", .string(Timestamp.microText(now))), ("reportingController", "martlet.dev/node"),
      ("reportingInstance", .string(nodeName)), ("action", .string(action)), ("reason", .string(reason)),
      ("type", warning ? "Warning" : "Normal"), ("note", .string(String(message.prefix(1000)))),
      (
        "regarding",
        [
          "apiVersion": "v1", "kind": "Pod", "name": .string(pod.name),
          "namespace": .string(pod.namespace ?? "default"), "uid": .string(pod.uid),
        ]
      ),
    ]
    for (name, value) in fields { object.json[name] = value }
    _ = try? await client.create(object, as: .event, fieldManager: Self.fieldManager)
  }
}
