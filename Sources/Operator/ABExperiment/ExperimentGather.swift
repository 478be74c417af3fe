import CRDTypes
import ControllerKit
import JSON
import Planning

/// Reads everything that is to be known about an experiment: its variants, its router's objects, and what the pods of
/// the router say.
struct ExperimentGather: Sendable {
  let caches: Caches
  let children: ChildReader
  let router: RouterGather

  func read(_ resource: ABExperiment, token freshToken: String) async throws -> ExperimentObservation {
    let own = try await children.read(
      ExperimentPlanner.children(of: resource) + leftovers(resource), of: resource.metadata.uid ?? "")
    var arms: [String: ExperimentObservation.Arm] = [:]
    for variant in resource.spec.variants {
      arms[variant.deployment] = Self.arm(
        ObjectKey(namespace: resource.metadata.namespace, name: variant.deployment), in: caches)
    }
    let objects = await router.read(
      own.own, podsBy: Caches.byExperiment.name, ExperimentPlanner.podLabelValue(resource.metadata.name ?? ""),
      namespace: resource.metadata.namespace, freshToken: freshToken)
    return ExperimentObservation(
      arms: arms, router: objects, ingress: own.own[.ingress], conflicts: own.conflicts)
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
    // Behind a Gateway a deployment has Services for its revisions alone.
    let stable = served.status[path: "stable", "name"]?.string.map { ObjectKey(namespace: key.namespace, name: $0) }
    let service = caches.children[.service]?.object(key) ?? stable.flatMap { caches.children[.service]?.object($0) }
    let address = service?.spec["clusterIP"]?.string.flatMap { ip in
      ip.isEmpty || ip == "None" ? nil : ip.contains(":") ? "[\(ip)]:80" : "\(ip):80"
    }
    let ready = served.status["readyReplicas"]?.integer ?? 0
    let model = served.status[path: "stable", "model"] ?? served.status["model"]
    return ExperimentObservation.Arm(
      exists: true, address: address, readyReplicas: ready,
      modelVersion: model?["version"]?.string ?? model?["runID"]?.string)
  }
}
