import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI
import Observability
import Planning

/// Brings ABExperiments about.
struct ExperimentController: Sendable {
  static let name = "ab-experiment"

  let gather: ExperimentGather
  let planner: ExperimentPlanner
  let shell: ApplyShell
  let secrets: SecretReader
  let time: any TimeSource

  private var caches: Caches { gather.caches }

  func sources() -> [Source] {
    let experiments = caches.experiments
    @Sendable func naming(_ deployment: ObjectKey) -> [ObjectKey] {
      experiments.objects(by: Caches.byVariant, ObjectIndex.value(of: deployment)).map(\.key)
    }
    let others: [Source] = [
      .primary(experiments),
      .mapped(caches.modelDeployments) { change in
        change.isMoreThanStatus || change.changesServing ? naming(change.key) : []
      },
      .mapped(caches.pods) { change in
        guard change.changesPodState,
          let label = (change.new ?? change.old)?.labels[ExperimentPlanner.podLabel]
        else { return [] }
        return [ObjectKey(namespace: change.key.namespace, name: label)]
      },
    ]
    let variants = [ResourceType.deployment, .service].compactMap { caches.children[$0] }.map { informer in
      Source.mapped(informer) { change in change.controllers(of: ModelDeployment.type).flatMap(naming) }
    }
    let types: [ResourceType] = [.deployment, .service, .ingress, .configMap, .podDisruptionBudget]
    return others + variants + caches.owned(types, by: ABExperiment.type)
  }

  func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Next {
    guard let cached = caches.experiments.object(key) else { return .whenChanged }
    let object = shell.newest(of: cached, type: ABExperiment.type)
    let resource = try object.resource(ABExperiment.self)
    let observation = try await gather.read(resource, token: RouterGather.token())
    let plan = planner.plan(resource, observing: observation, at: time.date)
    do {
      return try await carryOut(plan, for: resource, object, observation, context)
    } catch let error as APIError where error.isRefusal && !error.path.hasSuffix("/status") {
      context.log.warning("The API server refused an object", ["error": .string(error.description)])
      let plan = planner.refused(resource, because: error.message, isFinal: error.isInvalid, at: time.date)
      return try await carryOut(plan, for: resource, object, observation, context)
    }
  }

  private func carryOut(
    _ plan: Plan<ABExperiment.Status, ExperimentRecord>, for resource: ABExperiment, _ object: DynamicObject,
    _ observation: ExperimentObservation, _ context: ReconcileContext
  ) async throws -> Next {
    let writer = SlotWriter(gather.router.client, token: observation.router.secret?.fields["token"], context)
    let next = try await shell.carryOut(plan, for: object, type: ABExperiment.type) { record in
      switch record {
      case .setSlots(let change): try await writer.write(change)
      }
    }
    if observation.router.secret == nil {
      secrets.forget(ExperimentPlanner.routerKey(of: resource))
    }
    return writer.next(next)
  }
}

extension Informer.Change {
  /// Whether a deployment now serves another model, or with other pods.
  fileprivate var changesServing: Bool {
    ["stable", "readyReplicas", "model"].contains { old?.status[$0] != new?.status[$0] }
  }
}
