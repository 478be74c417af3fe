import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("A search")
struct SearchTests {
  private static let space = [Parameters.double("x", "0", "1"), Parameters.int("k", 1, 4)]
  private static let objective = """
    x, k = float(os.environ["x"]), int(os.environ["k"])
    log(score=1 - (x - 0.4) ** 2 + 0.1 * k)
    """

  @Test(
    "goes through with every algorithm, and Auto says what it picked and why",
    arguments: ["Sobol", "GP", "CMAES", "Auto"])
  func algorithms(algorithm: String) async throws {
    try await TestNamespace.run("search") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "search", in: scope, parameters: Self.space, search: ["algorithm": .string(algorithm), "seed": 3],
          trials: ["max": 14, "parallel": 4], code: Self.objective), in: scope)
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 14)
      let used = end.status[path: "search", "algorithm"]?.string
      #expect(used == (algorithm == "Auto" ? "GP" : algorithm))
      #expect((end.status[path: "search", "reason"]?.string?.contains("14 trials") == true) == (algorithm == "Auto"))
      let runs = try await sweep.runs()
      #expect(Set(runs.map { $0.tags["martlet.parameters"] }).count == 14, "no point is tried twice")
      let best = try #require(runs.first { $0.id == end.status[path: "best", "runID"]?.string })
      #expect(best.tags["martlet.best"]?.hasPrefix("highest score") == true)
    }
  }

  @Test("of two objectives ends with the trials that no other beats in both")
  func objectives() async throws {
    try await TestNamespace.run("front") { scope in
      var manifest = try Sweep.manifest(
        "front", in: scope, parameters: Self.space, search: ["algorithm": "TPE", "seed": 1],
        trials: ["max": 14, "parallel": 4],
        code: """
          x, k = float(os.environ["x"]), int(os.environ["k"])
          log(quality=x + k / 10, cost=x * x + k)
          """,
        more: [
          "objectives": [["metric": "quality", "goal": "Maximize"], ["metric": "cost", "goal": "Minimize"]]
        ])
      manifest.json[path: "spec", "objective"] = nil
      let sweep = try await Sweep.create(manifest, in: scope)
      let end = try await sweep.succeeded()
      #expect(end.status["best"] == nil)
      let results = try await sweep.runs().map {
        (trial: $0.trial, quality: $0.metric("quality") ?? 0, cost: $0.metric("cost") ?? 0)
      }
      let front = results.filter { one in
        !results.contains { other in
          other.quality >= one.quality && other.cost <= one.cost
            && (other.quality > one.quality || other.cost < one.cost)
        }
      }
      let named = (end.status["front"]?.array ?? []).compactMap { $0["trial"]?.int }
      #expect(Set(named) == Set(front.map(\.trial)))
      #expect(end.condition("Ready")?["message"]?.string?.contains("Pareto front") == true)
    }
  }

  @Test("begins with what an earlier sweep has found, once that has ended")
  func warmStart() async throws {
    try await TestNamespace.run("warm") { scope in
      // The second is there first, and waits.
      let second = try await Sweep.create(
        Sweep.manifest(
          "second", in: scope, parameters: Self.space,
          search: ["algorithm": "GP", "seed": 2, "warmStart": [["sweep": "first"]]], trials: ["max": 3],
          code: Self.objective), in: scope)
      try await eventually("the second sweep to say what it waits for") {
        let ready = try await second.object().condition("Ready")
        guard ready?["reason"]?.string == "SweepNotFound" else { throw NotYet(try await second.object().conditionText) }
      }
      let first = try await Sweep.create(
        Sweep.manifest(
          "first", in: scope, parameters: Self.space, search: ["algorithm": "Sobol", "seed": 2],
          trials: ["max": 16, "parallel": 4], code: Self.objective), in: scope)
      try await first.succeeded()
      let end = try await second.succeeded()
      #expect(end.status[path: "search", "reason"]?.string?.contains("16 of 16 results of first are history") == true)
      // A process that knows sixteen results is near the best point at once.
      #expect(end.status[path: "best", "value"]?.string.flatMap(Double.init) ?? 0 > 1.37)
    }
  }

  @Test("ends when its budget of GPU-hours does, and goes on when that is raised")
  func budget() async throws {
    try await TestNamespace.run("budget") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "budget", in: scope, parameters: Self.space, trials: ["max": 30, "parallel": 1],
          code: "time.sleep(2)\n" + Self.objective,
          // Two GPUs for two seconds and what a container takes to start: two or three trials.
          more: ["gpus": ["perTrial": 2], "budget": ["gpuHours": "0.004"]]), in: scope)
      let end = try await sweep.succeeded(reason: "BudgetExhausted")
      let done = try #require(Sweep.count("succeeded", end))
      let stopped = try #require(Sweep.count("stopped", end))
      #expect((1...6).contains(done + stopped))
      #expect(end.status["gpuHours"]?.string != nil)
      let planned = Int64(done + stopped + 1)
      try await scope.patch(
        TrainingSweep.type, sweep.name, ["spec": ["budget": ["gpuHours": "100"], "trials": ["max": .integer(planned)]]])
      let more = try await sweep.succeeded(reason: "MaxTrialsReached")
      #expect(Sweep.count("succeeded", more) == done + 1)
    }
  }
}
