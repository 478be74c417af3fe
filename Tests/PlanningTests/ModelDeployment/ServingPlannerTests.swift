import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite struct ServingPlannerTests {
  @Test("A resolved model gets a Deployment, a Service and an Ingress, and then nothing more")
  func idempotence() {
    var world = ServingWorld()
    #expect(world.reconcile().steps.count == 3)
    #expect(world.condition("Ready")?.status == .false)
    #expect(world.condition("Reconciling")?.reason == "RollingOut")
    world.rollOut()
    let settled = world.reconcile()
    #expect(settled.steps.isEmpty)
    #expect(world.condition("Ready")?.status == .true)
    #expect(world.condition("UpToDate")?.status == .true)
    #expect(world.resource.status?.ready == "2/2")
    #expect(world.resource.status?.url == "http://churn.example.com/")
    let again = world.reconcile()
    #expect(again.steps.isEmpty)
    #expect(again.events.isEmpty)
    #expect(again.status == settled.status)
  }

  @Test("Pods serve the model's URI on their own address, with MLflow's server and credentials")
  func template() throws {
    var world = ServingWorld { $0.spec.server = .init(env: [.init(name: "HOME", value: "/data")]) }
    world.reconcile()
    let deployment = try #require(world.world.object(.deployment, "churn"))
    let container = try #require(deployment.spec[path: "template", "spec", "containers"]?[0])
    #expect(container["image"] == "mlflow:3")
    let environment = container["env"]?.array ?? []
    func value(_ name: String) -> JSONValue? { environment.first { $0["name"]?.string == name }?["value"] }
    #expect(value("__pyfunc_model_path__") == "models:/m-1")
    #expect(value("MLFLOW_TRACKING_URI") == "http://mlflow:5000")
    #expect(value("HOME") == "/data")
    let password = environment.first { $0["name"]?.string == "MLFLOW_TRACKING_PASSWORD" }
    #expect(password?[path: "valueFrom", "secretKeyRef", "name"] == "martlet-tracking")
    #expect(Set(environment.compactMap { $0["name"]?.string }).count == environment.count)
  }

  @Test("A new best model changes the Deployment alone")
  func newModel() {
    var world = ServingWorld()
    world.reconcile()
    world.rollOut()
    world.reconcile()
    world.model = .resolved(.init(source: "sweep/churn", runID: "r2", uri: "models:/m-2"))
    let plan = world.reconcile()
    #expect(plan.steps.count == 1)
    #expect(world.condition("UpToDate")?.status == .false)
    #expect(world.resource.status?.model?.runID == "r2")
  }

  @Test("While the model's source cannot be asked, what serves goes on and UpToDate says why")
  func unavailable() {
    var world = ServingWorld()
    world.reconcile()
    world.rollOut()
    world.reconcile()
    world.model = .unavailable(reason: "TrackingUnreachable", message: "no answer")
    let plan = world.reconcile()
    #expect(plan.steps.isEmpty)
    #expect(world.condition("Ready")?.reason == "ServingLastKnownModel")
    #expect(world.condition("UpToDate")?.reason == "TrackingUnreachable")
    world.access = nil
    #expect(world.reconcile().steps.isEmpty)
  }

  @Test("A source that has no model yet makes nothing, and is looked at again")
  func absent() {
    var world = ServingWorld()
    world.model = .absent(reason: "SweepHasNoBest", message: "no best run yet")
    let plan = world.reconcile()
    #expect(plan.steps.isEmpty)
    #expect(plan.next == .after(.seconds(10)))
    #expect(world.condition("Ready")?.reason == "SweepHasNoBest")
    #expect(world.condition("Stalled") == nil)
  }

  @Test("A pod that cannot start is named, and stalls once its time is up")
  func trouble() {
    var world = ServingWorld()
    world.reconcile()
    world.rollOut(ready: 0)
    world.troubles = [.init(pod: "churn-x", reason: "CrashLoopBackOff", message: "it exited with code 1: no module")]
    world.reconcile()
    #expect(world.condition("Ready")?.reason == "CrashLoopBackOff")
    #expect(world.condition("Ready")?.message.contains("no module") == true)
    #expect(world.condition("Stalled") == nil)
    world.world.setStatus(
      .deployment, "churn",
      [
        "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2,
        "conditions": [["type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"]],
      ])
    world.reconcile()
    #expect(world.condition("Stalled")?.reason == "CrashLoopBackOff")
  }

  @Test("An Ingress that is no longer asked for is deleted, and one of another never touched")
  func ingress() {
    var world = ServingWorld()
    world.reconcile()
    world.resource.spec.ingress = nil
    world.reconcile()
    #expect(world.world.deleted.map(\.type) == [.ingress])
    #expect(world.resource.status?.url == "http://churn.ml.svc")
    world.conflicts = [
      NameConflict(
        object: ObjectReference(.service, world.resource.key),
        owner: OwnerReference(apiVersion: "v1", kind: "Shop", name: "churn", uid: "u"))
    ]
    let plan = world.reconcile()
    #expect(plan.steps.isEmpty)
    #expect(world.condition("Stalled")?.message.contains("belongs to Shop churn") == true)
  }

  @Test("With an autoscaler the number of pods is what it last was")
  func autoscaling() {
    var world = ServingWorld()
    world.reconcile()
    world.rollOut()
    world.resource.spec.replicas = nil
    world.resource.spec.autoscaling = .init(min: 1, max: 9, cpu: 70)
    world.reconcile()
    #expect(world.world.object(.deployment, "churn")?.spec["replicas"] == 2)
    let reference = ObjectReference(.deployment, world.resource.key)
    world.world.objects[reference]?.spec["replicas"] = 7
    #expect(world.reconcile().steps.isEmpty)
    world.model = .resolved(.init(source: "sweep/churn", runID: "r2", uri: "models:/m-2"))
    world.reconcile()
    #expect(world.world.object(.deployment, "churn")?.spec["replicas"] == 7)
  }

  @Test("A field that is taken out of the spec is taken out of the Deployment")
  func removal() {
    var world = ServingWorld { $0.spec.server = .init(nodeSelector: ["disk": "ssd"]) }
    world.reconcile()
    world.resource.spec.server?.nodeSelector = nil
    #expect(world.reconcile().steps.count == 1)
  }

  @Test("What a server, a person or an injector adds to an object is no reason to write")
  func additions() {
    var world = ServingWorld()
    world.reconcile()
    world.rollOut()
    let reference = ObjectReference(.deployment, world.resource.key)
    var containers = world.world.objects[reference]?.spec[path: "template", "spec", "containers"]?.array ?? []
    containers[0]["imagePullPolicy"] = "IfNotPresent"
    containers.append(["name": "sidecar", "image": "mesh"])
    world.world.objects[reference]?.json[path: "spec", "template", "spec", "containers"] = .array(containers)
    world.world.objects[reference]?.json[path: "metadata", "labels", "team"] = "a"
    #expect(world.reconcile().steps.isEmpty)
    containers[0]["image"] = "other"
    world.world.objects[reference]?.json[path: "spec", "template", "spec", "containers"] = .array(containers)
    #expect(world.reconcile().steps.count == 1)
  }

  @Test("Fields that are not acted on are named, and ones without which nothing can be served stall")
  func unsupported() {
    var world = ServingWorld { $0.spec.rollout = .init(steps: [.init(weight: 5)]) }
    world.reconcile()
    #expect(world.condition("FieldsNotSupported")?.message.contains("spec.rollout.steps") == true)
    world = ServingWorld { $0.spec.model = .init(uri: "s3://bucket/model") }
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.reason == "NotYetSupported")
  }

  @Test("Every field of a rollout that has no effect is named, and none that has its default")
  func rollout() {
    var world = ServingWorld {
      $0.spec.rollout = .init(
        strategy: .canary, deadline: "10m", drain: "30s", keepWarm: "0s", historyLimit: 3, paused: false, abort: false)
    }
    world.reconcile()
    #expect(world.condition("FieldsNotSupported") == nil)
    world = ServingWorld {
      $0.spec.rollout = .init(
        strategy: .blueGreen, steps: [.init(weight: 5)], checks: [.init(name: "c", router: .init(maxErrorShare: "0"))],
        drain: "1m", keepWarm: "1h", paused: true, abort: true, revision: "churn-1", warmUp: .init(body: "{}"))
    }
    world.reconcile()
    let message = world.condition("FieldsNotSupported")?.message ?? ""
    for field in [
      "strategy: BlueGreen", "steps", "checks", "drain", "keepWarm", "paused", "abort", "revision", "warmUp",
    ] {
      #expect(message.contains("spec.rollout.\(field)"), "\(field)")
    }
  }

  @Test(
    "A route that is to keep requests out is not made without its lock",
    arguments: ["spec.ingress.apiKey", "spec.route"])
  func closed(_ field: String) {
    var world = ServingWorld {
      if field == "spec.route" {
        $0.spec.route = .gateway
        $0.spec.ingress?.gateway = .init(name: "public")
      } else {
        $0.spec.ingress?.apiKey = .init(secret: "keys")
      }
    }
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.message.hasPrefix("\(field): ") == true)
  }

  @Test("An object that the API server refuses is said once, beside what was known")
  func refused() {
    var world = ServingWorld()
    world.reconcile()
    let planner = ServingPlanner(.init(image: "mlflow:3"))
    let held = planner.refused(world.resource, because: "exceeded quota", isFinal: false, at: world.now)
    #expect(held.status.conditions?["Reconciling"]?.message.contains("exceeded quota") == true)
    #expect(held.status.conditions?["Available"] == world.condition("Available"))
    #expect(held.events.map(\.reason) == ["ObjectRefused"] && held.next == .after(.seconds(30)))
    world.resource.status = held.status
    let again = planner.refused(world.resource, because: "exceeded quota", isFinal: false, at: world.now)
    #expect(again.events.isEmpty && again.status == held.status)
    let final = planner.refused(world.resource, because: "name: invalid", isFinal: true, at: world.now)
    #expect(final.status.conditions?["Stalled"]?.reason == "ObjectRefused")
  }

  @Test("A transition is told once")
  func events() {
    var world = ServingWorld()
    for _ in 0..<3 { world.reconcile() }
    world.rollOut()
    for _ in 0..<3 { world.reconcile() }
    #expect(world.events.map(\.reason) == ["RollingOut", "Serving"])
  }
}
