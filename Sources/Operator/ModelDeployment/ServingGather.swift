import CRDTypes
import ControllerKit
import JSON
import MLflow
import Planning

/// Reads everything that is to be known about a model deployment.
struct ServingGather: Sendable {
  let caches: Caches
  let children: ChildReader
  let directory: TrackingDirectory
  let connections: TrackingConnections

  /// Throws only what the API server says: trouble with MLflow is part of the observation.
  func read(_ resource: ModelDeployment) async throws -> ServingObservation {
    let own = try await children.read(ServingPlanner.children(of: resource) + leftovers(resource), of: uid(resource))
    let label = ServingPlanner.podLabelValue(resource.metadata.name ?? "")
    let pods = caches.pods.objects(by: Caches.byModelDeployment.name, label)
      .filter { $0.namespace == resource.metadata.namespace }
    let (model, access) = try await model(of: resource)
    return ServingObservation(
      model: model, access: access, deployment: own.own[.deployment], service: own.own[.service],
      ingress: own.own[.ingress], autoscaler: own.own[.horizontalPodAutoscaler],
      troubles: ServingTroubles.read(pods), conflicts: own.conflicts)
  }

  private func uid(_ resource: ModelDeployment) -> String { resource.metadata.uid ?? "" }

  /// What it has from an earlier spec and should not have any more.
  private func leftovers(_ resource: ModelDeployment) -> [ObjectReference] {
    let wanted = Set(ServingPlanner.children(of: resource))
    return [ResourceType.ingress, .horizontalPodAutoscaler]
      .filter { caches.children[$0]?.object(resource.key)?.controllerReference?.uid == uid(resource) }
      .map { ObjectReference($0, resource.key) }.filter { !wanted.contains($0) }
  }

  private func model(
    of resource: ModelDeployment
  ) async throws -> (ServingObservation.Model, ServingObservation.Access?) {
    let namespace = resource.metadata.namespace
    let sweeps = caches.sweeps
    let resolver = ModelResolver(sweeps: { sweeps.object($0) })
    // A sweep may record elsewhere than the rest of its namespace; its model is then there too.
    let ofSweep = resource.spec.model.sweep
      .flatMap { sweeps.object(ObjectKey(namespace: namespace, name: $0.name)) }?
      .spec[path: "tracking", "secret"]?.string
    var access: ServingObservation.Access?
    do {
      let profile = try await directory.profile(
        namespace: namespace, secret: resource.spec.tracking?.secret ?? ofSweep)
      access = ServingObservation.Access(uri: profile.podURI, credentials: profile.credentialsSecret)
      let database = try await connections.connection(to: profile).database
      return (try await resolver.resolve(resource.spec.model, namespace: namespace, database), access)
    } catch {
      guard let trouble = TrackingTrouble(error) else { throw error }
      return (.unavailable(reason: trouble.reason, message: trouble.message), access)
    }
  }
}
