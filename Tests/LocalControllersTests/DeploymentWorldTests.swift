import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalControllers

/// A Deployment with its ReplicaSets and pods, and both controllers working on what they last saw.
struct DeploymentWorld {
  var deployment: DynamicObject
  var replicaSets: [DynamicObject] = []
  var pods: [DynamicObject] = []
  var dice: Dice
  var now = Sample.now
  private var made = 0

  init(replicas: Int, strategy: JSONValue, seed: UInt64, more: JSONObject = [:]) {
    dice = Dice(seed: seed)
    let spec: JSONObject = [
      "replicas": JSONValue(replicas), "strategy": strategy, "selector": ["matchLabels": ["app": "x"]],
      "template": Self.template("v1"),
    ]
    deployment = DynamicObject([
      "apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": ["name": "d", "namespace": "n", "uid": "d", "generation": 1],
      "spec": .object(spec.merging(more) { _, new in new }), "status": [:],
    ])
  }

  static func template(_ image: String) -> JSONValue {
    ["metadata": ["labels": ["app": "x"]], "spec": ["containers": [["name": "c", "image": .string(image)]]]]
  }

  var planner: DeploymentPlanner {
    DeploymentPlanner(deployment: deployment, replicaSets: replicaSets, pods: pods, now: now)
  }

  mutating func edit(_ field: String, _ value: JSONValue) {
    deployment.json[path: "spec", field] = value
    deployment.json[path: "metadata", "generation"] = .integer(deployment.generation + 1)
  }

  private func stamp() -> JSONValue { .string(Timestamp.text(now)) }

  /// The Deployment controller's turn.
  @discardableResult mutating func deploy() -> DeploymentPlanner.Plan {
    let planner = planner
    let plan = planner.plan()
    if var new = plan.create {
      made += 1
      for (field, value) in [("uid", JSONValue("rs\(made)")), ("creationTimestamp", stamp()), ("generation", 1)] {
        new.json[path: "metadata", field] = value
      }
      new.status = [:]
      replicaSets.append(new)
    }
    for (target, size) in plan.scale { edit(target.uid) { $0.json[path: "spec", "replicas"] = JSONValue(size) } }
    if let (target, revision) = plan.renumber { edit(target.uid) { $0.annotations[DeploymentPlanner.revision] = revision } }
    for target in replicaSets where target.spec["replicas"]?.int ?? 0 > 0 {
      edit(target.uid) { $0.annotations.merge(planner.sizes) { _, new in new } }
    }
    for gone in plan.delete { replicaSets.removeAll { $0.uid == gone.uid } }
    deployment.status = plan.status
    if let revision = plan.revision { deployment.annotations[DeploymentPlanner.revision] = revision }
    return plan
  }

  private mutating func edit(_ uid: String, _ change: (inout DynamicObject) -> Void) {
    guard let index = replicaSets.firstIndex(where: { $0.uid == uid }) else { return }
    let before = replicaSets[index].spec
    change(&replicaSets[index])
    if replicaSets[index].spec != before {
      replicaSets[index].json[path: "metadata", "generation"] = .integer(replicaSets[index].generation + 1)
    }
  }

  /// The ReplicaSet controller's turn with one ReplicaSet.
  mutating func replicate(_ uid: String) {
    guard let set = replicaSets.first(where: { $0.uid == uid }) else { return }
    let plan = ReplicaSetPlanner(replicaSet: set, pods: pods.filter { $0.controllerReference?.uid == uid }, now: now).plan()
    edit(uid) { $0.status = plan.status }
    for pod in plan.create {
      made += 1
      var new = pod
      for field in ["name", "uid"] { new.json[path: "metadata", field] = .string("p\(made)") }
      new.json[path: "metadata", "creationTimestamp"] = stamp()
      new.status = ["phase": "Pending"]
      pods.append(new)
    }
    for pod in plan.delete { change(pod.uid) { $0.json[path: "metadata", "deletionTimestamp"] = "2027-01-01T00:00:00Z" } }
  }

  private mutating func change(_ uid: String, _ change: (inout DynamicObject) -> Void) {
    if let index = pods.firstIndex(where: { $0.uid == uid }) { change(&pods[index]) }
  }

  /// Pods become ready, those that are deleted go away, and some die.
  mutating func live(dying: Int = 0, ready: Int = 50) {
    now += TimeInterval(Int.random(in: 1...5, using: &dice))
    for pod in pods {
      if pod.isDeleting {
        if dice.chance(50) { pods.removeAll { $0.uid == pod.uid } }
      } else if !pod.isPodReady, dice.chance(ready) {
        let time = stamp()
        change(pod.uid) {
          $0.json[path: "spec", "nodeName"] = "node"
          $0.status = ["phase": "Running", "conditions": [["type": "Ready", "status": "True", "lastTransitionTime": time]]]
        }
      } else if dice.chance(dying) {
        pods.removeAll { $0.uid == pod.uid }
      }
    }
  }

