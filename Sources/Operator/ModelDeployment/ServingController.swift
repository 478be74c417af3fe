import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI
import Observability
import Planning

/// Brings ModelDeployments about.
struct ServingController: Sendable {
  static let name = "model-deployment"

  let gather: ServingGather
  let planner: ServingPlanner
  let shell: ApplyShell
  let secrets: SecretReader
  let time: any TimeSource

  private var caches: Caches { gather.caches }

  func sources() -> [Source] {
    let deployments = caches.modelDeployments
    let others: [Source] = [
      .primary(deployments),
      // One that goes, or moves, leaves its address to another.
      .mapped(deployments) { change in
        guard let claim = change.old.flatMap(ServingPlanner.claim), change.new.flatMap(ServingPlanner.claim) != claim
        else { return [] }
        return deployments.objects(by: Caches.byClaim, claim).map(\.key)
      },
      .mapped(caches.sweeps) { change in
        guard change.old?.best != change.new?.best else { return [] }
        return deployments.objects(by: Caches.bySweep, ObjectIndex.value(of: change.key)).map(\.key)
      },
      // A pod's ReplicaSet is not cached, but a label names the deployment.
      .mapped(caches.pods) { change in
        guard change.changesPodState, let labels = (change.new ?? change.old)?.labels,
          let name = labels[ServingPlanner.podLabel] ?? labels[ServingPlanner.routerLabel]
        else { return [] }
        return [ObjectKey(namespace: change.key.namespace, name: name)]
      },
    ]
    return others + caches.owned(Caches.childTypes, by: ModelDeployment.type)
  }

  func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Next {
    guard let cached = caches.modelDeployments.object(key) else { return .whenChanged }
    let object = shell.newest(of: cached, type: ModelDeployment.type)
    let resource = try object.resource(ModelDeployment.self)
    let observation = try await gather.read(resource)
    let plan = planner.plan(resource, observing: observation, at: time.date)
    do {
      return try await carryOut(plan, for: resource, object, observation, context)
    } catch let error as APIError where error.isRefusal && !error.path.hasSuffix("/status") {
      context.log.warning("The API server refused an object", ["error": .string(error.description)])
      let plan = planner.refused(resource, because: error.message, isFinal: error.isInvalid, at: time.date)
      return try await carryOut(plan, for: resource, object, observation, context)
    } catch let error as APIError where error.isNotFound && error.path.contains("/httproutes") {
      let message = "this cluster has no HTTPRoutes: install the Gateway API, or set spec.route to Ingress"
      let plan = planner.refused(resource, because: message, isFinal: false, at: time.date)
      return try await carryOut(plan, for: resource, object, observation, context)
    }
  }

  private func carryOut(
    _ plan: Plan<ModelDeployment.Status, ServingRecord>, for resource: ModelDeployment, _ object: DynamicObject,
    _ observation: ServingObservation, _ context: ReconcileContext
  ) async throws -> Next {
    let writer = SlotWriter(gather.router.client, token: observation.router.secret?.fields["token"], context)
    let next = try await shell.carryOut(plan, for: object, type: ModelDeployment.type) { record in
      switch record {
      case .setSlots(let change): try await writer.write(change)
      }
    }
    if ServingPlanner.hasRouter(resource), observation.router.secret == nil {
      secrets.forget(ServingPlanner.routerKey(of: resource))
    }
    return writer.next(next)
  }
}

extension DynamicObject {
  /// The best run of a sweep, by its id.
  fileprivate var best: JSONValue? { status[path: "best", "runID"] }
}
