import CRDTypes
import JSON

extension SweepPass {
  /// The headless Service under whose name the nodes of a trial find each other. One serves all trials of a sweep:
  /// each pod has a name of its own below it.
  mutating func provideService() {
    guard design.nodes > 1 else { return }
    let manifest = Owned.stamped(Self.service(of: sweep))
    if let there = observation.service, Owned.holds(manifest, in: there) { return }
    steps.append(.apply(manifest))
  }

  static func service(of sweep: TrainingSweep) -> DynamicObject {
    let name = sweep.metadata.name ?? ""
    var service = DynamicObject(
      .service, ObjectKey(namespace: sweep.metadata.namespace, name: TrialName.service(sweep: name)))
    service.labels = [
      "app.kubernetes.io/name": "martlet-trial", "app.kubernetes.io/instance": name,
      "app.kubernetes.io/component": "nodes", "app.kubernetes.io/managed-by": "martlet", SweepKeys.sweep: name,
    ]
    service.ownerReferences = [sweep.controllerReference]
    service.spec = [
      "clusterIP": "None",
      // Nodes look for each other while none of them is ready.
      "publishNotReadyAddresses": true,
      "selector": [SweepKeys.sweep: .string(name)],
      "ports": [["name": "rendezvous", "port": .integer(Int64(TrialNodes.port)), "protocol": "TCP"]],
    ]
    return service
  }
}