  var wanted: Int { deployment.spec["replicas"]?.int ?? 0 }
  var total: Int { replicaSets.reduce(0) { $0 + ($1.spec["replicas"]?.int ?? 0) } }
  var available: Int { pods.filter { $0.isPodActive && $0.isPodReady }.count }
  func image(_ pod: DynamicObject) -> String { pod.spec["containers"]?[0]?["image"]?.string ?? "" }

  /// Turns at random until all is as asked for; checks after each Deployment turn.
  mutating func settle(dying: Int = 0, ready: Int = 50, check: (DeploymentWorld) -> Void = { _ in }) -> Bool {
    for _ in 0..<4000 {
      switch Int.random(in: 0..<4, using: &dice) {
      case 0:
        deploy()
        check(self)
      case 1:
        for set in replicaSets where dice.chance(60) { replicate(set.uid) }
        check(self)
      default:
        live(dying: dying, ready: ready)
      }
      let image = deployment.spec[path: "template", "spec", "containers"]?[0]?["image"]?.string
      let plan = planner.plan()
      if plan.create == nil, plan.scale.isEmpty, planner.isComplete(plan), pods.count == wanted,
        pods.allSatisfy({ self.image($0) == image && !$0.isDeleting })
      {
        deploy()
        return true
      }
    }
    return false
  }
}

extension DeploymentWorld {
  mutating func settleOrFail(dying: Int = 0, ready: Int = 50, _ location: SourceLocation = #_sourceLocation) {
    let settled = settle(dying: dying, ready: ready)
    #expect(settled, sourceLocation: location)
  }
}

