import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("A shadow")
struct ShadowTests {
  @Test("gets copies of requests: one that errs is given up, one that does not takes over, and no user sees either")
  func copies() async throws {
    try await TestNamespace.run("shadow") { scope in
      let errors: JSONValue = ["name": "errors", "router": ["maxErrorShareAboveStable": "0.05", "minRequests": 20]]
      let served = try await Served.start(
        in: scope,
        rollout: ["strategy": "Shadow", "steps": [["weight": 50, "hold": "2s"]], "checks": [errors], "drain": "2s"])
      let traffic = try Traffic(scope, host: served.host)
      let stable = try #require(try await served.object().status[path: "stable", "name"]?.string)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      try await served.give("STUB_STATUS", "500")
      let failed = try await served.settles("the revision to be given up") { $0.status["failedRevision"] != nil }
      #expect(failed.status[path: "stable", "name"]?.string == stable)
      #expect(failed.status[path: "lastFailure", "reason"]?.string == "CheckFailed")
      #expect((failed.status[path: "failedRevision", "serverErrors"]?.int ?? 0) >= 20)

      // Slow answers to copies hold nobody up.
      try await served.give("STUB_DELAY", "0.3")
      let candidate = try await eventually("copies", within: .seconds(90)) {
        let found = try await served.object()
        guard found.isObserved, found.status[path: "candidate", "mirrored"]?.int == 50,
          (found.status[path: "candidate", "requests"]?.int ?? 0) > 0
        else { throw NotYet(found.conditionText) }
        #expect(found.status[path: "candidate", "weight"]?.int == 0)
        return found
      }
      let name = try #require(candidate.status[path: "candidate", "name"]?.string)
      for _ in 0..<10 { #expect(try await traffic.ask().variant == stable) }
      let passed = try await served.settles("the shadow to take over") {
        $0.status[path: "stable", "name"]?.string == name
      }
      #expect(passed.status[path: "stable", "weight"]?.int == 100)
      #expect(passed.status[path: "stable", "mirrored"] == nil)
      #expect(try await traffic.ask().variant == name)
      users.cancel()
      let seen = await users.value
      #expect(seen.failures == [])
    }
  }
}
