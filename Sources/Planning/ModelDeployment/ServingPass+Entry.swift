import CRDTypes
import JSON

/// How requests are led to the revisions.
extension ServingPass {
  /// The split of the routers for some weights: as few slots as possible change.
  func slots(_ split: TrafficSplit) -> SlotTable { SlotTable(weights: split.slots, previous: seen.router.slots) }

  /// Nil while no revision has an address.
  func routerConfiguration(without gone: Set<String>) -> RouterConfiguration? {
    let revisions = ledger.inOrder.filter { !gone.contains($0.name) && $0.address != nil }
    guard let first = revisions.first else { return nil }
    var backends: [RouterConfiguration.Backend] = []
    for revision in revisions {
      guard let address = revision.address else { continue }
      let template = revision.objects.deployment.spec["template"] ?? .null
      backends.append(
        .init(
          variant: revision.name, server: address, healthPath: RevisionTemplate.healthPath(of: template),
          backups: standIn(for: revision, among: revisions).map { [$0] } ?? []))
    }
    var gate = RouterConfiguration.Gate()
    if let apiKey = spec.ingress?.apiKey, case .present(let names, _)? = seen.keys {
      gate.key = .init(header: apiKey.header ?? "X-Api-Key", files: names.sorted())
    }
    gate.maxBodyBytes = spec.ingress?.maxBodySize.flatMap(Quantity.milli).map { $0 / 1000 }
    gate.timeout = spec.ingress?.timeout.flatMap(DurationText.duration)
    return RouterConfiguration(
      assignment: .random, backends: backends, control: first.name, gate: gate, mirrors: spec.strategy == .shadow)
  }

  /// The revision that served before another one, and takes what that does not answer: the one promoted last of those
  /// promoted before it. So it stays the same when the other is promoted itself, and nothing need be configured anew.
  private func standIn(
    for revision: ServedRevision, among all: [ServedRevision]
  ) -> RouterConfiguration.Backup? {
    let own = revision.record.promotedTime
    func key(_ other: ServedRevision) -> (String, String) { (other.record.promotedTime ?? "", other.name) }
    let before = all.filter { other in
      other.isPromoted && other.name != revision.name && own.map { key(other) < ($0, revision.name) } ?? true
    }
    return before.max { key($0) < key($1) }.flatMap { found in
      found.address.map { .init(variant: found.name, server: $0) }
    }
  }

  /// Whether everything that leads requests leads them so.
  func isInEffect(_ split: TrafficSplit) -> Bool {
    switch spec.entry {
    case .service: return true
    case .router:
      guard let configuration = routerConfiguration(without: []), !seen.router.pods.isEmpty else { return false }
      let known = Set(configuration.backends.map(\.variant))
      guard split.revisions.isSubset(of: known) else { return false }
      let version = slots(split).version
      // A configuration without a revision that comes or goes meanwhile serves these as well.
      let accepted = Set([configuration.digest, routerDigest(serving: split)].compactMap { $0 })
      return seen.router.pods.allSatisfy { pod in
        pod.version == version && pod.configuration.map(accepted.contains) == true
      }
    case .gateway: return HTTPRouteManifest.carries(split, seen.httpRoute)
    }
  }

  /// The configuration that the router's pods are to have by its Deployment, where that can serve a split.
  private func routerDigest(serving split: TrafficSplit) -> String? {
    let digest = seen.router.deployment?.spec[
      path: "template", "metadata", "annotations", RouterManifests.configurationAnnotation]?.string
    let data = seen.router.configMap?.json["data"]
    guard let text = data?["haproxy.cfg"]?.string, split.mirror == nil || data?[RouterMirror.file] != nil,
      split.revisions.allSatisfy({ text.contains("backend variant_\($0)\n") })
    else { return nil }
    return digest
  }

  /// Whether no pod of the router knows these revisions any more, not even one that ends.
  func isUnused(_ gone: Set<String>) -> Bool {
    guard spec.entry == .router, let configuration = routerConfiguration(without: gone) else { return true }
    return seen.router.configurations.subtracting([configuration.digest]).isEmpty
  }

