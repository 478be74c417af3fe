import JSON
import Testing

@testable import LocalNode

@Suite struct ProbeMachineTests {
  @Test(
    "A verdict changes after as many equal results in a row as the thresholds ask for",
    arguments: [
      (1, 3, "++---+-"), (2, 3, "+-++---"), (1, 1, "-+-+"), (3, 2, "++-+++--+-++"),
    ])
  func thresholds(success: Int, failure: Int, results: String) {
    var machine = ProbeMachine(
      .readiness, ["successThreshold": JSONValue(success), "failureThreshold": JSONValue(failure)])
    var row: (Character, Int) = ("?", 0)
    var holds: Bool?
    for result in results {
      row = (result, row.0 == result ? row.1 + 1 : 1)
      let outcome = machine.record(success: result == "+")
      if result == "+", row.1 >= success, holds != true {
        holds = true
        #expect(outcome == .passed)
      } else if result == "-", row.1 >= failure, holds != false {
        holds = false
        #expect(outcome == .failed)
      } else {
        #expect(outcome == .unchanged)
      }
      #expect(machine.holds == holds)
    }
  }

  @Test("Defaults are Kubernetes' own, and periods of less than a second are a second")
  func defaults() {
    let machine = ProbeMachine(.liveness, [:])
    #expect(machine.period == .seconds(10) && machine.timeout == .seconds(1) && machine.initialDelay == .zero)
    #expect(machine.successThreshold == 1 && machine.failureThreshold == 3)
    #expect(ProbeMachine(.liveness, ["periodSeconds": 0]).period == .seconds(1))
  }

  @Test("A target's port may be a name of the container's ports, and its host is the pod unless it says otherwise")
  func targets() {
    let container: JSONValue = ["ports": [["name": "web", "containerPort": 8080]]]
    #expect(
      ProbeTarget(["httpGet": ["port": "web", "path": "healthz"]], container: container, podIP: "127.64.0.9")
        == .http(scheme: "http", host: "127.64.0.9", port: 8080, path: "/healthz", headers: [:]))
    #expect(ProbeTarget(["tcpSocket": ["port": 1, "host": "h"]], container: container, podIP: "i") == .tcp(host: "h", port: 1))
    #expect(ProbeTarget(["httpGet": ["port": "none"]], container: container, podIP: "i") == nil)
    #expect(ProbeTarget(["exec": ["command": ["a", "b"]]], container: container, podIP: "i") == .exec(["a", "b"]))
  }
}
