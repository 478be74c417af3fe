import CRDTypes
import ControllerKit
import FoundationEssentials
import JSON
import MLflow
import Planning
import Postgres
import TestSupport
import Testing

@testable import Operator

@Suite struct SweepControllerTests {
  private static let key = ObjectKey(namespace: "ml", name: "churn")
  private static let spec: JSONValue = [
    "objective": ["metric": "auc", "goal": "Maximize", "statistic": "Max"],
    "constraints": [["metric": "latency", "max": "20"]],
    "parameters": [["name": "lr", "double": ["min": "0.001", "max": "0.3", "scale": "Log"]]],
    "search": ["algorithm": "Random", "seed": 7], "trials": ["max": 4, "parallel": 2],
    "template": ["spec": ["containers": [["name": "train", "image": "train:1"]]]],
  ]

  private static func controller(_ place: Workplace) -> SweepController {
    SweepController(
      gather: SweepGather(
        caches: place.caches, directory: place.directory, stores: place.stores, settled: SettledRuns(),
        trials: TrialReader(caches: place.caches, views: TrialViews(), time: SystemTime()), curves: CurveStore(), workloads: WorkloadReader(time: SystemTime()) { _, _ in [] }),
      planner: SweepPlanner(), shell: place.shell(SweepController.name), time: SystemTime(),
      curveInterval: .seconds(5))
  }

  private static func defaults(_ mlflow: MLflowServer) -> TrackingDefaults {
    TrackingDefaults(uri: mlflow.url, databaseURL: mlflow.databaseURL)
  }

  /// Ends every Job that has not ended, having logged what its training code would.
  private static func train(_ place: Workplace, _ server: TrackingServer) async throws {
    for job in await place.cluster.objects(.job) where job.status.isNull {
      let trial = Double(job.labels[SweepKeys.trial] ?? "") ?? 0
      let run = job.annotations[SweepKeys.run] ?? ""
      let start = Date()
      // The curve's best is not its last; trial 3 has the greatest value and breaks the constraint.
      try await server.log(
        run: run,
        metrics: [
          MetricRecord("auc", 0.5 + trial / 10, step: 1, time: start), MetricRecord("auc", 0.1, step: 2, time: start),
          MetricRecord("latency", trial == 3 ? 30 : 10, time: start),
        ], tags: ["mlflow.note": "x"])
      try await server.updateRun(run, status: .finished, end: start)
      await place.cluster.setStatus(
        .job, job.name,
        [
          "completionTime": .string(Timestamp.text(start)),
          "conditions": [["type": "Complete", "status": "True", "lastTransitionTime": .string(Timestamp.text(start))]],
        ])
    }
  }

  @Test("A sweep goes from its first run in MLflow to its best one, and is then left alone")
  func whole() async throws {
    let mlflow = try await MLflowServer.shared()
    let place = Workplace(Self.defaults(mlflow))
    let server = TrackingServer(TrackingServerConfiguration(uri: mlflow.url), client: place.http)
    let controller = Self.controller(place)
    var object = Workplace.resource(TrainingSweep.type, "churn", Self.spec)
    let experiment = "churn-\(object.uid)"
    object.spec["tracking"] = ["experiment": .string(experiment)]
    await place.cluster.put(object, as: TrainingSweep.type)
    for _ in 0..<24 {
      try await place.refresh()
      _ = try await controller.reconcile(Self.key, place.context)
      try await Self.train(place, server)
    }
    let sweep = try #require(await place.cluster.object(TrainingSweep.type, "churn"))
    #expect(sweep.statusCondition("Ready")?["reason"] == "MaxTrialsReached")
    #expect(sweep.status[path: "trials", "succeeded"] == 4)
    #expect(sweep.status[path: "best", "trial"] == 2)
    #expect(sweep.status[path: "best", "value"] == "0.7")
    let id = try await server.experiment(named: experiment)
    let runs = try await server.searchRuns(experiments: [id], tags: [SweepKeys.Tag.sweepUID: object.uid])
    #expect(runs.count == 4)
    #expect(await place.cluster.objects(.job).count == 4)
    await place.cluster.forgetWrites()
    try await place.refresh()
    _ = try await controller.reconcile(Self.key, place.context)
    #expect(await place.cluster.writes.isEmpty)
    await place.close()
  }

