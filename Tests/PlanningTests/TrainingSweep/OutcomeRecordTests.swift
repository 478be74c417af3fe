import CRDTypes
import FoundationEssentials
import Testing

@testable import Planning

@Suite("Records of successes", .timeLimit(.minutes(1)))
struct OutcomeRecordTests {
  private func recorded(_ world: SweepWorld) -> [Int] {
    world.runs.filter { $0.tags[SweepKeys.Tag.outcome] != nil }.compactMap { $0.place?.trial }.sorted()
  }

  /// A world in which trial 0 has succeeded and another has started in its place.
  private func owingWorld() -> SweepWorld {
    var world = startedWorld()
    world.succeed("churn-0", ["auc": 0.5])
    world.reconcile()
    #expect(recorded(world) == [])
    return world
  }

  @Test("come when no trial starts, so that those that start wait for none", arguments: [false, true])
  func comeLater(setsSettledApart: Bool) {
    var world = startedWorld()
    world.setsSettledApart = setsSettledApart
    world.succeed("churn-0", ["auc": 0.5])
    let plan = world.plan()
    #expect(plan.next == .after(.milliseconds(500)))
    world.reconcile()
    #expect(world.jobs.map(\.trial).contains(3) && recorded(world) == [])
    #expect(world.status.trials?.succeeded == 1 && world.status.best?.trial == 0)
    world.reconcile()
    #expect(recorded(world) == [0])
    #expect(world.runs[0].parameters == world.jobs[0].parameters)
  }

  @Test("are made at once where the Job is to go")
  func withDeletion() {
    var world = startedWorld { $0.spec.keepJobs = "0s" }
    world.succeed("churn-0", ["auc": 0.5])
    world.reconcile()
    #expect(recorded(world) == [0])
    #expect(!world.jobs.contains { $0.name == "churn-0" })
  }

  @Test("are all there when status says that the sweep has ended", arguments: [false, true])
  func atTheEnd(setsSettledApart: Bool) {
    var world = startedWorld { $0.spec.trials = .init(max: 40, parallel: 40) }
    world.setsSettledApart = setsSettledApart
    #expect(world.jobs.count == 40)
    for job in world.jobs { world.succeed(job.name, ["auc": Double(job.trial) / 100]) }
    world.reconcile()
    #expect(world.condition("Succeeded")?.status == .true)
    #expect(recorded(world) == Array(0..<40))
  }

  @Test("are a few in one plan while trials are at work, and the rest follow at once")
  func fewAtATime() {
    var world = startedWorld { $0.spec.trials = .init(max: 30, parallel: 30) }
    for job in world.jobs.dropFirst() { world.succeed(job.name, ["auc": 0.5]) }
    #expect(world.plan().next == .after(.zero))
    world.reconcile()
    #expect(recorded(world).count == 8)
    world.settle()
    #expect(recorded(world).count == 29)
  }

  @Test("of settled trials are found by their runs and Jobs, however many were released before")
  func released() {
    var world = startedWorld { $0.spec.trials = .init(max: 40, parallel: 40) }
    for job in world.jobs { world.succeed(job.name, ["auc": Double(job.trial) / 100]) }
    var (jobs, runs) = (world.jobs, world.runs)
    var settled = SettledTrials(of: world.sweep)
    settled.take(from: &jobs, &runs, at: world.now)
    #expect(settled.totals.owing == Array(0..<40) && settled.totals.top.first?.number == 39)
    for number in [39, 0, 20] {
      #expect(settled.trial(ofRun: world.runs[number].id) == number)
      #expect(settled.trial(ofJob: "churn-\(number)") == number)
      #expect(settled.release(trial: number) != nil)
      #expect(settled.trial(ofRun: world.runs[number].id) == nil)
      #expect(settled.trial(ofJob: "churn-\(number)") == nil)
      #expect(!settled.totals.owing.contains(number))
    }
    #expect(settled.totals.succeeded == 37 && settled.totals.top.first?.number == 38)
    jobs = world.jobs.filter { [39, 0, 20].contains($0.trial) }
    runs = world.runs.filter { [39, 0, 20].contains($0.place?.trial ?? -1) }
    settled.take(from: &jobs, &runs, at: world.now)
    #expect(settled.totals.owing == Array(0..<40) && settled.totals.top.map(\.number) == [39, 38, 37, 36, 35])
  }

  @Test("do not pile up for ever while trials start")
  func backlog() {
    var world = startedWorld { $0.spec.trials = .init(max: 20, parallel: 5) }
    world.planner.settings.greatestBacklog = 3
    for job in world.jobs { world.succeed(job.name, ["auc": 0.5]) }
    world.reconcile()
    #expect(world.jobs.count == 10 && recorded(world) == [0, 1])
  }

  @Test("may be made by another process, and by what the run says where the Job is gone as well")
  func survive() {
    var world = owingWorld()
    world.jobs.removeAll { $0.name == "churn-0" }
    world.settle()
    #expect(recorded(world) == [0])
    #expect(world.runs.count { $0.place?.trial == 0 } == 1 && !world.jobs.contains { $0.name == "churn-0" })
  }

  @Test("are made before a sweep goes that is deleted")
  func deletion() {
    var world = owingWorld()
    world.sweep.metadata.deletionTimestamp = Timestamp.text(world.now)
    world.reconcile()
    #expect(world.runs.map { $0.tags[SweepKeys.Tag.outcome] } == ["Succeeded", "Stopped", "Stopped", "Stopped"])
    #expect(world.runs[0].parameters["lr"] != nil && world.sweep.metadata.finalizers == [])
  }
}
