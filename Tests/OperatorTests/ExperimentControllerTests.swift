import CRDTypes
import ControllerKit
import JSON
import Testing

@testable import Operator
@testable import Planning

@Suite struct ExperimentControllerTests {
  private static let key = ObjectKey(namespace: "ml", name: "ab")
  private static let managed = ["app.kubernetes.io/managed-by": "martlet"]

  private static func spec(_ control: Int64) -> JSONValue {
    [
      "assignment": ["header": "X-User-Id"],
      "variants": [
        ["name": "control", "deployment": "v1", "weight": .integer(control), "control": true],
        ["name": "treatment", "deployment": "v2", "weight": .integer(100 - control)],
      ],
    ]
  }

  /// A variant's ModelDeployment as it serves, with its objects.
  private static func serve(_ name: String, at address: String, _ cluster: TestCluster) async {
    var resource = Workplace.resource(ModelDeployment.type, name, [:])
    resource.status = ["readyReplicas": 1]
    let served = await cluster.put(resource, as: ModelDeployment.type)
    let owner = OwnerReference(
      apiVersion: ModelDeployment.type.apiVersion, kind: ModelDeployment.type.kind, name: name, uid: served.uid,
      controller: true)
    var service = DynamicObject(.service, ObjectKey(namespace: "ml", name: name))
    service.spec = ["clusterIP": .string(address)]
    service.labels = managed
    service.ownerReferences = [owner]
    await cluster.put(service, as: .service)
  }

  private static func controller(_ place: Workplace) -> ExperimentController {
    ExperimentController(
      gather: ExperimentGather(
        caches: place.caches, children: place.children, router: place.routers),
      planner: ExperimentPlanner(.init(image: "haproxy:2.8")), shell: place.shell(ExperimentController.name),
      secrets: place.secrets, time: SystemTime())
  }

  @Test("Weights of the spec reach the routers that run, and status tells when they have them")
  func weights() async throws {
    let router = try await RunningRouter(SlotTable(weights: [("control", 100), ("treatment", 0)]))
    let place = Workplace()
    await Self.serve("v1", at: "10.0.0.1", place.cluster)
    await Self.serve("v2", at: "10.0.0.2", place.cluster)
    let experiment = await place.cluster.put(
      Workplace.resource(ABExperiment.type, "ab", Self.spec(70)), as: ABExperiment.type)
    var secret = Workplace.secret("ab-router", ["token": RunningRouter.token])
    secret.ownerReferences = [
      OwnerReference(
        apiVersion: ABExperiment.type.apiVersion, kind: ABExperiment.type.kind, name: "ab", uid: experiment.uid,
        controller: true)
    ]
    await place.cluster.put(secret, as: .secret)
    var pod = DynamicObject(.pod, ObjectKey(namespace: "ml", name: "ab-router-1"))
    pod.labels = Self.managed.merging([ExperimentPlanner.podLabel: "ab"]) { $1 }
    pod.status = ["podIP": .string(router.address), "conditions": [["type": "Ready", "status": "True"]]]
    await place.cluster.put(pod, as: .pod)

    let controller = Self.controller(place)
    func reconcile() async throws -> (next: Next, object: DynamicObject) {
      try await place.refresh()
      let next = try await controller.reconcile(Self.key, place.context)
      return (next, try #require(await place.cluster.object(ABExperiment.type, "ab")))
    }
    let first = try await reconcile()
    #expect(first.next == .after(.milliseconds(200)))
    #expect(first.object.statusCondition("Ready")?["reason"] == "Reweighting")
    let second = try await reconcile()
    #expect(second.object.statusCondition("Ready")?["reason"] == "Splitting")
    #expect(second.object.status["split"] == "70/30")
    let slots = SlotTable(weights: [("control", 70), ("treatment", 30)])
    for number in 0..<50 {
      let answer = try await router.request(user: "u\(number)")
      #expect(answer.assigned == slots.variants[RunningRouter.slot("u\(number)")])
    }
    let third = try await reconcile()
    let requests = (third.object.status["variants"]?.array ?? []).compactMap { $0["requests"]?.integer }
    #expect(requests.reduce(0, +) == 50)
    await place.close()
    await router.stop()
  }

  @Test("A router's token is made once and is not the same for two experiments")
  func token() async throws {
    let place = Workplace()
    await Self.serve("v1", at: "10.0.0.1", place.cluster)
    await Self.serve("v2", at: "10.0.0.2", place.cluster)
    let controller = Self.controller(place)
    var tokens: [String] = []
    for name in ["ab", "cd"] {
      await place.cluster.put(Workplace.resource(ABExperiment.type, name, Self.spec(50)), as: ABExperiment.type)
      for _ in 0..<2 {
        try await place.refresh()
        _ = try await controller.reconcile(ObjectKey(namespace: "ml", name: name), place.context)
        tokens.append(try #require(await place.cluster.object(.secret, "\(name)-router")?.fields["token"]))
      }
    }
    #expect(tokens.allSatisfy { $0.utf8.count == 32 })
    #expect(tokens[0] == tokens[1])
    #expect(tokens[2] == tokens[3])
    #expect(tokens[0] != tokens[2])
    #expect(await place.cluster.writes.filter { $0.hasPrefix("create secrets") }.count == 2)
    await place.close()
  }

  @Test("A router pod that does not answer holds nothing up")
  func silent() async throws {
    let place = Workplace()
    await Self.serve("v1", at: "10.0.0.1", place.cluster)
    await Self.serve("v2", at: "10.0.0.2", place.cluster)
    await place.cluster.put(Workplace.resource(ABExperiment.type, "ab", Self.spec(50)), as: ABExperiment.type)
    var pod = DynamicObject(.pod, ObjectKey(namespace: "ml", name: "ab-router-1"))
    pod.labels = Self.managed.merging([ExperimentPlanner.podLabel: "ab"]) { $1 }
    pod.status = ["podIP": "127.0.0.1", "conditions": [["type": "Ready", "status": "True"]]]
    await place.cluster.put(pod, as: .pod)
    let controller = Self.controller(place)
    for _ in 0..<2 {
      try await place.refresh()
      #expect(try await controller.reconcile(Self.key, place.context) == .after(.seconds(5)))
    }
    let ready = await place.cluster.object(ABExperiment.type, "ab")?.statusCondition("Ready")
    #expect(ready?["message"]?.string?.hasPrefix("1 of 1 routers") == true)
    await place.close()
  }
}
