import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import LocalControllers

@Suite("A disruption budget")
struct DisruptionPlannerTests {
  private static func budget(_ spec: JSONObject, evicted: [String: TimeInterval] = [:]) -> DynamicObject {
    var spec = spec
    spec["selector"] = ["matchLabels": ["app": "x"]]
    return DynamicObject([
      "apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
      "metadata": ["name": "b", "namespace": "n", "uid": "b", "generation": 3], "spec": .object(spec),
      "status": ["disruptedPods": .object(JSONObject(evicted.mapValues { Sample.time($0) }))],
    ])
  }

  private static func pod(_ name: String, ready: Bool = true, deleted: Bool = false, app: String = "x") -> DynamicObject {
    var pod = Sample.pod(name, "Running", deleted: deleted)
    pod.labels = ["app": app]
    pod.json[path: "status", "conditions"] = [["type": "Ready", "status": ready ? "True" : "False"]]
    return pod
  }

  private static func plan(
    _ budget: DynamicObject, _ pods: [DynamicObject], scale: Int = 4
  ) -> DisruptionPlanner {
    DisruptionPlanner(budget: budget, pods: pods, scale: { _ in ("deployment", scale) }, now: Sample.now)
  }

  private static let four = ["a", "b", "c", "d"].map { pod($0) }

  @Test(
    "Evictions are allowed as long as enough pods answer",
    arguments: [
      (["maxUnavailable": 1], 4, 3, 1), (["maxUnavailable": "30%"], 4, 2, 2),
      (["minAvailable": 2], 4, 2, 2), (["minAvailable": "100%"], 4, 4, 0), (["maxUnavailable": 0], 4, 4, 0),
    ] as [(JSONObject, Int, Int, Int)])
  func counts(spec: JSONObject, healthy: Int, desired: Int, allowed: Int) {
    let status = Self.plan(Self.budget(spec), Self.four + [Self.pod("other", app: "y")]).status
    #expect(status["expectedPods"] == 4 && status["currentHealthy"]?.int == healthy)
    #expect(status["desiredHealthy"]?.int == desired && status["disruptionsAllowed"]?.int == allowed)
    #expect(status["observedGeneration"] == 3)
    #expect(status["conditions"]?[0]?["status"]?.string == (allowed > 0 ? "True" : "False"))
  }

  @Test("Pods that do not answer, that go, or that are just being evicted are not healthy")
  func unhealthy() {
    let pods = [Self.pod("a"), Self.pod("b", ready: false), Self.pod("c", deleted: true), Self.pod("d")]
    let budget = Self.budget(["maxUnavailable": 3], evicted: ["d": -10, "gone": -10])
    let plan = Self.plan(budget, pods)
    #expect(plan.status["currentHealthy"] == 1 && plan.status["disruptionsAllowed"] == 0)
    #expect(plan.status["disruptedPods"]?.object?.keys.sorted() == ["d"])
    #expect(plan.wake == 110)
    // An eviction that led to nothing is forgotten.
    let later = Self.plan(Self.budget(["maxUnavailable": 3], evicted: ["d": -121]), pods)
    #expect(later.status["currentHealthy"] == 2 && later.status["disruptedPods"] == nil && later.wake == nil)
  }

  @Test("A budget without pods allows nothing, and one of a scale counts what should be there")
  func missing() {
    #expect(Self.plan(Self.budget(["maxUnavailable": 1]), []).status["disruptionsAllowed"] == 0)
    let status = Self.plan(Self.budget(["maxUnavailable": 1]), [Self.pod("a")], scale: 2).status
    #expect(status["expectedPods"] == 2 && status["disruptionsAllowed"] == 0)
  }
}
