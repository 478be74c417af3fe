import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import Planning

@Suite("Cross-validation")
struct CrossValidationTests {
  private func world(_ change: (inout TrainingSweep) -> Void = { _ in }) -> SweepWorld {
    startedWorld {
      $0.spec.crossValidation = .init(folds: 3)
      $0.spec.trials = .init(max: 2, parallel: 1)
      $0.spec.constraints = [.init(metric: "latency", max: "20")]
      change(&$0)
    }
  }

  @Test("makes each trial an Indexed Job whose pods' runs belong to the trial's run")
  func manifest() throws {
    var world = SweepWorld(world().sweep)
    world.experimentID = "1"
    world.reconcile()
    let job = try #require(world.manifests.last)
    #expect(job.spec["completionMode"]?.string == "Indexed")
    #expect(job.spec["completions"]?.int == 3)
    #expect(job.spec["parallelism"]?.int == 3)
    let environment = try #require(job.spec[path: "template", "spec", "containers"]?[0]?["env"]?.array)
    let names = environment.compactMap { $0["name"]?.string }
    #expect(!names.contains("MLFLOW_RUN_ID"))
    let index = try #require(names.firstIndex(of: "JOB_COMPLETION_INDEX"))
    let context = try #require(names.firstIndex(of: "MLFLOW_RUN_CONTEXT"))
    #expect(index < context, "a reference comes after what it refers to")
    let tags = try JSONValue(parsing: environment[context]["value"]?.string ?? "")
    #expect(tags[SweepKeys.Tag.fold]?.string == "$(JOB_COMPLETION_INDEX)")
    #expect(tags[SweepKeys.Tag.sweepUID]?.string == "sweep-uid")
    #expect(tags[SweepKeys.Tag.parent]?.string?.hasPrefix("run-") == true)
  }

  @Test("takes the mean over the folds, says how far they are apart, and writes both to the parent")
  func mean() throws {
    var world = world()
    world.succeed(
      "churn-0",
      folds: [["auc": 0.7, "latency": 10], ["auc": 0.8, "latency": 20], ["auc": 0.9, "latency": 27]])
    world.settle()
    let best = try #require(world.status.best)
    #expect(best.value == "0.8")
    #expect(best.spread.flatMap(Double.init).map { abs($0 - 0.1) < 1e-9 } == true)
    #expect(best.metrics?["latency"] == "19")
    let parent = try #require(world.runs.first { $0.id == best.runID })
    #expect(parent.fold == nil)
    #expect(parent.metrics["auc"]?.last == 0.8)
    #expect(parent.metrics["auc_std"].map { abs($0.last - 0.1) < 1e-9 } == true)
    #expect(world.runs.allSatisfy { $0.status.isOver || $0.place?.trial == 1 })
  }

  @Test(
    "names the fold that has no result",
    arguments: [
      ([["auc": 0.7, "latency": 1], ["auc": 0.8, "latency": 1]], "fold 2 has no MLflow run"),
      ([["auc": 0.7], ["loss": 0.8], ["auc": 0.7]], "to the run of fold 1; it logged loss"),
    ])
  func missing(_ folds: [[String: Double]], _ text: String) {
    var world = world()
    world.succeed("churn-0", folds: folds)
    world.settle()
    #expect(world.status.trials?.failed == 0, "metrics may land late")
    world.pass(61)
    world.settle()
    #expect(world.status.failures?.first?.reason == "MetricMissing")
    #expect(world.status.failures?.first?.message?.contains(text) == true)
  }

  @Test("a fold that is NaN makes the trial fail, and says which")
  func notANumber() {
    var world = world()
    world.succeed("churn-0", folds: [["auc": 0.7], ["auc": .nan], ["auc": 0.7]])
    world.settle()
    #expect(world.status.failures?.first?.reason == "ObjectiveNotFinite")
    #expect(world.status.failures?.first?.message?.contains("in fold 1") == true)
  }

  @Test("a pod that was replaced leaves a second run of its fold: the finished one counts")
  func replaced() throws {
    var world = world()
    let parent = try #require(world.runs.first?.id)
    world.runs.append(
      RunRecord(
        id: "killed", status: .running, startTime: world.now.addingTimeInterval(-9), metrics: ["auc": .init(last: 0)],
        tags: [
          SweepKeys.Tag.trial: "0", SweepKeys.Tag.attempt: "0", SweepKeys.Tag.fold: "1", SweepKeys.Tag.parent: parent,
        ]))
    let ok = ["auc": 0.8, "latency": 1]
    world.succeed("churn-0", folds: [ok, ok, ok])
    world.settle()
    #expect(world.status.best?.value == "0.8")
    #expect(world.runs.first { $0.id == "killed" }?.status == .killed)
  }

  @Test("runs that the training code nests in a fold's are none of the folds")
  func nested() {
    var world = world()
    let ok = ["auc": 0.8, "latency": 1]
    world.succeed("churn-0", folds: [ok, ok, ok])
    world.runs.append(
      RunRecord(
        id: "nested", status: .finished, startTime: world.now.addingTimeInterval(5), metrics: ["auc": .init(last: 0)],
        tags: [
          SweepKeys.Tag.trial: "0", SweepKeys.Tag.attempt: "0", SweepKeys.Tag.fold: "1", SweepKeys.Tag.parent: "other",
        ]))
    world.settle()
    #expect(world.status.best?.value == "0.8")
  }

  @Test("a trial that fails closes the runs of its folds")
  func closes() throws {
    var world = world()
    let parent = try #require(world.runs.first?.id)
    world.runs.append(
      RunRecord(
        id: "open", status: .running, startTime: world.now,
        tags: [
          SweepKeys.Tag.trial: "0", SweepKeys.Tag.attempt: "0", SweepKeys.Tag.fold: "0", SweepKeys.Tag.parent: parent,
        ]))
    world.fail("churn-0")
    world.settle()
    #expect(world.runs.first { $0.id == "open" }?.status == .failed)
  }
}
