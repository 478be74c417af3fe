import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite("The way in to a deployment")
struct EntryTests {
  @Test("A router stands only where a Service cannot do what is asked for")
  func router() {
    func entry(_ change: (inout ModelDeployment.Spec) -> Void) -> ModelDeployment.Spec.Entry {
      var spec = ModelDeployment.Spec(model: .init(run: "r"), ingress: .init(host: "h"))
      change(&spec)
      return spec.entry
    }
    #expect(entry { _ in } == .service)
    #expect(entry { $0.rollout = .init(deadline: "1m", drain: "30s", keepWarm: "0s", historyLimit: 3) } == .service)
    #expect(entry { $0.rollout = .init(steps: [.init(weight: 5)]) } == .router)
    #expect(entry { $0.rollout = .init(keepWarm: "1h") } == .router)
    #expect(entry { $0.ingress?.apiKey = .init(secret: "k") } == .router)
    #expect(entry { $0.ingress?.timeout = "5s" } == .router)
    #expect(entry { $0.route = .gateway } == .gateway)
  }

  @Test("A router that comes in takes the Service over once its pods are ready, and gives it back when it goes")
  func handOver() {
    var world = ServingWorld()
    world.settle()
    func selector() -> [String: String]? { world.world.object(.service, "churn")?.spec["selector"]?.stringMap }
    #expect(selector() == [ServingPlanner.podLabel: "churn"])
    world.resource.spec.rollout = .init(steps: [.init(weight: 50)])
    world.reconcile()
    world.reconcile()
    #expect(selector() == [ServingPlanner.podLabel: "churn"])
    world.settle()
    #expect(world.world.object(.service, "churn")?.spec["selector"]?[ServingPlanner.routerLabel] == "churn")
    world.resource.spec.rollout = nil
    world.settle()
    #expect(world.world.object(.service, "churn")?.spec["selector"]?[ServingPlanner.podLabel] == "churn")
    #expect(world.world.object(.deployment, "churn-traffic") == nil)
    #expect(world.revisions.count == 1)
  }

