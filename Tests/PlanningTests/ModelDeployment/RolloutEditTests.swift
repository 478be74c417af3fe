import CRDTypes
import Testing

@testable import Planning

@Suite("A rollout whose spec changes, or cannot be carried out")
struct RolloutEditTests {
  @Test("Steps that are edited meanwhile begin anew at the share that there is, and nothing of before counts as held")
  func edited() {
    var world = RolloutTests.world()
    world.settle()
    world.pass(61)
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.shares == [old: 50, new: 50])
    world.pass(50)
    world.resource.spec.rollout?.steps = [.init(weight: 10, hold: "1m"), .init(weight: 60, hold: "1m")]
    world.settle()
    #expect(world.shares == [old: 40, new: 60] && world.resource.status?.step == 1)
    world.pass(50)
    #expect(world.shares == [old: 40, new: 60])
    // Fewer steps than were gone through are no way to the end.
    world.resource.spec.rollout?.steps = [.init(weight: 80, hold: "1m")]
    world.settle()
    #expect(world.shares == [old: 20, new: 80] && world.resource.status?.step == 0)
    // All are below what there is: the last of them is gone back to.
    world.resource.spec.rollout?.steps = [.init(weight: 5, hold: "1m"), .init(weight: 20, hold: "1m")]
    world.settle()
    #expect(world.shares == [old: 80, new: 20])
    world.pass(61)
    #expect(world.stable == new)
  }

  @Test("What keeps a new revision from being made comes after what the traffic needs")
  func refusal() throws {
    var world = RolloutTests.world()
    world.settle()
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.shares == [old: 90, new: 10])
    world.model = ServingWorld.model(3)
    let steps = world.plan().steps
    let made = try #require(
      steps.firstIndex { step in
        if case .apply(let object) = step { object.kind == "Deployment" && ![old, new].contains(object.name) } else { false }
      })
    let moved = try #require(
      steps.firstIndex { step in
        if case .record(.setSlots(let change)) = step { Set(change.slots.variants) == [old] } else { false }
      })
    #expect(moved < made)
  }

  @Test("A spec that is wrong says nothing of what serves: that is as it was")
  func wrongSpec() {
    var world = RolloutTests.world()
    world.settle()
    world.resource.spec.rollout?.deadline = "soon"
    world.reconcile()
    #expect(world.condition("Stalled")?.reason == "InvalidSpec")
    #expect(world.condition("Available")?.status == .true && world.condition("UpToDate") != nil)
  }

  @Test("A deployment without pods is not asked to warm up")
  func cold() {
    var world = ServingWorld {
      $0.spec.replicas = 0
      $0.spec.rollout = .init(warmUp: .init(body: "{}"))
    }
    world.settle()
    #expect(world.stable == world.name(1))
    world.model = ServingWorld.model(2)
    world.settle()
    #expect(world.stable == world.name(2))
  }
}
