import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import Planning

@Suite("A rollout by steps")
struct RolloutTests {
  /// A deployment with four replicas that serves model 1, about to be given model 2.
  static func world(
    steps: [ModelDeployment.Step] = [.init(weight: 10, hold: "1m"), .init(weight: 50, hold: "1m")],
    checks: [ModelDeployment.Check]? = nil, _ change: (inout ModelDeployment.Rollout) -> Void = { _ in }
  ) -> ServingWorld {
    var rollout = ModelDeployment.Rollout(steps: steps, checks: checks)
    change(&rollout)
    var world = ServingWorld {
      $0.spec.replicas = 4
      $0.spec.rollout = rollout
    }
    world.settle()
    world.events = []
    world.model = ServingWorld.model(2)
    return world
  }

  @Test("Traffic moves by the weights of the steps, each with the pods that it needs, and then the revision is the stable one")
  func passes() {
    var world = Self.world()
    let old = world.name(1)
    world.settle()
    let new = world.name(2)
    #expect(world.shares == [old: 90, new: 10])
    #expect(world.replicas(1) == 4 && world.replicas(2) == 1)
    #expect(world.resource.status?.step == 0)
    #expect(world.condition("Ready")?.reason == "Holding")
    world.pass(61)
    #expect(world.shares == [old: 50, new: 50])
    #expect(world.replicas(2) == 2)
    world.pass(61)
    #expect(world.shares == [new: 100])
    #expect(world.stable == new && world.candidate == nil && world.replicas(2) == 4)
    // The old one goes on for a while, for requests under way.
    #expect(world.replicas(1) == 4)
    world.pass(31)
    #expect(world.replicas(1) == 0)
    #expect(world.condition("Ready")?.reason == "Serving")
    let told = world.events.map(\.reason).filter { ["RolloutStarted", "StepReached", "Promoted"].contains($0) }
    #expect(told == ["RolloutStarted", "StepReached", "StepReached", "Promoted"])
  }

