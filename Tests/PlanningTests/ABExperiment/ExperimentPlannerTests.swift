import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite struct ExperimentPlannerTests {
  @Test("An experiment gets a router with its token, budget and Ingress, and then nothing more")
  func idempotence() {
    var world = ExperimentWorld()
    #expect(world.reconcile().steps.count == 6)
    #expect(world.condition("Ready")?.reason == "RouterNotReady")
    world.startRouters()
    let plan = world.reconcile()
    #expect(plan.steps.isEmpty)
    #expect(world.condition("Ready")?.status == .true)
    #expect(world.condition("Running")?.status == .true)
    #expect(world.resource.status?.split == "80/20")
    #expect(world.resource.status?.variants?.map(\.requests) == [16, 4])
    #expect(world.resource.status?.variants?.map(\.observedShare) == ["80", "20"])
    #expect(world.plan().steps.isEmpty)
    #expect(world.plan().events.isEmpty)
  }

  @Test("A change of weights is written to the file and given to every router, without new pods")
  func reweighting() throws {
    var world = ExperimentWorld()
    world.reconcile()
    world.startRouters()
    world.reconcile()
    let before = try #require(world.slots)
    let deployment = world.world.object(.deployment, "ab-router")
    world.resource.spec.variants[0].weight = 50
    world.resource.spec.variants[1].weight = 50
    let plan = world.plan()
    #expect(plan.steps.count == 3)
    world.reconcile()
    #expect(world.condition("Ready")?.reason == "Reweighting")
    #expect(world.slots.map { before.moved(to: $0).count } == 30)
    #expect(world.world.object(.deployment, "ab-router") == deployment)
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Ready")?.status == .true)
  }

  @Test("A router that started from an older file is given the slots, one that is silent is waited for")
  func lagging() {
    var world = ExperimentWorld()
    world.reconcile()
    world.startRouters()
    world.routers[0].version = "old"
    world.routers[1].version = nil
    let plan = world.reconcile()
    #expect(plan.steps.count == 1)
    #expect(plan.next == .after(.seconds(5)))
    world.reconcile()
    #expect(world.condition("Ready")?.message.hasPrefix("1 of 2 routers") == true)
  }

  @Test("A missing ModelDeployment is named, and the router is left as it is")
  func missing() {
    var world = ExperimentWorld()
    world.arms["churn-v2"] = .init(exists: false, address: nil, readyReplicas: 0)
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Reconciling")?.message.contains("churn-v2 (variant treatment)") == true)
    #expect(world.condition("Stalled") == nil)
    #expect(world.condition("Running")?.status == .false)
  }

  @Test("Counts of requests are told again when they have grown by a percent, or have begun anew")
  func counts() {
    var world = ExperimentWorld()
    world.reconcile()
    world.startRouters()
    func told(_ control: Int64, _ treatment: Int64) -> [Int64?] {
      for index in world.routers.indices { world.routers[index].traffic = [:] }
      world.routers[0].traffic = ["control": .init(requests: control), "treatment": .init(requests: treatment)]
      world.reconcile()
      return world.resource.status?.variants?.map(\.requests) ?? []
    }
    #expect(told(8000, 1999) == [8000, 1999])
    #expect(told(16000, 4000) == [16000, 4000])
    #expect(told(16100, 4099) == [16000, 4000])
    #expect(told(16100, 4100) == [16100, 4100])
    #expect(told(8000, 4000) == [8000, 4000])
  }

  @Test("A variant without a ready replica is said, while its users get the control")
  func unready() {
    var world = ExperimentWorld()
    world.reconcile()
    world.startRouters()
    world.arms["churn-v2"]?.readyReplicas = 0
    world.reconcile()
    #expect(world.condition("Ready")?.reason == "VariantNotReady")
    #expect(world.condition("Running")?.reason == "SplittingPartly")
    #expect(world.resource.status?.variants?[1].ready == false)
  }

  @Test("Another address of a variant's Service is another configuration, and new pods")
  func address() {
    var world = ExperimentWorld()
    world.reconcile()
    world.startRouters()
    world.arms["churn-v2"]?.address = "10.0.0.7:80"
    let kinds = world.plan().steps.compactMap { step in
      if case .apply(let object) = step { object.kind } else { nil }
    }
    #expect(kinds == ["ConfigMap", "Deployment"])
  }

  @Test("What is not acted on is named, and the experiment is not concluded")
  func unsupported() {
    var world = ExperimentWorld()
    world.reconcile()
    #expect(world.condition("FieldsNotSupported") == nil)
    #expect(world.condition("Concluded")?.reason == "NoAnalysis")
    world.resource.spec.ingress?.maxBodySize = "8Mi"
    world.reconcile()
    #expect(world.condition("FieldsNotSupported")?.message.hasSuffix("spec.ingress.maxBodySize") == true)
    world.resource.spec.suspend = true
    world.resource.spec.tracking = .init(secret: "team-mlflow")
    world.reconcile()
    #expect(world.condition("FieldsNotSupported")?.message.hasSuffix("spec.suspend, spec.tracking") == true)
  }

  @Test("A route that is to keep requests out is not made without its lock")
  func closed() {
    var world = ExperimentWorld()
    world.resource.spec.ingress?.apiKey = .init(secret: "keys")
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.message.hasPrefix("spec.ingress.apiKey") == true)
  }

  @Test("Objects of others under the router's names are never written")
  func conflict() {
    var world = ExperimentWorld()
    world.conflicts = [
      NameConflict(object: ObjectReference(.configMap, .init(namespace: "ml", name: "ab-router")), owner: nil)
    ]
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.reason == "NameTaken")
  }
}
