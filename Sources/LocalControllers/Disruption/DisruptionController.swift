import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Planning

/// Keeps the status of PodDisruptionBudgets, by which evictions are let through.
struct DisruptionController: Sendable {
  let client: KubernetesClient
  let caches: ControllerCaches

  func controller(_ environment: ControllerEnvironment) -> Controller {
    Controller(
      "disruption", primary: .podDisruptionBudget,
      sources: [
        .primary(caches.budgets, when: { _ in true }),
        .mapped(caches.pods) { change in budgets(for: change) },
        .mapped(caches.deployments) { change in
          change.old?.spec["replicas"] == change.new?.spec["replicas"] ? [] : budgets(of: change.key.namespace)
        },
      ], workers: 2, environment: environment
    ) { key, _ in try await reconcile(key) }
  }

  private func budgets(of namespace: String?) -> [ObjectKey] { caches.budgets.objects(namespace: namespace).map(\.key) }

  private func budgets(for change: Informer.Change) -> [ObjectKey] {
    let pods = [change.old, change.new].compactMap { $0 }
    return caches.budgets.objects(namespace: change.key.namespace).filter { budget in
      let selector = PodSelector(budget.spec["selector"])
      return pods.contains { selector.matches($0.labels) }
    }.map(\.key)
  }

  private func reconcile(_ key: ObjectKey) async throws -> Next {
    guard let budget = caches.budgets.object(key), !budget.isDeleting else { return .whenChanged }
    let planner = DisruptionPlanner(
      budget: budget, pods: caches.pods.objects(namespace: key.namespace), scale: scale, now: Date())
    if planner.status != budget.status {
      var next = budget
      next.status = planner.status
      try await client.replace(
        next, as: .podDisruptionBudget, subresource: "status", fieldManager: "kube-controller-manager")
    }
    return planner.wake.map { .after(.seconds($0)) } ?? .whenChanged
  }

  private func scale(_ pod: DynamicObject) -> (uid: String, replicas: Int)? {
    guard let owner = pod.controllerReference, owner.kind == ResourceType.replicaSet.kind,
      let replicaSet = caches.replicaSets.object(ObjectKey(namespace: pod.namespace, name: owner.name))
    else { return nil }
    let above = replicaSet.controllerReference.flatMap {
      caches.deployments.object(ObjectKey(namespace: pod.namespace, name: $0.name))
    }
    let controller = above ?? replicaSet
    return (controller.uid, controller.spec["replicas"]?.int ?? 1)
  }
}