  @Test("No weight moves before the pods are ready and every router knows the revision")
  func readiness() {
    var world = Self.world()
    let old = world.name(1)
    world.reconcile()
    let new = world.name(2)
    world.settle(failing: [new])
    #expect(world.shares == [old: 100])
    #expect(world.condition("Progressing")?.status == .true)
    // One of two routers still has the configuration of before.
    let stale = world.routers
    world.world.setStatus(
      .deployment, new,
      ["observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1])
    world.routers[1].configuration = "old"
    for _ in 0..<5 { world.reconcile() }
    #expect(world.resource.status?.stepTime == nil)
    #expect(world.condition("Ready")?.reason == "ShiftingTraffic")
    world.routers = stale
    world.settle()
    #expect(world.shares == [old: 90, new: 10])
    #expect(world.resource.status?.stepTime != nil)
  }

  @Test("A failed check puts all traffic back at once, and the revision is not tried again until something changes")
  func fails() {
    let check = ModelDeployment.Check(
      name: "errors", router: .init(maxErrorShareAboveStable: "0.01", minRequests: 100))
    var world = Self.world(checks: [check])
    let old = world.name(1)
    world.settle()
    let new = world.name(2)
    #expect(world.shares == [old: 90, new: 10])
    world.traffic = [
      new: .init(requests: 120, answers: 120, clientErrors: 12), old: .init(requests: 900, answers: 900, serverErrors: 1),
    ]
    world.settle()
    #expect(world.shares == [old: 100])
    #expect(world.stable == old && world.candidate == nil)
    #expect(world.resource.status?.failedRevision?.clientErrors == 12)
    #expect(world.resource.status?.lastFailure?.reason == "CheckFailed")
    #expect(world.condition("Stalled")?.message.contains("12 of 120 answers were 4xx or 5xx") == true)
    #expect(world.condition("Available")?.status == .true)
    #expect(world.events.contains { $0.reason == "RolloutFailed" && $0.kind == .warning })
    world.traffic = [:]
    world.pass(31)
    #expect(world.replicas(2) == 0)
    world.pass(600)
    world.resource.spec.replicas = 5
    world.settle()
    #expect(world.candidate == nil && world.replicas(1) == 5)
    // Another limit is something else than was tried.
    world.resource.spec.rollout?.checks?[0].router?.maxErrorShareAboveStable = "0.2"
    world.settle()
    #expect(world.candidate == new)
    world.model = ServingWorld.model(3)
    world.settle()
    #expect(world.candidate == world.name(3))
    #expect(world.condition("Stalled") == nil)
  }

  @Test("Too few requests are Unknown: they neither pass nor fail, however long they take")
  func unknown() {
    let check = ModelDeployment.Check(name: "errors", router: .init(maxErrorShare: "0.01", minRequests: 100))
    var world = Self.world(checks: [check])
    let old = world.name(1)
    world.settle()
    let new = world.name(2)
    world.traffic = [new: .init(requests: 99, answers: 99, serverErrors: 99)]
    world.pass(3600)
    #expect(world.shares == [old: 90, new: 10])
    #expect(world.condition("Ready")?.reason == "ChecksUnknown")
    #expect(world.condition("Ready")?.message.contains("1 more") == true)
    world.traffic = [new: .init(requests: 100, answers: 100)]
    world.settle()
    #expect(world.shares == [old: 50, new: 50])
    #expect(world.resource.status?.checks?.first?.verdict == "Unknown" || world.resource.status?.step == 1)
  }

  @Test("A revision that never becomes ready is given up after the deadline, with what its pod said")
  func deadline() {
    var world = Self.world { $0.deadline = "5m" }
    let old = world.name(1)
    world.reconcile()
    let new = world.name(2)
    world.settle(failing: [new])
    world.troubles[new] = [
      .init(pod: "p", reason: "Error", message: "it exited with code 1: no module", exitCode: 1, log: "no module")
    ]
    world.now.addTimeInterval(290)
    world.settle(failing: [new])
    #expect(world.candidate == new)
    world.now.addTimeInterval(20)
    world.settle(failing: [new])
    #expect(world.candidate == nil && world.shares == [old: 100])
    #expect(world.resource.status?.lastFailure?.reason == "ProgressDeadlineExceeded")
    #expect(world.resource.status?.lastFailure?.exitCode == 1)
    #expect(world.condition("Stalled")?.message.contains("no module") == true)
  }

  @Test("A crash loop is not waited out")
  func crash() {
    var world = Self.world()
    world.settle()
    let new = world.name(2)
    world.troubles[new] = [.init(pod: "p", reason: "CrashLoopBackOff", message: "boom", restarts: 3)]
    world.settle(failing: [new])
    #expect(world.shares == [world.name(1): 100])
    #expect(world.resource.status?.lastFailure?.reason == "CrashLoop")
  }

  @Test("A candidate without a pod that answers has no traffic, and gets it back when it answers")
  func outage() {
    var world = Self.world()
    world.settle()
    let (old, new) = (world.name(1), world.name(2))
    world.settle(failing: [new])
    #expect(world.shares == [old: 100] && world.candidate == new)
    world.settle()
    #expect(world.shares == [old: 90, new: 10])
  }

  @Test("A step that pauses goes on when its pause is removed or the revision is promoted", arguments: [true, false])
  func pause(_ promotes: Bool) {
    var world = Self.world(steps: [.init(weight: 10, pause: true), .init(weight: 50, hold: "1h")])
    world.settle()
    let (old, new) = (world.name(1), world.name(2))
    world.pass(10_000)
    #expect(world.shares == [old: 90, new: 10])
    #expect(world.condition("Ready")?.reason == "PausedAtStep")
    if promotes {
      world.resource.spec.rollout?.promote = new
      world.settle()
      #expect(world.stable == new && world.shares == [new: 100])
    } else {
      world.resource.spec.rollout?.steps?[0].pause = nil
      world.settle()
      #expect(world.shares == [old: 50, new: 50])
    }
  }

  @Test("A paused rollout stays, and an aborted one has no traffic until it may again")
  func hold() {
    var world = Self.world()
    world.settle()
    let (old, new) = (world.name(1), world.name(2))
    world.resource.spec.rollout?.paused = true
    world.pass(600)
    #expect(world.shares == [old: 90, new: 10])
    #expect(world.condition("Ready")?.reason == "Paused")
    world.resource.spec.rollout?.paused = nil
    world.resource.spec.rollout?.abort = true
    world.settle()
    #expect(world.shares == [old: 100] && world.candidate == nil)
    #expect(world.condition("UpToDate")?.reason == "Aborted")
    #expect(world.condition("Ready")?.status == .true)
    world.pass(31)
    #expect(world.replicas(2) <= 0)
    world.resource.spec.rollout?.abort = nil
    world.settle()
    #expect(world.candidate == new && world.shares == [old: 90, new: 10])
  }

  @Test("A newer model in mid-rollout takes the place of the one under way, beside the same stable revision")
  func supersede() {
    var world = Self.world()
    world.settle()
    let old = world.name(1)
    world.model = ServingWorld.model(3)
    world.settle()
    #expect(world.stable == old && world.candidate == world.name(3))
    #expect(world.shares == [old: 90, world.name(3): 10])
    #expect(world.events.contains { $0.reason == "RolloutSuperseded" })
    world.pass(40)
    #expect(world.revision(2) == nil)
  }

  @Test("A rollback moves all traffic to a kept revision at once, steps and checks left out, and holds there")
  func rollback() {
    var world = Self.world()
    world.settle()
    world.pass(61)
    world.pass(61)
    world.pass(61)
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.stable == new && world.replicas(1) == 0)
    world.resource.spec.rollout?.revision = old
    world.reconcile()
    #expect(world.shares == [new: 100], "traffic waits for the pods")
    world.settle()
    #expect(world.stable == old && world.shares == [old: 100])
    #expect(world.condition("UpToDate")?.status == .true)
    world.model = ServingWorld.model(3)
    world.settle()
    #expect(world.stable == old && world.candidate == nil)
    world.resource.spec.rollout?.revision = nil
    world.settle()
    #expect(world.candidate == world.name(3))
    world.resource.spec.rollout?.revision = "churn-gone"
    world.settle()
    #expect(world.condition("Stalled")?.reason == "RevisionNotFound")
    #expect(world.condition("Stalled")?.message.contains(old) == true)
  }

  @Test("The Service of a revision that is given up goes only when no router can send requests there any more")
  func lastUse() {
    var world = Self.world()
    world.settle()
    let given = world.name(2)
    world.model = ServingWorld.model(3)
    world.settle()
    world.now.addTimeInterval(31)
    for _ in 0..<6 {
      world.reconcile()
      for name in [given] {
        world.world.setStatus(.deployment, name, ["observedGeneration": 1, "replicas": 0])
      }
    }
    // The routers' pods still have the configuration with it.
    #expect(world.replicas(2) == 0 && world.world.object(.service, given) != nil)
    world.settle()
    #expect(world.world.object(.service, given) == nil && world.revision(2) == nil)
  }

  @Test("A revision that is kept warm keeps its pods, so that the way back takes none to start")
  func warm() {
    var world = Self.world { $0.keepWarm = "1h" }
    world.settle()
    world.pass(61)
    world.pass(61)
    world.pass(300)
    let old = world.name(1)
    #expect(world.stable == world.name(2) && world.replicas(1) == 4)
    world.resource.spec.rollout?.revision = old
    world.reconcile()
    world.reconcile()
    #expect(world.shares == [old: 100])
  }

  @Test("A revision that fails the warm-up request gets no traffic")
  func warmUp() {
    var world = Self.world { $0.warmUp = .init(body: "{}") }
    // The first revision waits for the answer too.
    world.model = ServingWorld.model(1)
    world.settle()
    #expect(world.stable == nil && world.condition("Ready")?.reason == "WarmingUp")
    world.warmUp = .passed
    world.settle()
    #expect(world.stable == world.name(1))
    world.model = ServingWorld.model(2)
    world.warmUp = .failed("pod p answered 500")
    world.settle()
    #expect(world.shares == [world.name(1): 100])
    #expect(world.resource.status?.lastFailure?.reason == "WarmUpFailed")
  }

  @Test("Blue and green: checks without traffic, then all of it at once")
  func blueGreen() {
    let check = ModelDeployment.Check(name: "quality", metric: .init(name: "auc", notBelowStable: true))
    var world = Self.world(steps: [], checks: [check]) { $0.strategy = .blueGreen }
    world.settle()
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.shares == [old: 100] && world.replicas(2) == 4)
    #expect(world.condition("Ready")?.reason == "ChecksUnknown")
    world.measurements["quality"] = .metric(candidate: 0.9, stable: 0.9)
    world.pass(1)
    #expect(world.shares == [new: 100] && world.stable == new)
  }

