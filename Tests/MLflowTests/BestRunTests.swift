import MLflow
import Postgres
import TestSupport
import Testing

@Suite("The best run")
struct BestRunTests {
  @Test("NaN, infinities, unfinished, deleted and failing runs never win; ties go to the run that ended first")
  func winners() async throws {
    let tracking = try await Tracking("winners")
    let bad = [
      try await tracking.run("nan", metrics: ["loss": .nan], end: 1),
      try await tracking.run("up", metrics: ["loss": .infinity], end: 1),
      try await tracking.run("down", metrics: ["loss": -.infinity], end: 1),
      try await tracking.run("none", end: 1),
      try await tracking.run("failed", metrics: ["loss": -5], status: .failed, end: 1),
      try await tracking.run("running", metrics: ["loss": -6], status: .running, end: 1),
    ]
    let deleted = try await tracking.run("deleted", metrics: ["loss": -7], end: 1)
    try await tracking.server.deleteRun(deleted)
    let late = try await tracking.run(
      "late", metrics: ["loss": 0.25, "latency": 5], parameters: ["depth": "3", "lr": "1e-3"], tags: ["team": "a"],
      end: 90)
    let early = try await tracking.run(
      "early", metrics: ["loss": 0.25, "latency": 50], parameters: ["depth": "12", "lr": "None"], end: 30)
    let worse = try await tracking.run(
      "worse", metrics: ["loss": 0.75, "latency": .nan], parameters: ["depth": "4"], tags: ["team": "b"], end: 10)
    let all = bad + [deleted, late, early, worse]
    func best(
      _ goal: BestRunQuery.Goal, _ constraints: BestRunQuery.Constraint..., statuses: [RunStatus] = [.finished]
    ) async throws -> String? {
      var winners: [String?] = []
      for scope in [BestRunQuery.Scope.runs(all), .experiment(tracking.experiment)] {
        for reading in [BestRunQuery.Reading.last, .best] {
          let query = BestRunQuery(
            metric: "loss", goal: goal, scope: scope, reading: reading, constraints: constraints, statuses: statuses)
          winners.append(try await tracking.database.best(query)?.runID)
        }
      }
      #expect(Set(winners).count == 1)
      return winners.first ?? nil
    }
    #expect(try await best(.minimize) == early)
    #expect(try await best(.maximize) == worse)
    #expect(try await best(.minimize, .metric("latency", min: nil, max: 10)) == late)
    #expect(try await best(.maximize, .metric("latency", min: 0, max: nil)) == early)
    #expect(try await best(.minimize, .parameter("depth", min: 4, max: 10)) == worse)
    #expect(try await best(.minimize, .parameter("lr", min: 0, max: 1)) == late, "None is no number")
    #expect(try await best(.minimize, .parameterEquals("lr", "None")) == early)
    #expect(try await best(.minimize, .tag("team", "b")) == worse)
    #expect(try await best(.minimize, .tag("team", "b"), .metric("latency", min: nil, max: 10)) == nil)
    #expect(try await best(.minimize, statuses: [.failed]) == bad[4])
  }

  @Test("the best of all steps can be another run than the best of the last steps")
  func readings() async throws {
    let tracking = try await Tracking("readings")
    let diving = try await tracking.run("diving")
    let steady = try await tracking.run("steady")
    for (run, values) in [(diving, [0.9, 0.1, 0.8]), (steady, [0.7, 0.6, 0.5])] {
      try await tracking.server.log(
        run: run,
        metrics: values.enumerated().map { step, value in
          MetricRecord("loss", value, step: Int64(step), time: Tracking.start)
        })
    }
    var query = BestRunQuery(metric: "loss", goal: .minimize, scope: .runs([diving, steady]))
    #expect(try await tracking.database.best(query)?.runID == steady)
    query.reading = .best
    let best = try #require(try await tracking.database.best(query))
    #expect(best.runID == diving && best.value == 0.1 && best.step == 1)
  }

  @Test("the query binds what users wrote instead of putting it into the text")
  func bound() {
    let query = BestRunQuery(
      metric: "it's", goal: .maximize, scope: .experiment("7"),
      constraints: [.tag("a'b", "c"), .parameter("p", min: 1, max: 2)])
    #expect(!query.sql.text.contains("it's") && !query.sql.text.contains("a'b"))
    #expect(query.sql.values.count == 8)
  }
}
