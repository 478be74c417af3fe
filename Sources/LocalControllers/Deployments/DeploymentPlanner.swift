import CRDTypes
import FoundationEssentials
import JSON

/// The Deployment controller's decisions: which ReplicaSets there should be, of what size. Pure.
struct DeploymentPlanner: Sendable {
  struct Plan: Sendable {
    var status: JSONValue
    var revision: String?
    /// A ReplicaSet for a template that has none yet.
    var create: DynamicObject?
    /// New sizes by name.
    var scale: [(DynamicObject, Int)] = []
    var delete: [DynamicObject] = []
    /// A ReplicaSet whose revision is to become the newest.
    var renumber: (DynamicObject, String)?
    var wake: TimeInterval?
  }

  static let revision = "deployment.kubernetes.io/revision"
  static let desired = "deployment.kubernetes.io/desired-replicas"
  static let maximum = "deployment.kubernetes.io/max-replicas"
  static let hashLabel = "pod-template-hash"

  let deployment: DynamicObject
  let replicaSets: [DynamicObject]
  let pods: [DynamicObject]
  let now: Date

  var spec: JSONValue { deployment.spec }
  var replicas: Int { spec["replicas"]?.int ?? 1 }
  var isRecreate: Bool { spec[path: "strategy", "type"]?.string == "Recreate" }

  var surge: Int { isRecreate ? 0 : bound("maxSurge", roundUp: true) }
  var unavailable: Int {
    if isRecreate { return 0 }
    let value = bound("maxUnavailable", roundUp: false)
    return min(value == 0 && surge == 0 ? 1 : value, replicas)
  }

  private func bound(_ name: String, roundUp: Bool) -> Int {
    let value = spec[path: "strategy", "rollingUpdate", name]
    if let number = value?.int { return number }
    let percent = Double((value?.string ?? "25%").dropLast()) ?? 25
    let exact = Double(replicas) * percent / 100
    return Int(roundUp ? exact.rounded(.up) : exact.rounded(.down))
  }

  private var template: JSONValue { spec["template"] ?? .null }

  /// The ReplicaSet of the current template, whatever its hash label says.
  var current: DynamicObject? {
    replicaSets.filter { Self.template(of: $0) == template }.min { ($0.creationTimestamp ?? "") < ($1.creationTimestamp ?? "") }
  }

  private static func template(of replicaSet: DynamicObject) -> JSONValue {
    var template = replicaSet.spec["template"] ?? .null
    template[path: "metadata", "labels", hashLabel] = nil
    return template
  }

  func plan() -> Plan {
    var plan = Plan(status: deployment.status)
    let isPaused = spec["paused"]?.bool == true
    let newest = replicaSets.map(Self.revision).max() ?? 0
    if let current {
      let own = Self.revision(of: current)
      let older = replicaSets.filter { $0.uid != current.uid }.map(Self.revision).max() ?? 0
      let revision = own > older ? own : older + 1
      plan.revision = String(revision)
      if revision != own { plan.renumber = (current, String(revision)) }
      if isPaused || isScaled { plan.scale = proportional() } else { resize(&plan, current: current) }
    } else if isPaused || isScaled {
      plan.scale = proportional()
    } else {
      let old = replicaSets.filter { size($0) > 0 }
      let room = isRecreate ? (pods.contains { !$0.isPodOver } ? 0 : replicas)
        : max(0, min(replicas, replicas + surge - old.reduce(0) { $0 + size($1) }))
      if isRecreate { plan.scale = old.map { ($0, 0) } }
      plan.revision = String(newest + 1)
      plan.create = makeReplicaSet(revision: newest + 1, replicas: room)
    }
    writeStatus(&plan)
    if isPaused || isComplete(plan) { cleanUp(&plan) }
    return plan
  }

  func size(_ replicaSet: DynamicObject) -> Int { replicaSet.spec["replicas"]?.int ?? 0 }

  private func count(_ replicaSet: DynamicObject, _ field: String) -> Int { replicaSet.status[field]?.int ?? 0 }

