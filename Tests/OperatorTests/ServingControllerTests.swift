import CRDTypes
import ControllerKit
import JSON
import Planning
import Testing

@testable import Operator

@Suite struct ServingControllerTests {
  private static let key = ObjectKey(namespace: "ml", name: "churn")
  private static let spec: JSONValue = ["model": ["loggedModel": "m-1"], "replicas": 1]
  // A database that is never asked: logged models need no look-up.
  private static let defaults = TrackingDefaults(uri: "http://mlflow:5000", databaseURL: "postgresql://db/mlflow")

  private static func controller(_ place: Workplace) -> ServingController {
    let planner = ServingPlanner(.init(image: "mlflow:3"))
    return ServingController(
      gather: ServingGather(
        caches: place.caches, children: place.children, directory: place.directory, connections: place.connections,
        router: place.routers, window: TrafficWindow(),
        measurer: CheckMeasurer(client: place.http, pools: place.pools, secrets: place.secrets, prometheus: nil),
        warmUps: WarmUpSender(place.http), planner: planner),
      planner: planner, shell: place.shell(ServingController.name), secrets: place.secrets, time: SystemTime())
  }

  @Test("A deployment's objects are made once, with the namespace's own credentials")
  func objects() async throws {
    let place = Workplace(Self.defaults)
    await place.cluster.put(Workplace.secret("martlet-tracking", ["username": "u", "password": "p"]), as: .secret)
    await place.cluster.put(Workplace.resource(ModelDeployment.type, "churn", Self.spec), as: ModelDeployment.type)
    let controller = Self.controller(place)
    var writes: [[String]] = []
    for _ in 0..<3 {
      try await place.refresh()
      _ = try await controller.reconcile(Self.key, place.context)
      writes.append(await place.cluster.writes)
      await place.cluster.forgetWrites()
    }
    let name = try #require(await place.cluster.objects(.deployment).first?.name)
    #expect(name.hasPrefix("churn-"))
    #expect(
      Set(writes[0]) == [
        "apply deployments \(name)", "apply services \(name)", "apply poddisruptionbudgets \(name)",
        "apply services churn", "status modeldeployments churn",
      ])
    // The status tells then of the Deployment that is there.
    #expect(writes.last == [] && writes[1].allSatisfy { $0 == "status modeldeployments churn" })
    let deployment = try #require(await place.cluster.object(.deployment, name))
    let environment = deployment.spec[path: "template", "spec", "containers"]?[0]?["env"]?.array ?? []
    let password = environment.first { $0["name"]?.string == "MLFLOW_TRACKING_PASSWORD" }
    #expect(password?[path: "valueFrom", "secretKeyRef", "name"] == "martlet-tracking")
    await place.close()
  }

  @Test("A Service that somebody else made is neither changed nor adopted")
  func conflict() async throws {
    let place = Workplace(Self.defaults)
    await place.cluster.put(DynamicObject(.service, Self.key), as: .service)
    await place.cluster.put(Workplace.resource(ModelDeployment.type, "churn", Self.spec), as: ModelDeployment.type)
    try await place.refresh()
    _ = try await Self.controller(place).reconcile(Self.key, place.context)
    #expect(await place.cluster.writes == ["status modeldeployments churn"])
    let stalled = await place.cluster.object(ModelDeployment.type, "churn")?.statusCondition("Stalled")
    #expect(stalled?["reason"] == "NameTaken")
    await place.close()
  }

  @Test("An object that a quota or a rule refuses is said, and tried again")
  func refusal() async throws {
    let place = Workplace(Self.defaults)
    await place.cluster.refuse(.service, status: 403, reason: "Forbidden", message: "exceeded quota: services=0")
    await place.cluster.put(Workplace.resource(ModelDeployment.type, "churn", Self.spec), as: ModelDeployment.type)
    let controller = Self.controller(place)
    for _ in 0..<2 {
      try await place.refresh()
      #expect(try await controller.reconcile(Self.key, place.context) == .after(.seconds(30)))
    }
    let resource = await place.cluster.object(ModelDeployment.type, "churn")
    #expect(resource?.statusCondition("Ready")?["reason"] == "ObjectRefused")
    #expect(resource?.statusCondition("Ready")?["message"]?.string?.hasSuffix("exceeded quota: services=0") == true)
    #expect(resource?.statusCondition("Stalled") == nil)
    #expect(await place.cluster.writes.filter { $0.hasPrefix("status") }.count <= 2)
    await place.cluster.refuse(.service, status: 422, reason: "Invalid", message: "metadata.name: no DNS label")
    _ = try await controller.reconcile(Self.key, place.context)
    let stalled = await place.cluster.object(ModelDeployment.type, "churn")?.statusCondition("Stalled")
    #expect(stalled?["reason"] == "ObjectRefused")
    await place.close()
  }

  @Test("The model of a sweep is its best run, and a sweep without one is waited for")
  func sweep() {
    var sweep = DynamicObject(TrainingSweep.type, Self.key)
    let source = ModelDeployment.ModelSource(sweep: .init(name: "churn"))
    func run(_ sweep: DynamicObject?) -> ModelResolver.SweepRun {
      ModelResolver(sweeps: { $0 == Self.key ? sweep : nil }).runOfSweep(source, namespace: "ml")
    }
    guard case .missing("SweepNotFound", _) = run(nil) else { return #expect(Bool(false)) }
    guard case .missing("SweepHasNoBest", _) = run(sweep) else { return #expect(Bool(false)) }
    sweep.status = ["best": ["runID": "r1"]]
    #expect(run(sweep) == .found("r1"))
  }

  @Test("A pod's trouble is what its container said before it was waited for again")
  func troubles() {
    var pod = DynamicObject(.pod, ObjectKey(namespace: "ml", name: "p"))
    pod.status = [
      "containerStatuses": [
        [
          "name": "server", "state": ["waiting": ["reason": "CrashLoopBackOff", "message": "back-off"]],
          "lastState": ["terminated": ["exitCode": 1, "message": "a\nno module named x"]],
        ]
      ]
    ]
    var waiting = DynamicObject(.pod, ObjectKey(namespace: "ml", name: "q"))
    waiting.status = [
      "conditions": [
        ["type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no GPU is free"]
      ]
    ]
    let troubles = ServingTroubles.read([pod, waiting])
    #expect(troubles.map(\.reason) == ["Unschedulable", "CrashLoopBackOff"])
    #expect(troubles.last?.message == "it exited with code 1: a\nno module named x")
  }
}
