import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("An operator that dies")
struct CrashTests {
  @Test(
    "at any moment of a sweep is followed by one that finishes it: the same trials, none twice, none lost",
    arguments: [1, 2, 3, 4] as [UInt64])
  func survivesKills(seed: UInt64) async throws {
    try await TestNamespace.run("crash") { scope in
      var random = SeededGenerator(seed: seed)
      let planned = 10
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "crash", in: scope, parameters: [Parameters.double("x", "0", "1"), Parameters.choice("c", ["a", "b"])],
          search: ["algorithm": "TPE", "seed": JSONValue(Int(seed))],
          trials: ["max": JSONValue(planned), "parallel": 2],
          code: #"log(score=float(os.environ["x"]))"#), in: scope)
      var known: [String: [String: String]] = [:]
      for kill in 0..<4 {
        // The moment is so many runs on (a run comes before its Job), and a little while after.
        let more = Int.random(in: kill == 0 ? 0...1 : 1...3, using: &random)
        let goal = min(planned, try await sweep.runs().count + more)
        try await eventually("\(goal) runs", every: .milliseconds(10)) {
          guard try await sweep.runs().count >= goal else { throw NotYet(try await sweep.object().conditionText) }
        }
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...250, using: &random)))
        try await scope.martlet.kill()
        for run in try await sweep.runs() { known[run.id] = Self.identity(of: run) }
        // The dead one's lease would run for fifteen seconds; `LeaderTests` waits for that.
        try await eventually("the lease to go") {
          try await scope.client.deleteAll(.lease, namespace: scope.name)
        }
        try await scope.martlet.start()
      }
      let end = try await sweep.succeeded()

      #expect(Sweep.count("succeeded", end) == planned)
      let runs = try await sweep.runs()
      let names = (0..<planned).map { "\($0)/0" }
      #expect(runs.map { "\($0.trial)/\($0.attempt)" } == names)
      #expect(try await sweep.starts() == Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }))
      let found = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, Self.identity(of: $0)) })
      #expect(found.filter { known[$0.key] != nil } == known)
      #expect(Set(try await sweep.jobs().map(\.name)) == Set((0..<planned).map { "crash-\($0)" }))
    }
  }

  /// The tags that make a run the run of a trial.
  private static func identity(of run: MLflow.Run) -> [String: String] {
    run.tags.filter { ["martlet.trial", "martlet.attempt", "martlet.parameters"].contains($0.key) }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
