import CRDTypes
import JSON
import Testing

@testable import LocalControllers

@Suite struct PodFailurePolicyTests {
  private static func rule(_ action: String, _ op: String, _ values: [Int], container: String? = nil) -> JSONValue {
    .compact([
      "action": .string(action),
      "onExitCodes": .compact([
        "operator": .string(op), "values": .array(values.map { JSONValue($0) }), "containerName": container.map(JSONValue.string),
      ]),
    ])
  }

  private func plan(_ rules: [JSONValue], _ pod: DynamicObject) -> JobPlan {
    let job = Sample.job(
      ["parallelism": 1, "completions": 1, "backoffLimit": 3, "podFailurePolicy": ["rules": .array(rules)]],
      status: ["startTime": Sample.time(-10)])
    return Sample.plan(job, [pod])
  }

  @Test(
    "Exit codes pick the first rule that matches",
    arguments: [
      (rule("FailJob", "In", [42]), 42, "fail"), (rule("FailJob", "In", [42]), 1, "count"),
      (rule("FailJob", "NotIn", [42]), 1, "fail"), (rule("FailJob", "NotIn", [42]), 42, "count"),
      (rule("Ignore", "In", [3]), 3, "ignore"), (rule("Count", "In", [3]), 3, "count"),
      (rule("FailJob", "In", [42], container: "main"), 42, "fail"),
      (rule("FailJob", "In", [42], container: "other"), 42, "count"),
    ])
  func codes(rule: JSONValue, code: Int, outcome: String) {
    let plan = plan([rule, Self.rule("Count", "NotIn", [])], Sample.pod("p", "Failed", exit: code))
    #expect((!plan.condition("FailureTarget").isAbsent) == (outcome == "fail"))
    #expect((!plan.status[path: "uncountedTerminatedPods", "failed"].isAbsent) == (outcome != "ignore"))
    #expect(plan.release.map(\.name) == ["p"])
  }

  @Test("The verdict names container, pod, exit code and rule")
  func message() {
    let plan = plan([Self.rule("Ignore", "In", [3]), Self.rule("FailJob", "In", [42])], Sample.pod("p", "Failed", exit: 42))
    #expect(plan.condition("FailureTarget")?["reason"] == "PodFailurePolicy")
    #expect(
      plan.condition("FailureTarget")?["message"]
        == "Container main for pod n/p failed with exit code 42 matching FailJob rule at index 1")
  }

  @Test("A disruption that is ignored costs no attempt, however often it happens", arguments: ["True", "False"])
  func disruption(status: String) {
    var pod = Sample.pod("p", "Failed", exit: 143)
    pod.json[path: "status", "conditions"] = [["type": "DisruptionTarget", "status": .string(status)]]
    let plan = plan([["action": "Ignore", "onPodConditions": [["type": "DisruptionTarget"]]]], pod)
    #expect((plan.status[path: "uncountedTerminatedPods", "failed"].isAbsent) == (status == "True"))
    #expect(plan.create.count == 1)
  }

  @Test("A container that ended well matches no rule, not even one for all other codes")
  func zero() {
    let plan = plan([Self.rule("FailJob", "NotIn", [1])], Sample.pod("p", "Failed", exit: 0))
    #expect(plan.condition("FailureTarget").isAbsent)
  }
}