  private func resize(_ plan: inout Plan, current: DynamicObject) {
    let old = replicaSets.filter { $0.uid != current.uid && size($0) > 0 }
    if isRecreate {
      plan.scale = old.map { ($0, 0) }
      let oldPods = pods.contains { pod in
        !pod.isPodOver && pod.controllerReference?.uid != current.uid
      }
      if old.isEmpty, !oldPods, size(current) != replicas { plan.scale.append((current, replicas)) }
      return
    }
    let total = replicaSets.reduce(0) { $0 + size($1) }
    if size(current) > replicas {
      plan.scale = [(current, replicas)]
    } else if size(current) < replicas {
      let room = replicas + surge - total
      if room > 0 { plan.scale = [(current, min(replicas, size(current) + room))] }
    }
    guard !old.isEmpty else { return }
    // What may go: replicas that are not available cost nothing; of the others as many as stay above the minimum.
    let available = replicaSets.reduce(0) { $0 + count($1, "availableReplicas") }
    let newUnavailable = size(current) - count(current, "availableReplicas")
    var removable = total - (replicas - unavailable) - newUnavailable
    guard removable > 0 else { return }
    var shrunk: [String: Int] = [:]
    for replicaSet in old.sorted(by: { ($0.creationTimestamp ?? "") < ($1.creationTimestamp ?? "") }) {
      let useless = min(removable, max(0, size(replicaSet) - count(replicaSet, "availableReplicas")))
      shrunk[replicaSet.uid] = useless
      removable -= useless
    }
    var spare = max(0, min(removable, available - (replicas - unavailable)))
    for replicaSet in old.sorted(by: { ($0.creationTimestamp ?? "") < ($1.creationTimestamp ?? "") }) {
      let kept = size(replicaSet) - (shrunk[replicaSet.uid] ?? 0)
      let more = min(spare, kept)
      spare -= more
      if kept - more != size(replicaSet) { plan.scale.append((replicaSet, kept - more)) }
    }
  }

  private func makeReplicaSet(revision: Int, replicas size: Int) -> DynamicObject {
    let hash = TemplateHash.of(template, collisions: deployment.status["collisionCount"]?.int ?? 0)
    var labelled = template
    labelled[path: "metadata", "labels", Self.hashLabel] = .string(hash)
    var selector = spec["selector"] ?? .object([:])
    selector[path: "matchLabels", Self.hashLabel] = .string(hash)
    var out = DynamicObject(
      .replicaSet, ObjectKey(namespace: deployment.namespace, name: "\(deployment.name)-\(hash)"))
    out.labels = labelled[path: "metadata", "labels"]?.stringMap ?? [:]
    var annotations = deployment.annotations
    annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
    annotations[Self.revision] = String(revision)
    out.annotations = annotations.merging(sizes) { _, new in new }
    out.ownerReferences = [
      OwnerReference(
        apiVersion: "apps/v1", kind: "Deployment", name: deployment.name, uid: deployment.uid, controller: true,
        blockOwnerDeletion: true)
    ]
    out.spec = .compact([
      "replicas": JSONValue(size), "selector": selector, "template": labelled,
      "minReadySeconds": spec["minReadySeconds"],
    ])
    return out
  }

  /// The annotations by which a ReplicaSet knows what its Deployment wants.
  var sizes: [String: String] { [Self.desired: String(replicas), Self.maximum: String(replicas + surge)] }

  static func revision(of replicaSet: DynamicObject) -> Int { replicaSet.annotations[revision].flatMap { Int($0) } ?? 0 }

  /// Takes away old ReplicaSets beyond the history that is kept, the oldest revisions first.
  private func cleanUp(_ plan: inout Plan) {
    let limit = spec["revisionHistoryLimit"]?.int ?? 10
    let idle = replicaSets.filter { replicaSet in
      replicaSet.uid != current?.uid && size(replicaSet) == 0 && count(replicaSet, "replicas") == 0
        && !replicaSet.isDeleting && (replicaSet.status["observedGeneration"]?.integer ?? 0) >= replicaSet.generation
    }.sorted { (Self.revision(of: $0), $0.creationTimestamp ?? "") < (Self.revision(of: $1), $1.creationTimestamp ?? "") }
    if idle.count > limit { plan.delete = Array(idle.prefix(idle.count - limit)) }
  }
}
