import FoundationEssentials
import JSON
import MLflow
import Postgres
import TestSupport
import Testing

@Suite("Runs, written over REST and read by SQL")
struct RunTests {
  @Test("a run is made, found by its tags both ways, ended and deleted")
  func lifecycle() async throws {
    let tracking = try await Tracking("lifecycle")
    let tags = ["martlet.dev/sweep-uid": "u-1", "martlet.dev/trial": "3"]
    let made = try await tracking.server.createRun(
      experiment: tracking.experiment, name: "churn-3", start: Tracking.start, tags: tags, user: "operator")
    #expect(made.status == .running)
    #expect(made.startTime == Tracking.start)
    #expect(try await tracking.database.runs([made.id])[made.id] == made)
    #expect(try await tracking.database.runs(experiment: tracking.experiment, tags: tags) == [made])
    #expect(try await tracking.server.searchRuns(experiments: [tracking.experiment], tags: tags) == [made])
    #expect(try await tracking.database.runs(experiment: tracking.experiment, tags: ["martlet.dev/trial": "4"]) == [])
    #expect(try await tracking.database.tags(of: [made.id])[made.id]?["martlet.dev/trial"] == "3")

    let end = Tracking.start + 90
    try await tracking.server.updateRun(made.id, status: .killed, end: end)
    let ended = try #require(try await tracking.database.runs([made.id])[made.id])
    #expect(ended.status == .killed && ended.status.isTerminal && ended.endTime == end)
    try await tracking.server.setTag(run: made.id, "martlet.dev/best", "true")
    try await tracking.server.deleteRun(made.id)
    #expect(try await tracking.database.runs([made.id])[made.id]?.isDeleted == true)
    #expect(try await tracking.database.runs(experiment: tracking.experiment, tags: tags) == [])
    let unknown = String(repeating: "f", count: 32)
    #expect(try await tracking.database.runs([unknown]).isEmpty)
    let error = await #expect(throws: MLflowError.self) { try await tracking.server.run(unknown) }
    #expect(error?.code == .notFound)
  }

  @Test("an experiment is made once, whoever asks first, and found in the database")
  func experiments() async throws {
    let tracking = try await Tracking("experiment with 'quotes' & spaces")
    let server = tracking.server
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 { group.addTask { try await server.experiment(named: "raced") } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
    #expect(try await tracking.database.experiment(named: "raced") == ids.first)
    #expect(try await tracking.database.experiment(named: "experiment with 'quotes' & spaces") == tracking.experiment)
    #expect(try await tracking.database.experiment(named: "nosuch") == nil)
    let doomed = try await server.experiment(named: "doomed")
    try await server.post("experiments/delete", ["experiment_id": .string(doomed)])
    let error = await #expect(throws: MLflowError.self) { try await server.experiment(named: "doomed") }
    #expect(error?.code == .deleted)
    #expect(try await tracking.database.experiment(named: "doomed") == nil)
  }

  @Test("NaN and infinities are read back as they were logged, and the latest value is that of the greatest step")
  func metrics() async throws {
    let tracking = try await Tracking("metrics")
    let run = try await tracking.run("odd", metrics: ["nan": .nan, "up": .infinity, "down": -.infinity, "fine": 0.1])
    try await tracking.server.log(
      run: run,
      metrics: [
        MetricRecord("loss", 0.5, step: 5, time: Tracking.start),
        MetricRecord("loss", 0.1, step: 3, time: Tracking.start),
        MetricRecord("loss", 0.7, step: 5, time: Tracking.start),
      ])
    let latest = try #require(try await tracking.database.latestMetrics(of: [run])[run])
    #expect(latest["nan"]?.value.isNaN == true)
    #expect(latest["up"]?.value == .infinity)
    #expect(latest["down"]?.value == -.infinity)
    #expect(latest["fine"] == MetricPoint(value: 0.1, step: 1, time: Tracking.start))
    #expect(latest["loss"]?.value == 0.7 && latest["loss"]?.step == 5)
    let some = try await tracking.database.latestMetrics(of: [run], metrics: ["loss", "nosuch"])
    #expect(some[run]?.keys.sorted() == ["loss"])
    #expect(try await tracking.database.latestMetrics(of: []).isEmpty)
  }

  @Test("histories of many runs and metrics come in one reading, from each cursor on")
  func histories() async throws {
    let tracking = try await Tracking("histories")
    let one = try await tracking.run("one")
    let two = try await tracking.run("two")
    for run in [one, two] {
      try await tracking.server.log(
        run: run, metrics: (0..<1000).map { MetricRecord("loss", Double($0), step: $0, time: Tracking.start) })
    }
    try await tracking.server.log(
      run: one,
      metrics: [
        MetricRecord("loss", -1, step: 998, time: Tracking.start + 1),
        MetricRecord("acc", .nan, step: -2, time: Tracking.start),
      ])
    let all = HistoryCursor(runID: one, metric: "loss")
    let tail = HistoryCursor(runID: two, metric: "loss", after: 997)
    let other = HistoryCursor(runID: one, metric: "acc")
    let none = HistoryCursor(runID: two, metric: "acc")
    let found = try await tracking.database.histories([all, tail, other, none])
    #expect(found[all]?.map(\.step) == Array(0..<1000))
    #expect(found[all]?[998].value == -1, "a step that was logged twice has its later value")
    #expect(found[tail]?.map(\.value) == [998, 999])
    #expect(found[other]?.first?.value.isNaN == true)
    #expect(found[none] == nil)
  }

  @Test("large batches are sent in parts that MLflow takes")
  func batches() async throws {
    let tracking = try await Tracking("batches")
    let run = try await tracking.run("big")
    let parameters = Dictionary(uniqueKeysWithValues: (0..<250).map { ("p\($0)", "\($0)") })
    try await tracking.server.log(
      run: run, metrics: (0..<1700).map { MetricRecord("m", Double($0), step: $0, time: Tracking.start) },
      parameters: parameters, tags: parameters)
    #expect(try await tracking.database.parameters(of: [run])[run] == parameters)
    let cursor = HistoryCursor(runID: run, metric: "m")
    #expect(try await tracking.database.histories([cursor])[cursor]?.count == 1700)
    let error = await #expect(throws: MLflowError.self) {
      try await tracking.server.log(run: run, parameters: ["p1": "another"])
    }
    #expect(error?.code == .invalidRequest)
    #expect(error.map { !"\($0)".contains("[SQL:") } == true)
  }
}
