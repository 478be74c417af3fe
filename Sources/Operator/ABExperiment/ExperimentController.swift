import CRDTypes
import ControllerKit
import JSON
import KubernetesAPI
import Locking
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

  /// How soon routers that took their slots are asked whether they have them.
  private static let settling: Duration = .milliseconds(200)

  private var caches: Caches { gather.caches }

  func sources() -> [Source] {
    let experiments = caches.experiments
    @Sendable func naming(_ deployment: ObjectKey) -> [ObjectKey] {
      experiments.objects(by: Caches.byVariant, ObjectIndex.value(of: deployment)).map(\.key)
    }
    let others: [Source] = [
      .primary(experiments),
      .mapped(caches.modelDeployments) { change in
        change.isMoreThanStatus || change.old?.status["model"] != change.new?.status["model"] ? naming(change.key) : []
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
    guard let object = caches.experiments.object(key) else { return .whenChanged }
    let resource = try object.resource(ABExperiment.self)
    let observation = try await gather.read(resource, token: Self.token())
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
    let token = observation.secret?.fields["token"] ?? ""
    let router = gather.router
    let changed = Locked(false)
    let next = try await shell.carryOut(plan, for: object, type: ABExperiment.type) { record in
      switch record {
      case .setSlots(let pod, let address, let slots):
        do {
          try await router.set(slots, address: address, token: token)
          changed.withLock { $0 = true }
        } catch {
          if error is CancellationError { throw error }
          // Other routers are not held up by one that has just gone; it is asked again at the next look.
          context.log.warning(
            "A router did not take its slots", ["pod": .string(pod), "error": .string(String(describing: error))])
        }
      }
    }
    if observation.secret == nil {
      secrets.forget(ExperimentPlanner.routerKey(of: resource))
    }
    return changed.withLock { $0 } ? next.earliest(.after(Self.settling)) : next
  }

  /// 128 random bits as 32 hexadecimal digits.
  private static func token() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(UInt32.random(in: 0 ... .max, using: &generator), radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
