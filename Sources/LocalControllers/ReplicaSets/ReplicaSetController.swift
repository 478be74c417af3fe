import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Planning

/// Keeps as many pods of a ReplicaSet as it asks for.
struct ReplicaSetController: Sendable {
  let client: KubernetesClient
  let caches: ControllerCaches
  let expectations = Expectations()
  static let manager = "kube-controller-manager"

  func controller(_ environment: ControllerEnvironment) -> Controller {
    Controller(
      "replicaset", primary: .replicaSet,
      sources: [.primary(caches.replicaSets, when: { _ in true }), .owned(caches.pods, by: .replicaSet)], workers: 4,
      environment: environment
    ) { key, _ in try await reconcile(key) }
  }

  private func reconcile(_ key: ObjectKey) async throws -> Next {
    guard let replicaSet = caches.replicaSets.object(key) else {
      expectations.forget(key)
      return .whenChanged
    }
    let pods = caches.controlled(caches.pods, by: replicaSet)
    guard expectations.areMet(for: key, seen: pods) else { return .after(.milliseconds(20)) }
    let plan = ReplicaSetPlanner(replicaSet: replicaSet, pods: pods, now: Date()).plan()
    for pod in plan.create {
      let created = try await client.create(pod, as: .pod, fieldManager: Self.manager)
      expectations.created(created.uid, for: key)
    }
    for pod in plan.delete {
      do {
        try await client.delete(.pod, pod.key, options: DeleteOptions(propagation: .background, uid: pod.uid))
        expectations.deleted(pod.uid, for: key)
      } catch let error as APIError where error.isNotFound || error.isConflict {
        // Gone, or another pod by that name.
      }
    }
    if plan.status != replicaSet.status {
      var next = replicaSet
      next.status = plan.status
      try await client.replace(next, as: .replicaSet, subresource: "status", fieldManager: Self.manager)
    }
    return plan.wake.map { .after(.milliseconds(Int64($0 * 1000) + 10)) } ?? .whenChanged
  }
}
