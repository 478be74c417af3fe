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
  let router: RouterGather
  let window: TrafficWindow
  let measurer: CheckMeasurer
  let warmUps: WarmUpSender
  let planner: ServingPlanner

  /// Throws only what the API server says: trouble with MLflow is part of the observation.
  func read(_ resource: ModelDeployment) async throws -> ServingObservation {
    let (model, access, database) = try await model(of: resource)
    var wanted = ServingPlanner.children(of: resource)
    if case .resolved(let found) = model, let access, resource.spec.problems().isEmpty {
      wanted += planner.revisionObjects(of: resource, model: found, access: access)
    }
    let entryNames = Set([resource.key, ServingPlanner.routerKey(of: resource)])
    let conflicts = try await children.read(wanted, of: uid(resource)).conflicts
    let entry = ownObjects(of: resource)
    let pods = podsByRevision(of: resource)
    let revisions = entry.filter { $0.type == .deployment && !entryNames.contains($0.object.key) }.map { found in
      func object(_ type: ResourceType) -> DynamicObject? {
        entry.first { $0.type == type && $0.object.key == found.object.key }?.object
      }
      return ServingObservation.Revision(
        deployment: found.object, service: object(.service), disruptionBudget: object(.podDisruptionBudget),
        autoscaler: object(.horizontalPodAutoscaler), troubles: ServingTroubles.read(pods[found.object.name] ?? []),
        unanswered: ServingTroubles.unanswered(pods[found.object.name] ?? [], of: found.object),
        digests: Set((pods[found.object.name] ?? []).compactMap(\.modelDigest)))
    }
    func own(_ type: ResourceType, _ key: ObjectKey) -> DynamicObject? {
      entry.first { $0.type == type && $0.object.key == key }?.object
    }
    let router = try await routerObjects(of: resource, own)
    let rollout = RolloutWindow(resource)
    let start = rollout.flatMap { rollout in rollout.start.map { "\(rollout.candidate) \($0)" } }
    return ServingObservation(
      model: model, access: access, revisions: revisions, service: own(.service, resource.key),
      ingress: own(.ingress, resource.key), httpRoute: try await httpRoute(of: resource), router: router,
      keys: try await keys(of: resource), warmUp: await warmUp(resource, pods),
      measurements: await rollout.asyncMap { await measurer.measure($0, of: resource, database) } ?? [:],
      traffic: window.counts(of: uid(resource), since: start, router.pods), conflicts: conflicts,
      rival: rival(of: resource))
  }

  private func uid(_ resource: ModelDeployment) -> String { resource.metadata.uid ?? "" }

  /// Who came first keeps an address.
  private func rival(of resource: ModelDeployment) -> ObjectKey? {
    let all = caches.modelDeployments
    guard let own = all.object(resource.key), let claim = ServingPlanner.claim(own) else { return nil }
    func age(_ object: DynamicObject) -> (String, String) { (object.creationTimestamp ?? "", object.uid) }
    return all.objects(by: Caches.byClaim, claim).filter { $0.uid != own.uid && !$0.isDeleting }
      .filter { age($0) < age(own) }.min { age($0) < age($1) }?.key
  }

  /// What the deployment has, from whichever spec.
  private func ownObjects(of resource: ModelDeployment) -> [(type: ResourceType, object: DynamicObject)] {
    Caches.childTypes.flatMap { type in
      (caches.children[type]?.objects(by: ObjectIndex.owner.name, uid(resource)) ?? []).map { (type, $0) }
    }
  }

  private func podsByRevision(of resource: ModelDeployment) -> [String: [DynamicObject]] {
    let label = ServingPlanner.podLabelValue(resource.metadata.name ?? "")
    let pods = caches.pods.objects(by: Caches.byModelDeployment.name, label)
      .filter { $0.namespace == resource.metadata.namespace }
    return Dictionary(grouping: pods) { $0.labels[ServingPlanner.revisionLabel] ?? "" }
  }

  private func routerObjects(
    of resource: ModelDeployment, _ own: (ResourceType, ObjectKey) -> DynamicObject?
  ) async throws -> RouterObjects {
    let key = ServingPlanner.routerKey(of: resource)
    var objects: [ResourceType: DynamicObject] = [:]
    for type in [ResourceType.deployment, .configMap, .podDisruptionBudget] { objects[type] = own(type, key) }
    if ServingPlanner.hasRouter(resource) { objects[.secret] = try await children.secrets.secret(key) }
    return await router.read(
      objects, podsBy: Caches.byRouter.name, ServingPlanner.podLabelValue(resource.metadata.name ?? ""),
      namespace: resource.metadata.namespace, freshToken: RouterGather.token())
  }

  /// Read each time: where the Gateway API is not installed, nothing can be watched.
  private func httpRoute(of resource: ModelDeployment) async throws -> DynamicObject? {
    guard ServingPlanner.hasRoute(resource) || resource.status?.routed == true else { return nil }
    return try await children.client.find(.httpRoute, resource.key)
  }

  private func keys(of resource: ModelDeployment) async throws -> ServingObservation.Keys? {
    guard let name = resource.spec.ingress?.apiKey?.secret else { return nil }
    let key = ObjectKey(namespace: resource.metadata.namespace, name: name)
    guard let secret = try await children.secrets.secret(key) else {
      return .missing(
        "spec.ingress.apiKey.secret: there is no Secret \(name) in this namespace: create it, with a value for each key")
    }
    let names = (secret.json["data"]?.object ?? [:]).keys.sorted()
    guard !names.isEmpty else {
      return .missing("spec.ingress.apiKey.secret: Secret \(name) is empty: give it a value for each key")
    }
    return .present(names: names, version: secret.json["data"]?.text() ?? "")
  }

  private func warmUp(
    _ resource: ModelDeployment, _ pods: [String: [DynamicObject]]
  ) async -> ServingObservation.WarmUp {
    guard let warmUp = resource.spec.rollout?.warmUp, let candidate = resource.status?.candidate,
      resource.status?.stepTime == nil
    else {
      await warmUps.forget(uid(resource))
      return .pending
    }
    let port = ServingPlanner.port(of: resource)
    return await warmUps.send(warmUp, of: uid(resource), to: pods[candidate.name] ?? [], port: port)
  }

  private func model(
    of resource: ModelDeployment
  ) async throws -> (ServingObservation.Model, ServingObservation.Access?, TrackingDatabase?) {
    let namespace = resource.metadata.namespace
    if let uri = resource.spec.model.uri {
      // What no tracking server knows needs none; where there is one, pods are told of it all the same.
      let profile = try? await directory.profile(namespace: namespace, secret: resource.spec.tracking?.secret)
      let access = ServingObservation.Access(
        uri: profile?.podURI ?? "", credentials: profile?.credentialsSecret)
      return (.resolved(.init(source: uri, uri: uri)), access, nil)
    }
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
      return (try await resolver.resolve(resource.spec.model, namespace: namespace, database), access, database)
    } catch {
      guard let trouble = TrackingTrouble(error) else { throw error }
      return (.unavailable(reason: trouble.reason, message: trouble.message), access, nil)
    }
  }
}

extension DynamicObject {
  /// What the download told of the files that a pod serves.
  fileprivate var modelDigest: String? {
    let statuses = status["initContainerStatuses"]?.array ?? []
    let fetch = statuses.first { $0["name"]?.string == "model" }
    let told = fetch?[path: "state", "terminated", "message"]?.string
    return fetch?[path: "state", "terminated", "exitCode"]?.int == 0 && told?.hasPrefix("sha256:") == true ? told : nil
  }
}

extension Optional {
  /// `map` with a body that waits.
  fileprivate func asyncMap<Value>(_ body: (Wrapped) async -> Value) async -> Value? {
    guard let self else { return nil }
    return await body(self)
  }
}