  @Test("A run that was deleted in MLflow is seen as such, and settled runs are read once")
  func tagged() async throws {
    let mlflow = try await MLflowServer.shared()
    let place = Workplace(Self.defaults(mlflow))
    let connection = try await place.connections.connection(to: Self.defaults(mlflow).profile())
    let experiment = try await connection.server.experiment(named: "tagged")
    let mark = "mark-\(UInt64.random(in: 0 ... .max))"
    let run = try await connection.server.createRun(
      experiment: experiment, name: "a", start: Date(timeIntervalSince1970: 1_800_000_000),
      tags: ["martlet.sweep.uid": mark, "other": "left out"])
    try await connection.server.log(
      run: run.id,
      metrics: [1.0, .nan, .infinity, -3].enumerated().map {
        MetricRecord("loss", $0.element, step: Int64($0.offset), time: Date(timeIntervalSince1970: 1_800_000_000))
      }, parameters: ["lr": "0.1"])
    func read(_ known: [String]) async throws -> [TaggedRun] {
      try await connection.database.runs(
        tagged: "martlet.sweep.uid", mark, tagsBeginning: "martlet.", extremesOf: ["loss", "none"], known: known)
    }
    let content = try #require(try await read([]).first?.content)
    #expect(content.tags == ["martlet.sweep.uid": mark])
    #expect(content.parameters == ["lr": "0.1"])
    #expect(content.metrics == ["loss": -3])
    #expect(content.extremes == ["loss": -3...1])
    #expect(try await read([run.id]).first?.content == nil)
    #expect(try await read([run.id]).first?.run.isDeleted == false)
    try await connection.server.deleteRun(run.id)
    #expect(try await read([run.id]).first?.run.isDeleted == true)
    await place.close()
  }

  @Test("MLflow's own troubles become a condition that says what to do")
  func troubles() async throws {
    let mlflow = try await MLflowServer.shared()
    let wrong = mlflow.databaseURL.replacing(PostgreSQL.password, with: "wrong")
    let closed = "http://127.0.0.1:1"
    let cases: [(TrackingDefaults, reason: String, text: String)] = [
      (TrackingDefaults(), "TrackingNotConfigured", "--tracking-uri"),
      (TrackingDefaults(uri: mlflow.url, databaseURL: wrong), "TrackingDatabaseAuthenticationFailed", "password"),
      (
        TrackingDefaults(uri: mlflow.url, databaseURL: try await PostgreSQL.shared().url()), "TrackingUnknownSchema",
        "none of MLflow's tables"
      ),
      (TrackingDefaults(uri: closed, databaseURL: mlflow.databaseURL), "TrackingUnreachable", "127.0.0.1:1"),
    ]
    for (defaults, reason, text) in cases {
      let place = Workplace(defaults)
      let controller = Self.controller(place)
      await place.cluster.put(Workplace.resource(TrainingSweep.type, "churn", Self.spec), as: TrainingSweep.type)
      try await place.refresh()
      let next = try await controller.reconcile(Self.key, place.context)
      #expect(next == .after(.seconds(10)))
      let ready = await place.cluster.object(TrainingSweep.type, "churn")?.statusCondition("Ready")
      #expect(ready?["reason"]?.string == reason)
      #expect(ready?["message"]?.string?.contains(text) == true, "\(ready?["message"]?.string ?? "")")
      #expect(ready?["message"]?.string?.contains("wrong@") == false)
      await place.close()
    }
  }

  @Test("A sweep that is deleted has its runs closed before it goes")
  func deletion() async throws {
    let mlflow = try await MLflowServer.shared()
    let place = Workplace(Self.defaults(mlflow))
    let controller = Self.controller(place)
    let object = Workplace.resource(TrainingSweep.type, "churn", Self.spec)
    await place.cluster.put(object, as: TrainingSweep.type)
    for _ in 0..<4 {
      try await place.refresh()
      _ = try await controller.reconcile(Self.key, place.context)
    }
    #expect(await place.cluster.objects(.job).count == 2)
    var deleted = try #require(await place.cluster.object(TrainingSweep.type, "churn"))
    deleted.json[path: "metadata", "deletionTimestamp"] = .string(Timestamp.text(Date()))
    await place.cluster.put(deleted, as: TrainingSweep.type)
    try await place.refresh()
    _ = try await controller.reconcile(Self.key, place.context)
    #expect(await place.cluster.object(TrainingSweep.type, "churn") == nil)
    #expect(await place.cluster.objects(.job).isEmpty)
    let connection = try await place.connections.connection(to: Self.defaults(mlflow).profile())
    let runs = try await connection.database.runs(
      tagged: SweepKeys.Tag.sweepUID, object.uid, tagsBeginning: "martlet.")
    #expect(runs.map(\.run.status) == [.killed, .killed])
    await place.close()
  }
}
