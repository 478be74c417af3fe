import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI
import Observability
import Planning

/// Brings ModelDeployments about.
struct ServingController: Sendable {
  static let name = "model-deployment"
  static let children: [ResourceType] = [.deployment, .service, .ingress, .horizontalPodAutoscaler]

  let gather: ServingGather
  let planner: ServingPlanner
  let shell: ApplyShell
  let time: any TimeSource

  private var caches: Caches { gather.caches }

  func sources() -> [Source] {
    let deployments = caches.modelDeployments
    let children = caches.children[.deployment]
    let others: [Source] = [
      .primary(deployments),
      .mapped(caches.sweeps) { change in
        guard change.old?.best != change.new?.best else { return [] }
        return deployments.objects(by: Caches.bySweep, ObjectIndex.value(of: change.key)).map(\.key)
      },
      // A pod's ReplicaSet is not cached, but the label names the Deployment, which has the name of its owner.
      .mapped(caches.pods) { change in
        guard change.changesPodState,
          let label = (change.new ?? change.old)?.labels[ServingPlanner.podLabel]
        else { return [] }
        let key = ObjectKey(namespace: change.key.namespace, name: label)
        return Informer.Change(key: key, old: nil, new: children?.object(key)).controllers(of: ModelDeployment.type)
      },
    ]
    return others + caches.owned(Self.children, by: ModelDeployment.type)
  }

  func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Next {
    guard let object = caches.modelDeployments.object(key) else { return .whenChanged }
    let resource = try object.resource(ModelDeployment.self)
    let observation = try await gather.read(resource)
    let plan = planner.plan(resource, observing: observation, at: time.date)
    do {
      return try await shell.carryOut(plan, for: object, type: ModelDeployment.type)
    } catch let error as APIError where error.isRefusal && !error.path.hasSuffix("/status") {
      context.log.warning("The API server refused an object", ["error": .string(error.description)])
      let plan = planner.refused(resource, because: error.message, isFinal: error.isInvalid, at: time.date)
      return try await shell.carryOut(plan, for: object, type: ModelDeployment.type)
    }
  }
}

extension DynamicObject {
  /// The best run of a sweep, by its id.
  fileprivate var best: JSONValue? { status[path: "best", "runID"] }
}
