import CRDTypes
import FoundationEssentials
import Search
import Testing

@testable import Planning

@Suite("Early stopping")
struct EarlyStoppingTests {
  private func world(_ rule: TrainingSweep.EarlyStopping) -> SweepWorld {
    var world = startedWorld {
      $0.spec.earlyStopping = rule
      $0.spec.trials = .init(max: 6, parallel: 3)
    }
    for number in 0..<3 { world.start("churn-\(number)") }
    world.settle()
    return world
  }

  @Test("stops the trial that lags behind, records the numbers, and starts another in its place")
  func stops() throws {
    var world = self.world(.init(asha: .init(minSteps: 2, reductionFactor: 2)))
    world.curves = [0: [1: 0.5, 2: 0.9], 1: [1: 0.5, 2: 0.8], 2: [1: 0.1, 2: 0.2]]
    world.settle()
    #expect(world.status.trials?.stopped ?? 0 >= 1)
    #expect(!world.live.contains { $0.trial == 2 })
    let run = try #require(world.runs.first { $0.place?.trial == 2 })
    #expect(run.status == .killed)
    #expect(run.tags[SweepKeys.Tag.outcome] == "Stopped")
    #expect(run.tags[SweepKeys.Tag.reason] == "EarlyStopped")
    #expect(run.tags[SweepKeys.Tag.stopStep] == "2")
    #expect(run.tags[SweepKeys.Tag.stopValue] == "0.2")
    #expect(run.tags[SweepKeys.Tag.stopCutoff].flatMap(Double.init) ?? 0 > 0.2)
    let event = try #require(world.events.first { $0.reason == "TrialStopped" && $0.note.hasPrefix("trial 2:") })
    #expect(event.note.contains("0.2"))
    #expect(world.live.contains { $0.trial == 3 })
    #expect(world.live.contains { $0.trial == 0 }, "the best goes on")
  }

  @Test("a verdict stays although later results would have spared the trial")
  func verdictStays() {
    var world = self.world(.init(patience: .init(steps: 2)))
    world.curves = [0: [1: 0.5, 2: 0.4, 3: 0.4], 1: [1: 0.1, 2: 0.2, 3: 0.3], 2: [1: 0.3]]
    world.settle()
    #expect(world.status.trials?.stopped == 1)
    world.curves[0]?[4] = 0.99
    world.settle()
    #expect(world.status.trials?.stopped == 1)
    #expect(world.runs.first { $0.place?.trial == 0 }?.tags[SweepKeys.Tag.outcome] == "Stopped")
  }

  @Test("a stopped trial is neither the best nor a failure, and counts as one of trials.max")
  func counts() {
    var world = self.world(.init(patience: .init(steps: 1)))
    world.curves = [0: [1: 0.99, 2: 0.98]]
    world.settle()
    for _ in 0..<10 {
      for job in world.live { world.succeed(job.name, ["auc": 0.5]) }
      world.settle()
    }
    #expect(world.condition("Succeeded")?.reason == "MaxTrialsReached")
    #expect(world.status.trials?.stopped == 1)
    #expect(world.status.trials?.succeeded == 5)
    #expect(world.status.best?.trial == 1)
    #expect(world.status.failures == nil)
  }

  @Test("a trial that waits in a queue is not compared")
  func queued() {
    var world = startedWorld { $0.spec.earlyStopping = .init(patience: .init(steps: 1)) }
    world.curves = [0: [1: 0.9, 2: 0.1, 3: 0.1]]
    world.settle()
    #expect(world.status.trials?.stopped == 0)
  }

  @Test("Hyperband stops by its brackets")
  func hyperband() {
    var world = startedWorld {
      $0.spec.search = .init(
        algorithm: .hyperband, seed: 1, hyperband: .init(maxSteps: 9, minSteps: 1, reductionFactor: 3))
      $0.spec.trials = .init(max: 60, parallel: 30)
    }
    #expect(world.status.search?.algorithm == "Hyperband")
    for job in world.live { world.start(job.name) }
    world.settle()
    for number in 0..<30 {
      let value = Double(number) / 30
      world.curves[number] = Dictionary(uniqueKeysWithValues: (1...9).map { (Int64($0), value) })
    }
    world.settle()
    let stopped = world.status.trials?.stopped ?? 0
    #expect(stopped > 10 && stopped < 30)
    #expect(!world.runs.contains { $0.place?.trial == 29 && $0.tags[SweepKeys.Tag.outcome] == "Stopped" })
  }
}
