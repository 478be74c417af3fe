import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("A trial")
struct DisruptionTests {
  @Test("whose pod is evicted runs again without that being counted")
  func survivesEviction() async throws {
    try await TestNamespace.run("evict") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "evict", in: scope, parameters: [Parameters.int("k", 1, 9)], trials: ["max": 2, "maxFailed": 0],
          code: """
            if tag("martlet.trial") == "0" and attempt() == 0 and started == 1: time.sleep(600)
            log(score=1)
            """), in: scope)
      try await sweep.running(1)
      let pod = try #require(try await sweep.pods().first { $0.status["phase"]?.string == "Running" })
      try await scope.client.create(
        [
          "apiVersion": "policy/v1", "kind": "Eviction",
          "metadata": ["name": .string(pod.name), "namespace": .string(scope.name)],
        ], subresource: "eviction", of: pod.key, as: .pod)
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 2)
      #expect(Sweep.count("failed", end) == 0)
      #expect(end.status["failures"]?.array?.isEmpty ?? true)
      // Kubernetes made another pod, or the operator another attempt: the trial's container began twice.
      let starts = try await sweep.starts().filter { $0.key.hasPrefix("0/") }
      #expect(starts.values.reduce(0, +) == 2)
    }
  }

  @Test("that fails is run again as often as retries says, with the same parameters, and then counts")
  func retriesFailures() async throws {
    try await TestNamespace.run("retry") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "retry", in: scope, parameters: [Parameters.choice("kind", ["flaky", "broken"])],
          search: ["algorithm": "Random", "points": [["kind": "flaky"], ["kind": "broken"]]],
          trials: ["max": 2, "retries": 1],
          code: """
            if os.environ["kind"] == "broken" or attempt() == 0: sys.exit("the disk is on fire")
            log(score=1)
            """), in: scope)
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 1)
      #expect(Sweep.count("failed", end) == 1)
      let runs = try await sweep.runs()
      #expect(
        runs.map { "\($0.trial)/\($0.attempt) \($0.status)" }
          == ["0/0 FAILED", "0/1 FINISHED", "1/0 FAILED", "1/1 FAILED"])
      let failure = try #require(end.status["failures"]?.array?.first)
      #expect(failure["reason"]?.string == "ExitCode")
      #expect(failure["message"]?.string?.contains("exited with code 1") == true)
      #expect(failure["message"]?.string?.contains("the disk is on fire") == true)
    }
  }

  @Test("too many of which fail ends the sweep, which says how many and why")
  func endsAfterTooManyFailures() async throws {
    try await TestNamespace.run("fail") { scope in
      let points: [JSONValue] = [["kind": "good"], ["kind": "bad"], ["kind": "bad"]]
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "fail", in: scope, parameters: [Parameters.choice("kind", ["good", "bad"]), Parameters.double("x", "0", "1")],
          search: ["algorithm": "Random", "points": .array(points)], trials: ["max": 20, "maxFailed": 1],
          code: #"log(score=1) if os.environ["kind"] == "good" else sys.exit(3)"#), in: scope)
      let end = try await sweep.failed(reason: "TooManyFailures")
      #expect(Sweep.count("failed", end) == 2)
      let message = end.condition("Succeeded")?["message"]?.string ?? ""
      #expect(message.contains("more than trials.maxFailed (1) allows"))
      #expect(message.contains("exited with code 3"))
      #expect(end.condition("Stalled")?["status"]?.string == "True")
      #expect(end.status[path: "best", "trial"]?.int == 0)
    }
  }

  @Test("that runs longer than the timeout is stopped and has failed")
  func timesOut() async throws {
    try await TestNamespace.run("slow") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "slow", in: scope, parameters: [Parameters.int("k", 1, 9)],
          trials: ["max": 1, "timeout": "3s"], code: "time.sleep(600)"), in: scope)
      let end = try await sweep.failed()
      #expect(end.status["failures"]?[0]?["reason"]?.string == "TimedOut")
      #expect(try await sweep.runs().map(\.status) == ["FAILED"])
      try await eventually("the pod to be gone") {
        let live = try await sweep.pods().filter { $0.status["phase"]?.string == "Running" }
        guard live.isEmpty else { throw NotYet("\(live.map(\.name)) run") }
      }
    }
  }
}