  @Test("Wherever the operator is killed, the next one comes to the same end")
  func killed() {
    var whole = Self.world()
    for _ in 0..<8 { whole.pass(31) }
    for cut in stride(from: 1, to: 60, by: 3) {
      var world = Self.world()
      var left = cut
      for _ in 0..<60 {
        let plan = world.plan()
        var short = plan
        if left >= 0, left < plan.steps.count {
          short.steps = Array(plan.steps.prefix(left))
          // It died before status was written.
          short.status = world.resource.status ?? .init()
        }
        left -= plan.steps.count + 1
        for case .setSlots(let change) in world.world.carryOut(short) {
          for index in world.routers.indices where world.routers[index].pod == change.pod {
            world.routers[index].version = change.slots.version
          }
        }
        world.resource.status = short.status
        for deployment in world.world.objects(.deployment) {
          let wanted = deployment.spec["replicas"]?.integer ?? 1
          world.world.setStatus(
            .deployment, deployment.name,
            [
              "observedGeneration": 1, "replicas": .integer(wanted), "updatedReplicas": .integer(wanted),
              "readyReplicas": .integer(wanted), "availableReplicas": .integer(wanted),
            ])
        }
        world.startRouters()
        world.now.addTimeInterval(7)
      }
      #expect(world.stable == whole.stable, "cut after \(cut) steps")
      #expect(world.shares == whole.shares)
      #expect(world.replicas(1) == 0 && world.replicas(2) == 4)
      #expect(Set(world.revisions.map(\.name)) == Set(whole.revisions.map(\.name)))
    }
  }
}
