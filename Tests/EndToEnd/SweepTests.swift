import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("A sweep")
struct SweepTests {
  private static let space = [
    Parameters.double("x", "0", "1", step: "0.5"), Parameters.int("k", 1, 2), Parameters.choice("c", ["plain", "slow"]),
  ]

  private static let objective = """
    x, k, c = float(os.environ["x"]), int(os.environ["k"]), os.environ["c"]
    if sys.argv[1:] != [os.environ["x"], "k=" + os.environ["k"]]: sys.exit(9)
    log(score=1 - (x - 0.4) ** 2 + 0.1 * k + (5 if c == "slow" else 0), latency_ms=80 if c == "slow" else 8)
    """

  @Test(
    "runs every trial once and names the best run that keeps the constraints, as MLflow has it",
    arguments: ["Random", "Grid", "TPE"])
  func runsToSuccess(algorithm: String) async throws {
    try await TestNamespace.run("run") { scope in
      let planned = algorithm == "Grid" ? 12 : 10
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "search", in: scope, parameters: Self.space, search: ["algorithm": .string(algorithm), "seed": 7],
          trials: ["max": JSONValue(planned), "parallel": 3], code: Self.objective, arguments: ["$(x)", "k=$(k)"],
          more: ["constraints": [["metric": "latency_ms", "max": "50"]]]), in: scope)
      let end = try await sweep.succeeded()

      let counts = ["planned", "queued", "running", "succeeded", "stopped", "failed"].map { Sweep.count($0, end) }
      #expect(counts == [planned, 0, 0, planned, 0, 0])
      #expect(end.status["search"]?["algorithm"]?.string == algorithm)
      #expect(end.condition("Ready")?["status"]?.string == "True")
      #expect(end.condition("Reconciling") == nil && end.condition("Stalled") == nil)

