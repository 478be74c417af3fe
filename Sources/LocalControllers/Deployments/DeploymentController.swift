import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Planning

/// Rolls Deployments out: a ReplicaSet for each pod template, sizes moved from the old ones to the new.
struct DeploymentController: Sendable {
  let client: KubernetesClient
  let caches: ControllerCaches
  static let manager = "kube-controller-manager"

  func controller(_ environment: ControllerEnvironment) -> Controller {
    Controller(
      "deployment", primary: .deployment,
      sources: [
        .primary(caches.deployments, when: { _ in true }), .owned(caches.replicaSets, by: .deployment),
        .mapped(caches.pods) { change in owner(of: change) },
      ], workers: 4, environment: environment
    ) { key, _ in try await reconcile(key) }
  }

  /// A Deployment that recreates waits for pods that are not its own children but its grandchildren.
  private func owner(of change: Informer.Change) -> [ObjectKey] {
    guard change.new == nil || change.new?.isPodOver == true else { return [] }
    return change.controllers(of: .replicaSet).compactMap { key in
      guard let owner = caches.replicaSets.object(key)?.controllerReference, owner.kind == "Deployment" else { return nil }
      return ObjectKey(namespace: key.namespace, name: owner.name)
    }
  }

  private func reconcile(_ key: ObjectKey) async throws -> Next {
    guard let deployment = caches.deployments.object(key), !deployment.isDeleting else { return .whenChanged }
    let replicaSets = caches.controlled(caches.replicaSets, by: deployment)
    let pods = replicaSets.flatMap { caches.controlled(caches.pods, by: $0) }
    let planner = DeploymentPlanner(deployment: deployment, replicaSets: replicaSets, pods: pods, now: Date())
    let plan = planner.plan()
    if let create = plan.create {
      do {
        try await client.create(create, as: .replicaSet, fieldManager: Self.manager)
      } catch let error as APIError where error.isAlreadyExists {
        return try await collided(create, deployment)
      }
    }
    for (replicaSet, size) in plan.scale { try await resize(replicaSet, to: size, planner.sizes) }
    if let (replicaSet, revision) = plan.renumber {
      try await annotate(.replicaSet, replicaSet, [DeploymentPlanner.revision: revision])
    }
    for replicaSet in replicaSets where Self.differs(replicaSet, planner.sizes) {
      if !plan.scale.contains(where: { $0.0.uid == replicaSet.uid }) {
        try await annotate(.replicaSet, replicaSet, planner.sizes)
      }
    }
    for replicaSet in plan.delete {
      do {
        try await client.delete(.replicaSet, replicaSet.key, options: DeleteOptions(uid: replicaSet.uid))
      } catch let error as APIError where error.isNotFound || error.isConflict {
        // Gone already.
      }
    }
    try await report(plan, deployment)
    return plan.wake.map { .after(.milliseconds(Int64($0 * 1000))) } ?? .whenChanged
  }

  /// A ReplicaSet's name was taken: by itself, made a moment ago, which the cache will show, or by another's, which
  /// calls for another name.
  private func collided(_ wanted: DynamicObject, _ deployment: DynamicObject) async throws -> Next {
    let found = try await client.find(.replicaSet, wanted.key)
    if found?.controllerReference?.uid == deployment.uid { return .after(.milliseconds(50)) }
    let count = (deployment.status["collisionCount"]?.int ?? 0) + 1
    try await client.patch(
      .deployment, deployment.key,
      .merge([
        "metadata": ["resourceVersion": .string(deployment.resourceVersion)],
        "status": ["collisionCount": JSONValue(count)],
      ]), subresource: "status", fieldManager: Self.manager)
    return .whenChanged
  }

  /// Writes the status, and the revision with it: through the status subresource it does not count as a new
  /// generation, which any other change of a Deployment's annotations does.
  private func report(_ plan: DeploymentPlanner.Plan, _ deployment: DynamicObject) async throws {
    var patch: JSONValue = [:]
    if let revision = plan.revision, deployment.annotations[DeploymentPlanner.revision] != revision {
      patch["metadata"] = ["annotations": [DeploymentPlanner.revision: .string(revision)]]
    }
    if plan.status != deployment.status {
      patch["status"] = plan.status
      // A merge patch has to say what is to go.
      for field in deployment.status.object?.keys.sorted() ?? [] where plan.status[field] == nil {
        patch[path: "status", field] = .null
      }
    }
    guard patch != .object([:]) else { return }
    try await client.patch(
      .deployment, deployment.key, .merge(patch), subresource: "status", fieldManager: Self.manager)
  }

  private static func differs(_ replicaSet: DynamicObject, _ sizes: [String: String]) -> Bool {
    let own = replicaSet.annotations
    return (replicaSet.spec["replicas"]?.int ?? 0) > 0 && sizes.contains { own[$0.key] != $0.value }
  }

  private func resize(_ replicaSet: DynamicObject, to size: Int, _ annotations: [String: String]) async throws {
    let patch: JSONValue = [
      "metadata": ["annotations": JSONValue(annotations), "resourceVersion": .string(replicaSet.resourceVersion)],
      "spec": ["replicas": JSONValue(size)],
    ]
    try await client.patch(.replicaSet, replicaSet.key, .merge(patch), fieldManager: Self.manager)
  }

  private func annotate(_ type: ResourceType, _ object: DynamicObject, _ annotations: [String: String]) async throws {
    let patch: JSONValue = ["metadata": ["annotations": JSONValue(annotations)]]
    try await client.patch(type, object.key, .merge(patch), fieldManager: Self.manager)
  }
}