  @Test("Keys, the size of bodies and the time of requests are the router's to hold to; keys are files, never text")
  func gate() throws {
    var world = ServingWorld {
      $0.spec.ingress?.apiKey = .init(secret: "keys")
      $0.spec.ingress?.maxBodySize = "2Ki"
      $0.spec.ingress?.timeout = "90s"
    }
    world.keys = .missing("spec.ingress.apiKey.secret: there is no Secret keys in this namespace")
    world.settle()
    #expect(world.world.objects(.deployment).isEmpty)
    #expect(world.condition("Ready")?.reason == "APIKeySecretNotFound")
    world.keys = .present(names: ["b", "a"], version: "secret text")
    world.settle()
    let text = try #require(
      world.world.object(.configMap, "churn-traffic")?.json[path: "data", "haproxy.cfg"]?.string)
    #expect(
      text.contains(
        "deny_status 401 unless { req.hdr(X-Api-Key) -m str -f /etc/martlet-keys/a -f /etc/martlet-keys/b }"))
    #expect(text.contains("deny_status 413 if { req.body_size gt 2048 }"))
    #expect(text.contains("timeout server 90s"))
    let router = try #require(world.world.object(.deployment, "churn-traffic"))
    #expect(!router.json.text().contains("secret text"))
    let before = router.spec["template"]
    world.keys = .present(names: ["a", "b"], version: "another text")
    world.settle()
    #expect(world.world.object(.deployment, "churn-traffic")?.spec["template"] != before)
  }

  @Test("An address that another deployment has is not taken from it, and what serves is left alone")
  func rival() {
    var world = ServingWorld()
    world.settle()
    world.rival = ObjectKey(namespace: "ml", name: "older")
    world.model = ServingWorld.model(2)
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.reason == "RouteTaken")
    #expect(world.condition("Stalled")?.message.contains("ml/older has churn.example.com/ already") == true)
    world.rival = nil
    world.settle()
    #expect(world.stable == world.name(2) && world.condition("Stalled") == nil)
  }

  @Test(
    "An address is an Ingress's class, host and path",
    arguments: [
      (["class": "nginx", "host": "h", "path": "/a"], "nginx h /a"), (["host": "h"], " h /"), ([:], "  /"),
    ] as [(JSONValue, String)])
  func claim(_ ingress: JSONValue, _ expected: String) {
    var object = DynamicObject(ModelDeployment.type, ObjectKey(namespace: "ml", name: "churn"))
    object.spec = ["ingress": ingress]
    #expect(ServingPlanner.claim(object) == expected)
    object.spec["route"] = "Gateway"
    #expect(ServingPlanner.claim(object) == nil)
    object.spec = ["model": ["run": "r"]]
    #expect(ServingPlanner.claim(object) == nil)
  }

  @Test("A revision's requests go to those before it while it does not answer")
  func backups() throws {
    var world = ServingWorld { $0.spec.rollout = .init(steps: [.init(weight: 50, pause: true)]) }
    world.settle()
    world.model = ServingWorld.model(2)
    world.settle()
    let text = try #require(
      world.world.object(.configMap, "churn-traffic")?.json[path: "data", "haproxy.cfg"]?.string)
    let section = text.split(separator: "backend variant_\(world.name(2))\n").last.map { String($0) } ?? ""
    #expect(section.contains("server \(world.name(1)) 10.0.0"))
    #expect(section.contains("use-server service if { always_true }\n"))
    #expect(text.contains("rand(10000)") && !text.contains("Set-Cookie"))
  }

  @Test("After a way back, what serves stands in for the next revision, and not the one that was left")
  func backupsAfterRollback() throws {
    var world = ServingWorld { $0.spec.rollout = .init(steps: [.init(weight: 50)], drain: "0s", keepWarm: "10h") }
    world.settle()
    for number in [2, 3] {
      world.model = ServingWorld.model(number)
      world.pass(100)
    }
    let first = world.name(1)
    world.resource.spec.rollout?.revision = first
    world.pass(100)
    #expect(world.stable == first)
    world.resource.spec.rollout?.revision = nil
    world.resource.spec.rollout?.steps = [.init(weight: 50, pause: true)]
    world.model = ServingWorld.model(4)
    world.pass(100)
    #expect(world.candidate == world.name(4))
    let text = try #require(
      world.world.object(.configMap, "churn-traffic")?.json[path: "data", "haproxy.cfg"]?.string)
    let section = try #require(text.split(separator: "backend variant_\(world.name(4))\n").last)
      .split(separator: "backend ").first ?? ""
    #expect(section.contains("server \(first) 10.0.0") && !section.contains("server \(world.name(3)) "))
  }

  @Test("A router that has not been told of a revision yet is not told to send requests there")
  func unknown() {
    var world = ServingWorld { $0.spec.rollout = .init(keepWarm: "1h") }
    world.settle()
    world.model = ServingWorld.model(2)
    world.settle()
    let routers = world.routers
    world.model = ServingWorld.model(3)
    // The new pods are there at once, the routers' successors are not.
    for _ in 0..<8 {
      world.routers = routers
      world.reconcile()
      for revision in world.revisions {
        let wanted = revision.spec["replicas"] ?? 0
        world.world.setStatus(
          .deployment, revision.name,
          [
            "observedGeneration": 1, "replicas": wanted, "updatedReplicas": wanted, "readyReplicas": wanted,
            "availableReplicas": wanted,
          ])
      }
    }
    #expect(world.candidate == world.name(3) && world.stable == world.name(2))
    let told = world.plan().steps.filter { if case .record = $0 { true } else { false } }
    #expect(told.isEmpty)
    world.settle()
    #expect(world.stable == world.name(3))
  }

  @Test("The old way in stays until the new one leads requests")
  func change() {
    var world = ServingWorld { $0.spec.rollout = .init(steps: [.init(weight: 50)]) }
    world.settle()
    world.resource.spec.route = .gateway
    world.resource.spec.ingress = .init(host: "h", gateway: .init(name: "public"))
    world.settle()
    func there(_ type: ResourceType, _ name: String = "churn") -> Bool { world.world.object(type, name) != nil }
    #expect(there(.httpRoute) && there(.ingress) && there(.service) && there(.deployment, "churn-traffic"))
    Self.accept(&world)
    world.settle()
    #expect(!there(.ingress) && !there(.service) && !there(.deployment, "churn-traffic"))
    world.resource.spec.route = .ingress
    world.resource.spec.ingress = .init(host: "h")
    world.reconcile()
    world.reconcile()
    #expect(there(.httpRoute))
    world.settle()
    #expect(there(.ingress) && there(.service) && !there(.httpRoute))
  }

  @Test("Without the Secret of its keys a router stays as it is, and a rollout is judged all the same")
  func lostKeys() {
    var world = ServingWorld {
      $0.spec.ingress?.apiKey = .init(secret: "keys")
      $0.spec.rollout = .init(
        steps: [.init(weight: 50, hold: "1h")], checks: [.init(name: "c", router: .init(maxErrorShare: "0"))])
    }
    world.keys = .present(names: ["a"], version: "1")
    world.settle()
    world.model = ServingWorld.model(2)
    world.settle()
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.shares == [old: 50, new: 50])
    let template = world.world.object(.deployment, "churn-traffic")?.spec["template"]
    world.keys = .missing("there is no Secret keys")
    world.traffic = [new: .init(requests: 200, answers: 200, serverErrors: 9)]
    let plan = world.reconcile()
    #expect(plan.status.failedRevision?.name == new && world.condition("Ready")?.reason == "APIKeySecretNotFound")
    let told = plan.steps.contains {
      if case .record(.setSlots(let change)) = $0 { Set(change.slots.variants) == [old] } else { false }
    }
    #expect(told)
    #expect(world.world.object(.deployment, "churn-traffic")?.spec["template"] == template)
    #expect(world.condition("Available")?.status == .true)
  }

  /// What a Gateway's controller says of a route.
  private static func accept(_ world: inout ServingWorld, _ status: String = "True", _ reason: String = "Accepted") {
    world.world.setStatus(
      .httpRoute, "churn",
      [
        "parents": [
          [
            "parentRef": ["name": "public"],
            "conditions": [
              ["type": "Accepted", "status": .string(status), "reason": .string(reason), "message": "no listener"],
              ["type": "ResolvedRefs", "status": "True"],
            ],
          ]
        ]
      ])
  }

  @Test("Behind a Gateway the weights of an HTTPRoute split traffic, and count once the Gateway has taken them")
  func gateway() throws {
    var world = ServingWorld {
      $0.spec.route = .gateway
      $0.spec.ingress = .init(
        host: "churn.example.com", gateway: .init(name: "public", namespace: "gateways", sectionName: "https"),
        timeout: "30s")
      $0.spec.rollout = .init(steps: [.init(weight: 20, hold: "1m")])
    }
    func weights() -> [String: Int] {
      let backends = world.world.object(.httpRoute, "churn")?.spec["rules"]?[0]?["backendRefs"]?.array ?? []
      return Dictionary(
        uniqueKeysWithValues: backends.map { ($0["name"]?.string ?? "", $0["weight"]?.int ?? -1) })
    }
    world.settle()
    #expect(world.condition("Ready")?.reason == "ShiftingTraffic")
    Self.accept(&world, "False", "NoMatchingParent")
    world.settle()
    #expect(world.condition("Ready")?.reason == "RouteRefused")
    #expect(world.condition("Ready")?.message.contains("NoMatchingParent") == true)
    Self.accept(&world)
    world.settle()
    #expect(world.condition("Ready")?.status == .true)
    let old = world.name(1)
    #expect(weights() == [old: 100])
    #expect(world.world.object(.service, "churn") == nil && world.world.object(.ingress, "churn") == nil)
    let route = try #require(world.world.object(.httpRoute, "churn"))
    #expect(route.spec["parentRefs"]?[0] == ["name": "public", "namespace": "gateways", "sectionName": "https"])
    #expect(route.spec["rules"]?[0]?[path: "timeouts", "request"] == "30s")
    world.model = ServingWorld.model(2)
    world.settle()
    let new = world.name(2)
    #expect(weights() == [old: 80, new: 20])
    #expect(world.resource.status?.stepTime != nil)
    world.pass(61)
    #expect(weights() == [new: 100] && world.stable == new)
  }

  @Test("What a Gateway cannot do is refused, not left out", arguments: ["spec.ingress.apiKey", "spec.rollout.checks"])
  func impossible(_ field: String) {
    var world = ServingWorld {
      $0.spec.route = .gateway
      $0.spec.ingress = .init(host: "h", gateway: .init(name: "public"))
      if field == "spec.ingress.apiKey" {
        $0.spec.ingress?.apiKey = .init(secret: "keys")
      } else {
        $0.spec.rollout = .init(
          steps: [.init(weight: 5)], checks: [.init(name: "c", router: .init(maxErrorShare: "0"))])
      }
    }
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.message.hasPrefix("\(field): ") == true)
  }
}
