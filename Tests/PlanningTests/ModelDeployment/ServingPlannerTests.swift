import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite struct ServingPlannerTests {
  @Test("A resolved model gets a revision's objects, a Service and an Ingress, and then nothing more")
  func idempotence() {
    var world = ServingWorld()
    world.reconcile()
    #expect(world.condition("Ready")?.status == .false)
    #expect(world.condition("Reconciling")?.reason == "RollingOut")
    #expect(world.revisions.count == 1)
    let name = world.name(1)
    for type in [ResourceType.service, .podDisruptionBudget] { #expect(world.world.object(type, name) != nil) }
    world.settle()
    #expect(world.condition("Ready")?.status == .true)
    #expect(world.condition("UpToDate")?.status == .true)
    #expect(world.resource.status?.ready == "2/2")
    #expect(world.resource.status?.url == "http://churn.example.com/")
    #expect(world.stable == name && world.candidate == nil)
    let settled = world.resource.status
    let again = world.reconcile()
    #expect(again.steps.isEmpty)
    #expect(again.events.isEmpty)
    #expect(again.status == settled)
  }

  @Test("Pods serve the model's URI on their own address, with MLflow's server and credentials")
  func template() throws {
    var world = ServingWorld {
      $0.spec.server = .init(resources: ["limits": ["cpu": "1500m"]], env: [.init(name: "HOME", value: "/data")])
    }
    world.reconcile()
    let deployment = try #require(world.revision(1))
    let container = try #require(deployment.spec[path: "template", "spec", "containers"]?[0])
    #expect(container["image"] == "mlflow:3")
    let environment = container["env"]?.array ?? []
    func value(_ name: String) -> JSONValue? { environment.first { $0["name"]?.string == name }?["value"] }
    #expect(value("__pyfunc_model_path__") == "$(MODEL_PATH)" && value("MODEL_PATH") == "models:/m-1")
    #expect(value("MLFLOW_TRACKING_URI") == "http://mlflow:5000")
    #expect(value("HOME") == "/data")
    #expect(value("OMP_NUM_THREADS") == "2")
    let password = environment.first { $0["name"]?.string == "MLFLOW_TRACKING_PASSWORD" }
    #expect(password?[path: "valueFrom", "secretKeyRef", "name"] == "martlet-tracking")
    #expect(Set(environment.compactMap { $0["name"]?.string }).count == environment.count)
  }

  @Test("A server of one's own keeps its pod template, and is told which model")
  func ownTemplate() throws {
    var world = ServingWorld {
      $0.spec.template = [
        "metadata": ["labels": ["team": "a"]],
        "spec": [
          "containers": [
            [
              "name": "rank", "image": "rank:1", "ports": [["containerPort": 9000]],
              "readinessProbe": ["httpGet": ["path": "/up", "port": 9000]],
            ]
          ]
        ],
      ]
    }
    world.settle()
    let deployment = try #require(world.revision(1))
    let container = try #require(deployment.spec[path: "template", "spec", "containers"]?[0])
    #expect(container["env"]?.array?.contains(["name": "MODEL_URI", "value": "models:/m-1"]) == true)
    #expect(deployment.spec[path: "template", "metadata", "labels", "team"] == "a")
    #expect(world.world.object(.service, deployment.name)?.spec["ports"]?[0]?["targetPort"] == "http")
    #expect(container["ports"] == [["name": "http", "containerPort": 9000]])
    #expect(world.condition("Ready")?.status == .true)
  }

  @Test("A new best model is a new revision; the old one goes once the new one answers, and selectors never change")
  func newModel() throws {
    var world = ServingWorld()
    world.settle()
    let (old, entry) = (world.name(1), world.world.object(.service, "churn")?.spec["selector"])
    let selector = world.revision(1)?.spec["selector"]
    world.model = ServingWorld.model(2)
    world.reconcile()
    #expect(world.revisions.count == 2)
    #expect(world.stable == old && world.candidate == world.name(2))
    #expect(world.condition("UpToDate")?.status == .false)
    #expect(world.condition("Available")?.status == .true)
    #expect(world.replicas(1) == 2)
    world.settle()
    #expect(world.stable == world.name(2))
    #expect(world.replicas(1) == 0 && world.replicas(2) == 2)
    #expect(world.resource.status?.history?.map(\.name) == [old])
    #expect(world.world.object(.service, "churn")?.spec["selector"] == entry)
    #expect(world.revision(1)?.spec["selector"] == selector)
    #expect(world.condition("Ready")?.reason == "Serving")
  }

  @Test("No more revisions are kept than asked for, and one that is still needed never goes")
  func history() {
    var world = ServingWorld { $0.spec.rollout = .init(historyLimit: 2) }
    for number in 1...5 {
      world.model = ServingWorld.model(number)
      world.settle()
      world.pass(1)
      #expect(world.stable == world.name(number))
    }
    #expect(Set(world.revisions.map(\.name)) == Set([3, 4, 5].map(world.name)))
    #expect(world.resource.status?.history?.map(\.name) == [4, 3].map(world.name))
    #expect(world.world.objects(.service).count == 4)
  }

  @Test("While the model's source cannot be asked, what serves goes on and UpToDate says why")
  func unavailable() {
    var world = ServingWorld()
    world.settle()
    world.model = .unavailable(reason: "TrackingUnreachable", message: "no answer")
    let plan = world.reconcile()
    #expect(plan.steps.isEmpty)
    #expect(world.condition("Ready")?.reason == "ServingLastKnownModel")
    #expect(world.condition("UpToDate")?.reason == "TrackingUnreachable")
    world.access = nil
    #expect(world.reconcile().steps.isEmpty)
    world.resource.spec.replicas = 5
    world.settle()
    #expect(world.replicas(1) == 5)
  }

  @Test("A source that has no model yet makes nothing, and is looked at again")
  func absent() {
    var world = ServingWorld()
    world.model = .absent(reason: "SweepHasNoBest", message: "no best run yet")
    let plan = world.reconcile()
    #expect(world.revisions.isEmpty)
    #expect(plan.next == .after(.seconds(10)))
    #expect(world.condition("Ready")?.reason == "SweepHasNoBest")
    #expect(world.condition("Stalled") == nil)
  }

  @Test("A pod that cannot start is named, and stalls once its time is up")
  func trouble() {
    var world = ServingWorld()
    world.settle(failing: [world.planner.name(of: world)])
    let name = world.name(1)
    world.settle(failing: [name])
    world.troubles[name] = [
      .init(pod: "churn-x", reason: "CrashLoopBackOff", message: "it exited with code 1: no module")
    ]
    world.reconcile()
    #expect(world.condition("Ready")?.reason == "CrashLoopBackOff")
    #expect(world.condition("Ready")?.message.contains("no module") == true)
    #expect(world.condition("Stalled") == nil)
    world.world.setStatus(
      .deployment, name,
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
    world.settle()
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

  @Test("With an autoscaler the number of pods is what it last was, for the next revision too")
  func autoscaling() {
    var world = ServingWorld()
    world.settle()
    world.resource.spec.replicas = nil
    world.resource.spec.autoscaling = .init(min: 1, max: 9, cpu: 70)
    world.settle()
    #expect(world.replicas(1) == 2)
    let reference = ObjectReference(.deployment, ObjectKey(namespace: "ml", name: world.name(1)))
    world.world.objects[reference]?.spec["replicas"] = 7
    world.settle()
    #expect(world.reconcile().steps.isEmpty)
    world.model = ServingWorld.model(2)
    world.reconcile()
    #expect(world.replicas(2) == 7)
    #expect(world.world.object(.horizontalPodAutoscaler, world.name(2))?.spec["minReplicas"] == 7)
    world.settle()
    #expect(world.world.object(.horizontalPodAutoscaler, world.name(2))?.spec["minReplicas"] == 1)
    #expect(world.world.object(.horizontalPodAutoscaler, world.name(1)) == nil)
  }

  @Test("A field that is taken out of the spec is a revision without it")
  func removal() {
    var world = ServingWorld { $0.spec.server = .init(nodeSelector: ["disk": "ssd"]) }
    world.settle()
    let old = world.stable
    world.resource.spec.server?.nodeSelector = nil
    world.settle()
    #expect(world.stable != old)
  }

  @Test("What a server, a person or an injector adds to an object is no reason to write; what they change is put back")
  func additions() {
    var world = ServingWorld()
    world.settle()
    let reference = ObjectReference(.deployment, ObjectKey(namespace: "ml", name: world.name(1)))
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

  @Test("An operator with another default image leaves what serves as it is")
  func upgrade() {
    var world = ServingWorld()
    world.settle()
    world.image = "mlflow:4"
    #expect(world.reconcile().steps.isEmpty)
    world.resource.spec.replicas = 3
    world.settle()
    #expect(world.replicas(1) == 3)
    #expect(world.revision(1)?.spec[path: "template", "spec", "containers"]?[0]?["image"] == "mlflow:3")
  }

  @Test("What was lost from status is found again in the objects")
  func lostStatus() {
    var world = ServingWorld()
    world.settle()
    world.model = ServingWorld.model(2)
    world.settle()
    let stable = world.stable
    world.resource.status = nil
    world.model = .unavailable(reason: "TrackingUnreachable", message: "no answer")
    world.settle()
    #expect(world.stable == stable)
    #expect(world.resource.status?.stable?.model?.uri == "models:/m-2")
    #expect(world.revisions.count == 2)
  }

  @Test("Under update Manual a moved source is shown and waits for the spec to change")
  func manual() {
    var world = ServingWorld { $0.spec.update = .manual }
    world.settle()
    let first = world.stable
    world.model = ServingWorld.model(2)
    world.settle()
    #expect(world.stable == first && world.revisions.count == 1)
    #expect(world.condition("UpToDate")?.reason == "UpdateAvailable")
    #expect(world.condition("Ready")?.status == .true)
    world.resource.spec.replicas = 3
    world.settle()
    #expect(world.stable == first)
    world.resource.spec.server = .init(image: "mlflow:3.1")
    world.settle()
    #expect(world.resource.status?.stable?.model?.uri == "models:/m-2")
    #expect(world.condition("UpToDate")?.status == .true)
  }

  @Test("Fields that are not acted on are named")
  func unsupported() {
    var world = ServingWorld {
      $0.spec.route = .gateway
      $0.spec.ingress = .init(host: "h", gateway: .init(name: "g"), maxBodySize: "1Mi")
    }
    world.reconcile()
    #expect(world.condition("FieldsNotSupported")?.message.contains("spec.ingress.maxBodySize") == true)
  }

  @Test(
    "A model's files come by a download, from a claim or as an image, and are at the same place",
    arguments: [
      ("s3://bucket/model", "emptyDir", true), ("https://host/model.tgz", "emptyDir", true),
      ("pvc://models/churn/3", "persistentVolumeClaim", false), ("oci://ghcr.io/models/churn:3", "image", false),
    ])
  func files(_ uri: String, _ source: String, _ downloads: Bool) throws {
    var world = ServingWorld { $0.spec.model = .init(uri: uri, secret: "s3") }
    world.model = .resolved(.init(source: uri, uri: uri))
    world.settle()
    let pod = try #require(world.revisions.first?.spec[path: "template", "spec"])
    let volume = try #require(pod["volumes"]?.array?.first { $0["name"] == "model" })
    #expect(volume[source] != nil)
    let mount = pod["containers"]?[0]?["volumeMounts"]?.array?.first { $0["name"] == "model" }
    #expect(mount?["mountPath"] == "/mnt/model" && mount?["readOnly"] == true)
    let fetch = pod["initContainers"]?[0]
    #expect((fetch != nil) == downloads)
    if downloads { #expect(fetch?["envFrom"]?[0]?[path: "secretRef", "name"] == "s3") }
    if source == "persistentVolumeClaim" { #expect(mount?["subPath"] == "churn/3") }
    let environment = pod["containers"]?[0]?["env"]?.array ?? []
    #expect(environment.first { $0["name"] == "MODEL_PATH" }?["value"] == "/mnt/model")
  }

  @Test("Files are kept by version: another version has another folder of the same cache")
  func cache() throws {
    var world = ServingWorld { $0.spec.cache = .init(claim: "models") }
    world.settle()
    world.model = ServingWorld.model(2)
    world.settle()
    func folder(_ number: Int) -> JSONValue? {
      world.revision(number)?.spec[path: "template", "spec", "containers"]?[0]?["volumeMounts"]?.array?
        .first { $0["name"] == "model" }?["subPath"]
    }
    #expect(folder(1) != nil && folder(1) != folder(2))
    let pod = world.revision(1)?.spec[path: "template", "spec"]
    #expect(pod?[path: "securityContext", "fsGroup"] == 10001)
    #expect(pod?["volumes"]?.array?.contains { $0[path: "persistentVolumeClaim", "claimName"] == "models" } == true)
  }

  @Test("An object that the API server refuses is said once, beside what was known")
  func refused() {
    var world = ServingWorld()
    world.reconcile()
    let held = world.planner.refused(world.resource, because: "exceeded quota", isFinal: false, at: world.now)
    #expect(held.status.conditions?["Reconciling"]?.message.contains("exceeded quota") == true)
    #expect(held.status.conditions?["Available"] == world.condition("Available"))
    #expect(held.events.map(\.reason) == ["ObjectRefused"] && held.next == .after(.seconds(30)))
    world.resource.status = held.status
    let again = world.planner.refused(world.resource, because: "exceeded quota", isFinal: false, at: world.now)
    #expect(again.events.isEmpty && again.status == held.status)
    let final = world.planner.refused(world.resource, because: "name: invalid", isFinal: true, at: world.now)
    #expect(final.status.conditions?["Stalled"]?.reason == "ObjectRefused")
  }

  @Test("A transition is told once")
  func events() {
    var world = ServingWorld()
    for _ in 0..<3 { world.reconcile() }
    world.settle()
    world.settle()
    #expect(world.events.map(\.reason) == ["RollingOut", "Serving"])
  }
}

extension ServingPlanner {
  /// The name of the revision that a world is to serve.
  fileprivate func name(of world: ServingWorld) -> String {
    guard case .resolved(let model) = world.model, let access = world.access else { return "" }
    return revisionObjects(of: world.resource, model: model, access: access).first?.key.name ?? ""
  }
}
