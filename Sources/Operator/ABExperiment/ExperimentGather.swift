import CRDTypes
import ControllerKit
import JSON
import Planning

/// Reads everything that is to be known about an experiment: its variants, its router's objects, and what the pods of
/// the router say.
struct ExperimentGather: Sendable {
  let caches: Caches
  let children: ChildReader
  let router: RouterClient

  func read(_ resource: ABExperiment, token freshToken: String) async throws -> ExperimentObservation {
    let own = try await children.read(
      ExperimentPlanner.children(of: resource) + leftovers(resource), of: resource.metadata.uid ?? "")
    var arms: [String: ExperimentObservation.Arm] = [:]
    for variant in resource.spec.variants {
      arms[variant.deployment] = Self.arm(
        ObjectKey(namespace: resource.metadata.namespace, name: variant.deployment), in: caches)
    }
    let token = own.own[.secret]?.fields["token"]
    return ExperimentObservation(
      arms: arms, routers: await routers(of: resource, token: token), configMap: own.own[.configMap],
      secret: own.own[.secret], deployment: own.own[.deployment], service: own.own[.service],
      ingress: own.own[.ingress], disruptionBudget: own.own[.podDisruptionBudget], conflicts: own.conflicts,
      freshToken: freshToken)
  }

  private func leftovers(_ resource: ABExperiment) -> [ObjectReference] {
    guard resource.spec.ingress == nil,
      caches.children[.ingress]?.object(resource.key)?.controllerReference?.uid == resource.metadata.uid
    else { return [] }
    return [ObjectReference(.ingress, resource.key)]
  }

  static func arm(_ key: ObjectKey, in caches: Caches) -> ExperimentObservation.Arm {
    guard let served = caches.modelDeployments.object(key) else {
      return ExperimentObservation.Arm(exists: false, address: nil, readyReplicas: 0)
    }
    let service = caches.children[.service]?.object(key)
    let address = service?.spec["clusterIP"]?.string.flatMap { ip in
      ip.isEmpty || ip == "None" ? nil : ip.contains(":") ? "[\(ip)]:80" : "\(ip):80"
    }
    let ready = caches.children[.deployment]?.object(key)?.status["readyReplicas"]?.integer ?? 0
    let model = served.status["model"]
    return ExperimentObservation.Arm(
      exists: true, address: address, readyReplicas: ready,
      modelVersion: model?["version"]?.string ?? model?["runID"]?.string)
  }

  /// The ready pods of the router, asked all at once.
  private func routers(of resource: ABExperiment, token: String?) async -> [ExperimentObservation.Router] {
    guard let token else { return [] }
    let label = ExperimentPlanner.podLabelValue(resource.metadata.name ?? "")
    let pods = caches.pods.objects(by: Caches.byExperiment.name, label)
      .filter { $0.namespace == resource.metadata.namespace && $0.isReadyPod }
    return await withTaskGroup(of: ExperimentObservation.Router.self) { group in
      for pod in pods {
        guard let address = pod.status["podIP"]?.string else { continue }
        group.addTask { await router.read(pod: pod.name, address: address, token: token) }
      }
      var out: [ExperimentObservation.Router] = []
      for await router in group { out.append(router) }
      return out.sorted { $0.pod < $1.pod }
    }
  }
}

extension DynamicObject {
  /// Whether a pod takes requests.
  fileprivate var isReadyPod: Bool {
    !isDeleting
      && status["conditions"]?.array?.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
        == true
  }
}