      let runs = try await sweep.runs()
      #expect(runs.map(\.trial) == Array(0..<planned))
      #expect(runs.allSatisfy { $0.attempt == 0 && $0.status == "FINISHED" })
      for run in runs {
        #expect(run.tags["martlet.sweep"] == "\(scope.name)/search")
        #expect(run.tags["mlflow.runName"] == "search-\(run.trial)")
        #expect(run.tags["martlet.outcome"] == "Succeeded")
        #expect(Set(run.parameters.keys).isSuperset(of: ["x", "k", "c"]))
      }
      #expect(try await sweep.starts().filter { $0.value != 1 } == [:])
      if algorithm == "Grid" { #expect(Set(runs.map(\.parameters)).count == 12) }

      let allowed = runs.filter { ($0.metric("latency_ms") ?? .infinity) <= 50 }
      let best = try #require(allowed.compactMap { $0.metric("score") }.max())
      let named = try #require(runs.first { $0.id == end.status[path: "best", "runID"]?.string })
      #expect(named.metric("score") == best)
      #expect(named.metric("latency_ms") == 8)
      #expect(end.status[path: "best", "value"]?.string.flatMap(Double.init) == best)
      #expect(end.status[path: "best", "parameters"]?.stringMap == named.parameters)

      let jobs = try await sweep.jobs()
      #expect(Set(jobs.map(\.name)) == Set((0..<planned).map { "search-\($0)" }))
      #expect(jobs.allSatisfy { $0.controllerReference?.uid == sweep.uid })
    }
  }

  @Test("asks for its GPUs in the requests and in the limits of each Job")
  func requestsGPUs() async throws {
    try await TestNamespace.run("gpu") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "gpu", in: scope, parameters: [Parameters.int("k", 1, 9)], trials: ["max": 2, "parallel": 2],
          code: "log(score=1)", more: ["gpus": ["perTrial": 2]]), in: scope)
      try await eventually("two Jobs") {
        guard try await sweep.jobs().count == 2 else { throw NotYet(try await sweep.object().conditionText) }
      }
      for job in try await sweep.jobs() {
        let resources = job.spec[path: "template", "spec", "containers"]?[0]?["resources"]
        for part in ["requests", "limits"] {
          let amount = resources?[part]?["nvidia.com/gpu"]
          #expect(amount?.string ?? amount?.integer.map(String.init) == "2")
        }
      }
      if scope.cluster.isLocal { try await sweep.succeeded() }
    }
  }

  @Test("never takes a run for the best whose metric is NaN or infinite")
  func ignoresWhatIsNotFinite() async throws {
    try await TestNamespace.run("nan") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "nan", in: scope, parameters: [Parameters.choice("value", ["NaN", "0.25", "Infinity"])],
          search: ["algorithm": "Random", "points": [["value": "NaN"], ["value": "0.25"], ["value": "Infinity"]]],
          trials: ["max": 3, "parallel": 1], code: #"log(score=os.environ["value"])"#), in: scope)
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 1)
      #expect(Sweep.count("failed", end) == 2)
      #expect(end.status[path: "best", "trial"]?.int == 1)
      #expect(end.status[path: "best", "value"]?.string == "0.25")
      let reasons = (end.status["failures"]?.array ?? []).compactMap { $0["reason"]?.string }
      #expect(reasons == ["ObjectiveNotFinite", "ObjectiveNotFinite"])
    }
  }

  @Test("waits for a metric that lands after its Job has completed")
  func waitsForLateMetrics() async throws {
    try await TestNamespace.run("late") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "late", in: scope, parameters: [Parameters.int("k", 1, 9)],
          trials: ["max": 1, "metricGracePeriod": "8s"], code: "log(other=1)"), in: scope)
      try await eventually("the Job to complete") {
        let job = try await sweep.jobs().first
        guard job?.condition("Complete")?["status"]?.string == "True" else {
          throw NotYet(try await sweep.object().conditionText)
        }
      }
      let run = try #require(try await sweep.runs().first)
      try await scope.mlflow.log("score", 0.5, to: run.id)
      let end = try await sweep.succeeded()
      #expect(end.status[path: "best", "value"]?.string == "0.5")
    }
  }

  @Test("ends as soon as a trial reaches the target")
  func endsAtTarget() async throws {
    try await TestNamespace.run("target") { scope in
      let points: [JSONValue] = [["value": "0.1"], ["value": "0.1"], ["value": "0.9"]]
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "target", in: scope,
          parameters: [Parameters.choice("value", ["0.1", "0.9"]), Parameters.double("x", "0", "1")],
          search: ["algorithm": "Random", "points": .array(points)],
          trials: ["max": 40, "parallel": 1], code: #"log(score=float(os.environ["value"]))"#,
          more: ["objective": ["metric": "score", "goal": "Maximize", "target": "0.8"]]), in: scope)
      let end = try await sweep.succeeded(reason: "TargetReached")
      #expect(end.status[path: "best", "trial"]?.int == 2)
      #expect(try await sweep.runs().count <= 4)
    }
  }

  @Test("stops its trials while it is suspended and finishes them once it is not")
  func suspendsAndResumes() async throws {
    try await TestNamespace.run("suspend") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "pause", in: scope, parameters: [Parameters.int("k", 1, 9)], trials: ["max": 2, "parallel": 2],
          code: """
            if attempt() == 0: time.sleep(600)
            log(score=1)
            """), in: scope)
      try await sweep.running(2)
      try await scope.patch(TrainingSweep.type, sweep.name, ["spec": ["suspend": true]])
      try await scope.wait(TrainingSweep.type, sweep.name, "Suspended")
      try await scope.waitUntilNone(.pod, selector: sweep.selector)
      try await sweep.closed()

      try await scope.patch(TrainingSweep.type, sweep.name, ["spec": ["suspend": false]])
      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 2)
      #expect(Sweep.count("failed", end) == 0)
      let runs = try await sweep.runs()
      #expect(
        runs.map { "\($0.trial)/\($0.attempt) \($0.status)" }
          == ["0/0 KILLED", "0/1 FINISHED", "1/0 KILLED", "1/1 FINISHED"])
      for trial in 0..<2 {
        #expect(Set(runs.filter { $0.trial == trial }.map { $0.tags["martlet.parameters"] }).count == 1)
      }
    }
  }
}