  mutating func lead(_ split: TrafficSplit, without gone: Set<String>) {
    let owner = resource.controllerReference
    let labels = ChildLabels.make(
      name: "model-server", instance: name, component: "entry", own: (ServingPlanner.podLabel, name))
    switch spec.entry {
    case .service:
      let template = (stable ?? ledger.inOrder.last)?.objects.deployment.spec["template"]
      plan.apply(
        service(
          labels, selecting: (ServingPlanner.podLabel, name),
          port: template.map(RevisionTemplate.servicePort) ?? Self.namedPort), over: seen.service)
    case .router: lead(split, throughRouterWithout: gone, labels)
    case .gateway:
      if let ingress = spec.ingress, let gateway = ingress.gateway {
        let route = HTTPRouteManifest(
          key: resource.key, ingress: ingress, gateway: gateway,
          split: present(split), labels: labels, owner: owner)
        if !route.split.weights.isEmpty { plan.apply(route.object, over: seen.httpRoute) }
      }
    }
    if spec.entry != .gateway, let ingress = spec.ingress {
      plan.apply(
        IngressManifest.make(ingress, key: resource.key, service: name, labels: labels, owner: owner),
        over: seen.ingress)
    }
    leaveOldEntry(split)
    plan.status.routed = spec.entry == .gateway || seen.httpRoute != nil ? true : nil
  }

  /// Takes away what led requests under an earlier spec, once what takes its place does so.
  private mutating func leaveOldEntry(_ split: TrafficSplit) {
    if spec.entry != .gateway, spec.ingress == nil { plan.delete(.ingress, seen.ingress) }
    guard isInEffect(split), spec.entry != .service || seen.service != nil else { return }
    switch spec.entry {
    case .service: removeRouter()
    case .router: break
    case .gateway:
      plan.delete(.ingress, seen.ingress)
      plan.delete(.service, seen.service)
      removeRouter()
    }
    if spec.entry != .gateway { plan.delete(.httpRoute, seen.httpRoute) }
  }

  /// Without revisions that have no Service yet.
  private func present(_ split: TrafficSplit) -> TrafficSplit {
    let names = Set(ledger.inOrder.filter { $0.objects.service != nil }.map(\.name))
    return TrafficSplit(
      split.weights.filter { names.contains($0.key) },
      mirror: split.mirror.flatMap { names.contains($0.revision) ? $0 : nil })
  }

  private static let namedPort: JSONValue = ["name": "http", "port": 80, "targetPort": "http", "protocol": "TCP"]

  private func service(
    _ labels: [String: String], selecting own: (key: String, value: String), port: JSONValue
  ) -> DynamicObject {
    var out = DynamicObject(.service, resource.key)
    out.labels = labels
    out.ownerReferences = [resource.controllerReference]
    out.spec = ["selector": [own.key: .string(ChildLabels.labelValue(own.value))], "ports": [port]]
    return Owned.stamped(out)
  }

  private mutating func lead(
    _ split: TrafficSplit, throughRouterWithout gone: Set<String>, _ labels: [String: String]
  ) {
    if let configuration = routerConfiguration(without: gone) {
      var manifests = RouterManifests(
        key: ServingPlanner.routerKey(of: resource), owner: resource.controllerReference, instance: name,
        label: (ServingPlanner.routerLabel, name), configuration: configuration, slots: slots(split),
        image: settings.routerImage, resources: ["requests": ["cpu": "50m", "memory": "64Mi"]])
      if let apiKey = spec.ingress?.apiKey, case .present(_, let version)? = seen.keys {
        manifests.keys = (apiKey.secret, version)
      }
      // Without its keys a router would let nobody in, or everybody: the one that is there stays as it is.
      if !lacksKeys { plan.steps += seen.router.steps(toward: manifests, withService: false) }
      let known = Set(configuration.backends.map(\.variant))
      let digest = configuration.digest
      // A router that does not know a revision yet cannot be told to send requests to it.
      for change in seen.router.changes(to: manifests.slots) {
        let isReady = seen.router.pods.contains { $0.pod == change.pod && $0.configuration == digest }
        // The stable revision is one that every router knows.
        let isBack = split.revisions == Set([stable?.name].compactMap { $0 })
        if split.revisions.isSubset(of: known), isReady || isBack { plan.steps.append(.record(.setSlots(change))) }
      }
    }
    // A Service that has led requests to pods goes on doing so until the router can take them.
    let selector = seen.service?.spec["selector"]?.stringMap
    let isMoving = selector != nil && selector?[ServingPlanner.routerLabel] == nil
    guard !isMoving || !seen.router.pods.isEmpty else { return }
    plan.apply(service(labels, selecting: (ServingPlanner.routerLabel, name), port: Self.namedPort), over: seen.service)
  }

  private mutating func removeRouter() {
    plan.delete(.deployment, seen.router.deployment)
    plan.delete(.configMap, seen.router.configMap)
    plan.delete(.podDisruptionBudget, seen.router.disruptionBudget)
  }
}
