import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("Early stopping")
struct EarlyStoppingTests {
  /// Trials that log their quality at each of 40 steps and say at the end how many they did.
  private static let code = """
    quality = float(os.environ["quality"])
    for step in range(1, 41):
        log(score=quality, step=step)
        log(steps=step)
        time.sleep(0.3)
    """
  private static let points: [JSONValue] = ["0.9", "0.8", "0.2", "0.1"].map { ["quality": $0] }

  private func sweep(_ scope: TestNamespace, search: JSONValue, _ more: JSONObject) async throws -> Sweep {
    try await Sweep.create(
      Sweep.manifest(
        "stop", in: scope, parameters: [Parameters.choice("quality", ["0.9", "0.8", "0.2", "0.1"])], search: search,
        trials: ["max": 4, "parallel": 4], code: Self.code, more: more), in: scope)
  }

  @Test("stops trials that lag behind, records why, and saves what they would have cost")
  func asha() async throws {
    try await TestNamespace.run("asha") { scope in
      let sweep = try await sweep(
        scope, search: ["algorithm": "Random", "points": .array(Self.points)],
        ["earlyStopping": ["asha": ["minSteps": 3, "reductionFactor": 2]]])
      let end = try await sweep.succeeded()
      let stopped = try #require(Sweep.count("stopped", end))
      #expect(stopped >= 2)
      #expect(end.status[path: "best", "trial"]?.int == 0)
      #expect(Sweep.count("failed", end) == 0)
      let runs = try await sweep.runs()
      var steps = 0.0
      for run in runs {
        steps += run.metric("steps") ?? 0
        guard run.tags["martlet.outcome"] == "Stopped" else { continue }
        #expect(run.status == "KILLED")
        #expect(run.tags["martlet.reason"] == "EarlyStopped")
        let step = try #require(run.tags["martlet.stop.step"].flatMap(Int.init))
        #expect(step >= 3)
        let value = try #require(run.tags["martlet.stop.value"].flatMap(Double.init))
        let cutoff = try #require(run.tags["martlet.stop.cutoff"].flatMap(Double.init))
        #expect(value < cutoff)
      }
      #expect(steps < 4 * 40 * 0.8, "\(steps) of 160 steps were run")
      #expect(try await sweep.pods().allSatisfy { $0.status["phase"]?.string != "Running" })
      let events = try await scope.client.list(.event, namespace: scope.name).items
      #expect(events.contains { $0.json["reason"]?.string == "TrialStopped" })
    }
  }

  @Test("follows Hyperband's brackets")
  func hyperband() async throws {
    try await TestNamespace.run("hyperband") { scope in
      let sweep = try await sweep(
        scope,
        search: [
          "algorithm": "Hyperband", "points": .array(Self.points),
          "hyperband": ["minSteps": 3, "maxSteps": 40, "reductionFactor": 3],
        ], [:])
      let end = try await sweep.succeeded()
      #expect(end.status[path: "search", "algorithm"]?.string == "Hyperband")
      #expect((Sweep.count("stopped", end) ?? 0) + (Sweep.count("succeeded", end) ?? 0) == 4)
    }
  }

  @Test("by patience ends a trial that no longer gets better")
  func patience() async throws {
    try await TestNamespace.run("patience") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "patience", in: scope, parameters: [Parameters.choice("kind", ["rising", "flat"])],
          search: ["algorithm": "Grid"], trials: ["max": 2, "parallel": 2],
          code: """
            for step in range(1, 41):
                log(score=step if os.environ["kind"] == "rising" else min(step, 3), step=step)
                time.sleep(0.2)
            """, more: ["earlyStopping": ["patience": ["steps": 5]]]), in: scope)
      let end = try await sweep.succeeded()
      #expect(Sweep.count("stopped", end) == 1)
      #expect(end.status[path: "best", "value"]?.string == "40")
    }
  }
}
