import CRDTypes
import FoundationEssentials
import JSON
import Testing

@testable import Planning

@Suite("A sweep's trials")
struct SweepTrialTests {
  @Test("a trial takes one plan: the run is created, and the Job, which is told its run, right after it")
  func runFirst() {
    var world = SweepWorld(testSweep())
    world.experimentID = "1"
    world.reconcile()
    #expect(world.jobs.map(\.name) == ["churn-0", "churn-1", "churn-2"])
    #expect(world.jobs.map(\.runID) == world.runs.map(\.id))
    for (job, run) in zip(world.jobs, world.runs) {
      #expect(run.tags[SweepKeys.Tag.parameters] == JSONValue(job.parameters).text())
    }
  }

  @Test("where the operator died after a run, the next plan makes its Job with the run that is there")
  func runWithoutJob() {
    var world = SweepWorld(testSweep())
    world.experimentID = "1"
    world.reconcile(dyingAfter: 1)
    #expect(world.runs.count == 1)
    #expect(world.jobs.isEmpty)
    world.settle()
    #expect(world.runs.count == 3)
    #expect(world.jobs.first { $0.trial == 0 }?.runID == world.runs[0].id)
  }

  @Test("trials do not wait for each other: each has a lane of its own, and those that begin come first")
  func lanes() throws {
    var world = startedWorld()
    world.succeed("churn-0", ["auc": 0.5])
    world.fail("churn-1")
    let steps = world.plan().steps
    #expect(steps.count == 1)
    guard case .together(let lanes) = steps.first else {
      Issue.record("there are no lanes")
      return
    }
    // The trial that succeeded has none: its record waits.
    #expect(lanes.count == 3)
    for lane in lanes.prefix(2) {
      guard case .make(.createRun, _) = try #require(lane.first) else {
        Issue.record("no trial begins")
        return
      }
    }
    // The status of the run that the pod left open, and the outcome.
    #expect(lanes.last?.count == 2)
  }

  @Test("a Job is noted on its run when it is at work or a moment old, and not where its outcome says it too")
  func notedJob() {
    var world = startedWorld()
    #expect(world.runs.allSatisfy { $0.tags[SweepKeys.Tag.job] == nil })
    #expect(world.plan().next == .after(.seconds(2)))
    world.start("churn-0")
    world.succeed("churn-1", ["auc": 0.5])
    world.reconcile()
    world.reconcile()
    #expect(world.runs.map { $0.tags[SweepKeys.Tag.job] } == ["churn-0", "churn-1", nil, nil])
    world.pass(2)
    world.settle()
    #expect(world.runs.map { $0.tags[SweepKeys.Tag.job] } == ["churn-0", "churn-1", "churn-2", "churn-3"])
  }

  @Test("a new sweep gets its finalizer and its experiment first")
  func beginning() {
    var world = SweepWorld(testSweep { $0.metadata.finalizers = nil })
    world.reconcile()
    #expect(world.sweep.metadata.finalizers == [SweepKeys.finalizer])
    #expect(world.experimentID == "1")
    #expect(world.condition("Ready")?.status == .false)
    #expect(world.condition("Reconciling")?.status == .true)
  }

  @Test("parameters that the training code logged itself are not logged again")
  func parametersOnce() {
    var world = startedWorld()
    world.change("run-1") { $0.parameters = ["lr": "as-the-code-writes-it"] }
    world.succeed("churn-0", ["auc": 0.5])
    world.settle()
    #expect(world.runs[0].parameters["lr"] == "as-the-code-writes-it")
    #expect(world.runs[0].parameters["depth"] == world.jobs[0].parameters["depth"])
  }

  @Test("a run that a dead pod left open is closed as failed")
  func closesRuns() {
    var world = startedWorld()
    world.fail("churn-0", log: "Traceback: boom")
    world.settle()
    #expect(world.runs[0].status == .failed)
    #expect(world.runs[0].endTime == world.now)
    let failure = world.status.failures?.first
    #expect(failure?.reason == "ExitCode")
    #expect(failure?.message?.contains("Traceback: boom") == true)
    #expect(world.events.contains { $0.reason == "TrialFailed" && $0.note.contains("boom") })
  }

  @Test("a missing metric is waited for, then named with those that are there")
  func missingMetric() {
    var world = startedWorld { $0.spec.trials?.metricGracePeriod = "30s" }
    world.succeed("churn-0", ["loss": 1, "f1": 0.2])
    world.settle()
    #expect(world.status.trials?.failed == 0)
    world.pass(2)
    #expect(world.plan().next == .after(.seconds(28)))
    world.pass(28)
    world.settle()
    #expect(world.status.trials?.failed == 1)
    let message = world.status.failures?.first?.message ?? ""
    #expect(world.status.failures?.first?.reason == "MetricMissing")
    #expect(message.contains("auc") && message.contains("f1, loss"))
  }

  @Test("a metric that lands late, within the grace period, counts")
  func lateMetric() {
    var world = startedWorld()
    world.succeed("churn-0", [:])
    world.settle()
    world.pass(20)
    world.change("run-1") { $0.metrics["auc"] = .init(last: 0.7) }
    world.settle()
    #expect(world.status.best?.value == "0.7")
  }

  @Test("an objective that is no finite number fails the trial", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(_ value: Double) {
    var world = startedWorld()
    world.succeed("churn-0", ["auc": value])
    world.succeed("churn-1", ["auc": 0.1])
    world.settle()
    #expect(world.status.best?.trial == 1)
    #expect(world.status.failures?.first?.reason == "ObjectiveNotFinite")
  }

  @Test("what was recorded does not change when the metric does")
  func frozen() {
    var world = startedWorld()
    world.succeed("churn-0", ["auc": 0.5])
    world.settle()
    world.change("run-1") { $0.metrics["auc"] = .init(last: 0.9) }
    world.settle()
    #expect(world.status.best?.value == "0.5")
  }

  @Test(
    "the statistic picks the point of the curve",
    arguments: [
      (TrainingSweep.Statistic.last, "0.5"), (.min, "0.1"), (.max, "0.8"),
    ])
  func statistic(_ statistic: TrainingSweep.Statistic, _ expected: String) {
    var world = startedWorld { $0.spec.objective?.statistic = statistic }
    world.succeed("churn-0", [:])
    world.change("run-1") { $0.metrics["auc"] = .init(last: 0.5, min: 0.1, max: 0.8) }
    world.settle()
    #expect(world.status.best?.value == expected)
  }

  @Test("a trial that breaks a constraint, or does not log its metric, is never the best")
  func constraints() {
    var world = startedWorld { $0.spec.constraints = [.init(metric: "latency", max: "20")] }
    world.succeed("churn-0", ["auc": 0.9, "latency": 21])
    world.succeed("churn-1", ["auc": 0.8])
    world.succeed("churn-2", ["auc": 0.1, "latency": 20])
    world.settle()
    #expect(world.status.best?.trial == 2)
    #expect(world.status.best?.metrics == ["auc": "0.1", "latency": "20"])
    #expect(world.status.trials?.succeeded == 3)
    #expect(world.runs[0].tags[SweepKeys.Tag.violation] == "1.0")
    #expect(world.runs[1].tags[SweepKeys.Tag.violation] == "inf")
  }

  @Test("a failure is retried in a Job and a run of its own, with the same parameters, as often as retries says")
  func retries() {
    var world = startedWorld { $0.spec.trials?.retries = 1 }
    world.fail("churn-0")
    world.settle()
    let retry = world.jobs.first { $0.name == "churn-0-r1" }
    #expect(retry?.parameters == world.jobs[0].parameters)
    #expect(retry?.runID != world.jobs[0].runID)
    #expect(world.status.trials?.failed == 0)
    world.fail("churn-0-r1")
    world.settle()
    #expect(world.status.trials?.failed == 1)
    #expect(!world.jobs.contains { $0.name == "churn-0-r2" })
  }

  @Test("disruptions are retried without counting, but not for ever")
  func disruptions() {
    var world = startedWorld { $0.spec.trials?.parallel = 1 }
    for attempt in 0...TrialLedger.greatestDisruptions {
      #expect(world.status.trials?.failed == 0)
      world.fail(TrialName.job(sweep: "churn", trial: 0, attempt: attempt), isDisruption: true)
      world.settle()
    }
    #expect(world.status.trials?.failed == 1)
    #expect(world.runs.first?.status == .killed)
  }

  @Test("a Job that somebody deleted is run again; one that was never seen is made")
  func lostJob() {
    var world = startedWorld { $0.spec.trials?.parallel = 1 }
    world.pass(300)
    world.settle()
    world.jobs.removeAll()
    world.settle()
    #expect(world.jobs.map(\.name) == ["churn-0-r1"])
    #expect(world.runs.first?.tags[SweepKeys.Tag.reason] == "JobLost")
    world.jobs.removeAll()
    world.change("run-3") { $0.tags[SweepKeys.Tag.job] = nil }
    world.settle()
    #expect(world.jobs.map(\.name) == ["churn-0-r1"])
  }

  @Test("a container that cannot start is named at once and fails its trial after a while")
  func imagePull() {
    var world = startedWorld { $0.spec.trials?.parallel = 1 }
    world.change(job: "churn-0") { job, now in
      job.waiting = .init(reason: "ErrImagePull", message: "no such image", since: now)
    }
    world.settle()
    #expect(world.condition("Ready")?.reason == "TrialsWaiting")
    #expect(world.condition("Ready")?.message.contains("no such image") == true)
    world.pass(TrialJudge.startGrace)
    world.reconcile()
    #expect(world.status.failures?.first?.reason == "ErrImagePull")
    #expect(!world.jobs.contains { $0.name == "churn-0" })
  }

  @Test("a Job goes when keepJobs is over and its outcome is recorded, not before")
  func keepJobs() {
    var world = startedWorld {
      $0.spec.keepJobs = "10m"
      $0.spec.trials = .init(max: 1, parallel: 1)
    }
    world.succeed("churn-0", ["auc": 0.5])
    world.reconcile()
    #expect(world.jobs.count == 1)
    #expect(world.plan().next == .after(.seconds(600)))
    world.pass(600)
    world.settle()
    #expect(world.jobs.isEmpty)
    #expect(world.status.best?.value == "0.5")
    #expect(world.status.trials?.succeeded == 1)
  }

  @Test("trials.parallel is kept to, and what is taken down still counts")
  func parallel() {
    var world = startedWorld()
    #expect(world.jobs.count == 3)
    world.sweep.spec.trials?.parallel = 1
    world.succeed("churn-0", ["auc": 0.1])
    world.settle()
    #expect(world.live.count == 2)
    world.sweep.spec.trials?.parallel = 5
    world.settle()
    #expect(world.live.count == 5)
  }

  @Test("twin runs of one attempt are closed, and the Job's own is kept")
  func twins() {
    var world = startedWorld { $0.spec.trials?.parallel = 1 }
    var twin = world.runs[0]
    twin.id = "aaa"
    world.runs.append(twin)
    world.settle()
    #expect(world.runs[0].status == .running)
    #expect(world.runs[1].status == .killed)
    #expect(world.status.trials?.queued == 1)
  }

  @Test("known points come first, with the rest suggested")
  func points() {
    let world = startedWorld { $0.spec.search?.points = [["depth": "5"], ["lr": "0.01", "depth": "6"]] }
    #expect(world.jobs[0].parameters["depth"] == "5")
    #expect(world.jobs[1].parameters == ["lr": "0.01", "depth": "6"])
    #expect(world.jobs[2].parameters.count == 2)
  }
}
