import CRDTypes
import JSON
import Testing

@testable import Planning

@Suite("A shadow")
struct ShadowTests {
  private static let check = ModelDeployment.Check(
    name: "errors", router: .init(maxErrorShareAboveStable: "0.01", minRequests: 100))

  private static func world(steps: [ModelDeployment.Step]) -> ServingWorld {
    var world = ServingWorld {
      $0.spec.replicas = 4
      $0.spec.rollout = .init(strategy: .shadow, steps: steps, checks: [Self.check])
    }
    world.settle()
    world.events = []
    world.model = ServingWorld.model(2)
    world.settle()
    return world
  }

  @Test("gets copies by the steps and answers nothing, until all traffic moves to it at once")
  func passes() throws {
    var world = Self.world(steps: [.init(weight: 25, hold: "1m"), .init(weight: 100, hold: "1m")])
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.shares == [old: 75, "\(old)+\(new)": 25])
    let candidate = try #require(world.resource.status?.candidate)
    #expect(candidate.weight == 0 && candidate.mirrored == 25 && world.replicas(2) == 1)
    #expect(world.condition("Ready")?.message.hasPrefix("\(new) gets a copy of 25 percent of the requests") == true)
    world.traffic = [new: .init(requests: 200, answers: 200), old: .init(requests: 800, answers: 800)]
    world.pass(61)
    #expect(world.shares == ["\(old)+\(new)": 100] && world.replicas(2) == 4)
    // Where every request is copied, the stable revision has as many to be compared with.
    world.traffic = [new: .init(requests: 200, answers: 200), old: .init(requests: 99, answers: 99)]
    world.pass(61)
    #expect(world.condition("Ready")?.reason == "ChecksUnknown")
    world.traffic[old] = .init(requests: 200, answers: 200)
    world.settle()
    #expect(world.shares == [new: 100] && world.stable == new)
    #expect(world.resource.status?.stable?.mirrored == nil)
  }

  @Test("that errs loses its copies, with what it was counted with, and no user has seen anything of it")
  func fails() {
    var world = Self.world(steps: [.init(weight: 50, hold: "1h")])
    let (old, new) = (world.name(1), world.name(2))
    world.traffic = [new: .init(requests: 200, answers: 200, serverErrors: 50), old: .init(requests: 400, answers: 400)]
    world.settle()
    #expect(world.shares == [old: 100])
    #expect(world.resource.status?.failedRevision?.serverErrors == 50)
    #expect(world.condition("Stalled")?.message.contains("50 of 200 answers were 4xx or 5xx") == true)
  }

  @Test("gets all copies where there are no steps, as long as the checks take")
  func stepless() {
    var world = Self.world(steps: [])
    let (old, new) = (world.name(1), world.name(2))
    #expect(world.shares == ["\(old)+\(new)": 100])
    world.traffic = [new: .init(requests: 200, answers: 200), old: .init(requests: 200, answers: 200)]
    world.settle()
    #expect(world.stable == new)
  }

  @Test("whose pods all go away gets no copies until they are back")
  func gone() {
    var world = Self.world(steps: [.init(weight: 50, hold: "1h")])
    let (old, new) = (world.name(1), world.name(2))
    world.settle(failing: [new])
    #expect(world.shares == [old: 100])
    world.settle()
    #expect(world.shares == [old: 50, "\(old)+\(new)": 50])
  }

  @Test("behind a Gateway gets its copies by a RequestMirror of the route")
  func gateway() throws {
    var world = ServingWorld {
      $0.spec.route = .gateway
      $0.spec.ingress = .init(host: "h", gateway: .init(name: "g"))
      $0.spec.rollout = .init(strategy: .shadow, steps: [.init(weight: 25, hold: "1h"), .init(weight: 100, hold: "1h")])
    }
    func takeRoute() {
      let conditions: JSONValue = .array(
        ["Accepted", "ResolvedRefs"].map { ["type": .string($0), "status": "True", "observedGeneration": 1] })
      world.world.setStatus(.httpRoute, "churn", ["parents": [["parentRef": ["name": "g"], "conditions": conditions]]])
      world.settle()
    }
    world.settle()
    takeRoute()
    world.model = ServingWorld.model(2)
    world.settle()
    takeRoute()
    let (old, new) = (world.name(1), world.name(2))
    var rule = world.world.object(.httpRoute, "churn")?.spec["rules"]?[0]
    #expect(rule?["backendRefs"] == [["name": .string(old), "port": 80, "weight": 100]])
    let copy: JSONValue = ["backendRef": ["name": .string(new), "port": 80], "percent": 25]
    #expect(rule?["filters"] == [["type": "RequestMirror", "requestMirror": copy]])
    #expect(world.condition("Ready")?.reason == "Holding")
    world.pass(3601)
    takeRoute()
    rule = world.world.object(.httpRoute, "churn")?.spec["rules"]?[0]
    #expect(rule?["filters"]?[0]?[path: "requestMirror", "percent"] == nil)
    world.pass(3601)
    takeRoute()
    rule = world.world.object(.httpRoute, "churn")?.spec["rules"]?[0]
    #expect(rule?["filters"] == nil && rule?["backendRefs"]?[0]?["name"]?.string == new)
    #expect(world.stable == new)
  }
}