@Suite struct DeploymentWorldTests {
  static let strategies: [JSONValue] = [
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"]],
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]],
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 0, "maxUnavailable": 1]],
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "0%", "maxUnavailable": "0%"]],
    ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "100%", "maxUnavailable": "50%"]],
  ]

  @Test("A rollout never has more pods than maxSurge allows nor fewer available than maxUnavailable does", arguments: 0..<40)
  func bounds(seed: UInt64) {
    var dice = Dice(seed: seed)
    let strategy = Self.strategies[Int(seed) % Self.strategies.count]
    var world = DeploymentWorld(replicas: Int.random(in: 1...10, using: &dice), strategy: strategy, seed: seed)
    world.settleOrFail()
    for version in ["v2", "v3", "v1", "v2"] {
      world.edit("template", DeploymentWorld.template(version))
      let settled = world.settle { world in
        let planner = world.planner
        #expect(world.total <= world.wanted + planner.surge)
        #expect(world.available >= world.wanted - planner.unavailable)
      }
      #expect(settled)
    }
    #expect(world.deployment.annotations[DeploymentPlanner.revision] == "5")
    #expect(world.deployment.condition("Progressing")?["reason"] == "NewReplicaSetAvailable")
    #expect(world.replicaSets.count == 3)
  }

  @Test("It ends at the newest template though pods die and template and size change on the way", arguments: 0..<40)
  func storms(seed: UInt64) {
    var dice = Dice(seed: seed &+ 1000)
    var world = DeploymentWorld(replicas: 4, strategy: Self.strategies[Int(seed) % 5], seed: seed)
    for _ in 0..<12 {
      switch Int.random(in: 0..<3, using: &dice) {
      case 0: world.edit("template", DeploymentWorld.template("v\(Int.random(in: 1...4, using: &dice))"))
      case 1: world.edit("replicas", JSONValue(Int.random(in: 0...12, using: &dice)))
      default: break
      }
      for _ in 0..<Int.random(in: 0...12, using: &dice) {
        world.deploy()
        #expect(world.total <= max(world.wanted + world.planner.surge, 0))
        for set in world.replicaSets { world.replicate(set.uid) }
        world.live(dying: 5)
      }
    }
    world.edit("template", DeploymentWorld.template("last"))
    world.settleOrFail(dying: 1, ready: 90)
  }

  @Test("Recreate starts nothing new while a pod of the old template is left", arguments: 0..<10)
  func recreate(seed: UInt64) {
    var world = DeploymentWorld(replicas: 3, strategy: ["type": "Recreate"], seed: seed)
    world.settleOrFail()
    world.edit("template", DeploymentWorld.template("v2"))
    let settled = world.settle { world in #expect(Set(world.pods.map { world.image($0) }).count <= 1) }
    #expect(settled)
  }

  @Test("A paused Deployment follows its size and not its template, and says so")
  func paused() {
    var world = DeploymentWorld(replicas: 3, strategy: Self.strategies[0], seed: 1)
    world.settleOrFail()
    world.edit("paused", true)
    world.edit("template", DeploymentWorld.template("v2"))
    world.edit("replicas", 5)
    world.deploy()
    #expect(world.replicaSets.map { $0.spec["replicas"]?.int } == [5])
    #expect(world.deployment.condition("Progressing")?["reason"] == "DeploymentPaused")
    #expect(world.deployment.condition("Progressing")?["status"] == "Unknown")
    world.edit("paused", false)
    world.settleOrFail()
    #expect(world.replicaSets.count == 2)
  }

  @Test("A change of size during a rollout keeps the proportions, within the new bounds at once")
  func proportions() {
    var world = DeploymentWorld(replicas: 10, strategy: Self.strategies[0], seed: 2)
    world.settleOrFail()
    world.edit("template", DeploymentWorld.template("v2"))
    world.deploy()
    world.deploy()
    #expect(world.replicaSets.map { $0.spec["replicas"]?.int } == [8, 3])
    world.edit("replicas", 20)
    world.deploy()
    #expect(world.total == 25)
    #expect(world.replicaSets.map { $0.spec["replicas"]?.int } == [19, 6])
    world.edit("replicas", 4)
    world.deploy()
    #expect(world.total == 5)
    world.settleOrFail()
  }

  @Test("History keeps the newest revisions up to its limit", arguments: [0, 1, 2])
  func history(limit: Int) {
    var world = DeploymentWorld(
      replicas: 2, strategy: Self.strategies[0], seed: 3, more: ["revisionHistoryLimit": JSONValue(limit)])
    for version in ["v1", "v2", "v3", "v1", "v4"] {
      world.edit("template", DeploymentWorld.template(version))
      world.settleOrFail()
    }
    for _ in 0..<3 {
      for set in world.replicaSets { world.replicate(set.uid) }
      world.deploy()
    }
    let revisions = world.replicaSets.map(DeploymentPlanner.revision).sorted()
    #expect(revisions == Array([2, 3, 4].suffix(limit)) + [5] || revisions == Array(3...5).suffix(limit + 1))
  }

  @Test("A rollout that comes no nearer within its deadline has failed to progress, and recovers when it does")
  func deadline() {
    var world = DeploymentWorld(
      replicas: 2, strategy: Self.strategies[1], seed: 4, more: ["progressDeadlineSeconds": 60])
    world.deploy()
    for set in world.replicaSets { world.replicate(set.uid) }
    for set in world.replicaSets { world.replicate(set.uid) }
    let plan = world.deploy()
    #expect(world.deployment.condition("Progressing")?["status"] == "True")
    #expect(plan.wake == 61)
    world.now += 60
    world.deploy()
    #expect(world.deployment.condition("Progressing")?["status"] == "True")
    world.now += 1
    world.deploy()
    #expect(world.deployment.condition("Progressing")?["reason"] == "ProgressDeadlineExceeded")
    #expect(world.deployment.condition("Available")?["status"] == "False")
    world.settleOrFail(ready: 100)
    #expect(world.deployment.condition("Progressing")?["reason"] == "NewReplicaSetAvailable")
    #expect(world.deployment.condition("Available")?["status"] == "True")
  }

  @Test("A rollout that has ended stays ended when a pod dies later")
  func dies() {
    var world = DeploymentWorld(replicas: 3, strategy: Self.strategies[0], seed: 5)
    world.settleOrFail()
    world.pods.removeFirst()
    for set in world.replicaSets { world.replicate(set.uid) }
    for set in world.replicaSets { world.replicate(set.uid) }
    world.now += 10_000
    world.deploy()
    #expect(world.deployment.status["availableReplicas"] == 2)
    #expect(world.deployment.status["unavailableReplicas"] == 1)
    #expect(world.deployment.condition("Progressing")?["reason"] == "NewReplicaSetAvailable")
  }

  @Test("A ReplicaSet's pods are available once they were ready for minReadySeconds")
  func minReady() {
    var set = DynamicObject(.replicaSet, ObjectKey(namespace: "n", name: "r"))
    set.spec = ["replicas": 1, "minReadySeconds": 30, "template": DeploymentWorld.template("v1")]
    var pod = Sample.pod("p", held: false)
    pod.json[path: "status", "conditions"] = [["type": "Ready", "status": "True", "lastTransitionTime": Sample.time(-10)]]
    let plan = ReplicaSetPlanner(replicaSet: set, pods: [pod], now: Sample.now).plan()
    #expect(plan.status["readyReplicas"] == 1 && plan.status["availableReplicas"].isAbsent)
    #expect(plan.wake == 20)
  }

  @Test("The pods that are the least loss go first")
  func removal() {
    var cheap = Sample.pod("cheap")
    cheap.annotations[PodRemovalOrder.cost] = "-5"
    var ready = Sample.pod("ready")
    ready.json[path: "status", "conditions"] = [["type": "Ready", "status": "True", "lastTransitionTime": Sample.time(-10)]]
    let pods = [
      ready, Sample.pod("running"), cheap, Sample.pod("restarted", restarts: 3), Sample.pod("pending", "Pending"),
      Sample.pod("unbound", "Pending", bound: false),
    ]
    #expect(
      PodRemovalOrder.first(6, of: pods).map(\.name) == ["unbound", "pending", "cheap", "restarted", "running", "ready"])
  }
}
