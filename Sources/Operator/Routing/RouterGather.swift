import CRDTypes
import ControllerKit
import JSON
import Planning

/// Reads a router: its objects, and what its pods say.
struct RouterGather: Sendable {
  let caches: Caches
  let client: RouterClient

  /// - Parameters:
  ///   - own: the objects that its owner has under the router's name.
  ///   - index: the index of pods by the router's label.
  ///   - value: the label's value.
  func read(
    _ own: [ResourceType: DynamicObject], podsBy index: String, _ value: String, namespace: String?,
    freshToken: String
  ) async -> RouterObjects {
    let all = caches.pods.objects(by: index, value).filter { $0.namespace == namespace }
    return RouterObjects(
      configMap: own[.configMap], secret: own[.secret], deployment: own[.deployment], service: own[.service],
      disruptionBudget: own[.podDisruptionBudget],
      pods: await pods(index, value, namespace, token: own[.secret]?.fields["token"]),
      configurations: Set(all.map { $0.annotations[RouterPorts.configurationAnnotation] ?? "" }),
      freshToken: freshToken)
  }

  /// The ready pods, asked all at once.
  private func pods(_ index: String, _ value: String, _ namespace: String?, token: String?) async -> [RouterPod] {
    guard let token else { return [] }
    let pods = caches.pods.objects(by: index, value).filter { $0.namespace == namespace && $0.isReadyPod }
    return await withTaskGroup(of: RouterPod.self) { group in
      for pod in pods {
        guard let address = pod.status["podIP"]?.string else { continue }
        let configuration = pod.annotations[RouterPorts.configurationAnnotation]
        group.addTask {
          await client.read(pod: pod.name, address: address, configuration: configuration, token: token)
        }
      }
      var out: [RouterPod] = []
      for await router in group { out.append(router) }
      return out.sorted { $0.pod < $1.pod }
    }
  }

  /// 128 random bits as 32 hexadecimal digits: a control token.
  static func token() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(UInt32.random(in: 0 ... .max, using: &generator), radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}

extension DynamicObject {
  /// Whether a pod takes requests.
  var isReadyPod: Bool {
    !isDeleting
      && status["conditions"]?.array?.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
        == true
  }
}
