import CRDTypes
import FoundationEssentials
import Testing

@testable import Planning

@Suite("How a sweep ends")
struct SweepFinishTests {
  @Test(
    "the target stops those that run, and drains them where that is asked for",
    arguments: [
      TrainingSweep.FinishPolicy.stop, .drain,
    ])
  func target(_ policy: TrainingSweep.FinishPolicy) {
    var world = startedWorld {
      $0.spec.objective?.target = "0.9"
      $0.spec.onFinish = policy
    }
    world.succeed("churn-1", ["auc": 0.95])
    world.settle()
    if policy == .stop {
      #expect(world.live.isEmpty)
      #expect(world.status.trials?.stopped == 2)
      #expect(world.runs.filter { $0.status == .killed }.count == 2)
    } else {
      #expect(world.live.count == 2)
      #expect(world.condition("Succeeded")?.status == .unknown)
      #expect(world.status.completionTime == nil)
      world.succeed("churn-0", ["auc": 0.97])
      world.succeed("churn-2", ["auc": 0.2])
      world.settle()
    }
    #expect(world.condition("Succeeded")?.status == .true)
    #expect(world.condition("Succeeded")?.reason == "TargetReached")
    #expect(world.condition("Ready")?.status == .true)
    #expect(world.condition("Reconciling") == nil)
    #expect(world.status.best?.trial == (policy == .stop ? 1 : 0))
    #expect(world.status.completionTime == Timestamp.text(world.now))
  }

  @Test("three failures of the first three trials end it, with the log in the message")
  func firstThree() {
    var world = startedWorld()
    for number in 0..<3 { world.fail("churn-\(number)", log: "ModuleNotFoundError: torch") }
    world.settle()
    #expect(world.condition("Succeeded")?.status == .false)
    #expect(world.condition("Stalled")?.reason == "FirstTrialsFailed")
    #expect(world.condition("Succeeded")?.message.contains("ModuleNotFoundError: torch") == true)
    #expect(world.runs.count == 3)
    #expect(world.events.contains { $0.reason == "SweepFailed" })
  }

  @Test("more failures than maxFailed end it")
  func maxFailed() {
    var world = startedWorld { $0.spec.trials?.maxFailed = 0 }
    world.succeed("churn-0", ["auc": 0.5])
    world.fail("churn-1")
    world.settle()
    #expect(world.condition("Succeeded")?.reason == "TooManyFailures")
    #expect(world.condition("Succeeded")?.status == .false)
    #expect(world.status.best?.trial == 0)
  }

  @Test("raising rerunFailed runs the failed trials again and takes up the sweep")
  func rerunFailed() {
    var world = startedWorld()
    for number in 0..<3 { world.fail("churn-\(number)") }
    world.settle()
    world.sweep.spec.trials?.rerunFailed = 1
    world.sweep.metadata.generation = 2
    world.settle()
    #expect(world.live.map(\.name) == ["churn-0-r1", "churn-1-r1", "churn-2-r1"])
    #expect(world.status.rerunFailed == 1)
    #expect(world.condition("Succeeded") == nil)
    #expect(world.condition("Stalled") == nil)
  }

  @Test("raising max takes up a sweep that has ended")
  func extend() {
    var world = startedWorld { $0.spec.trials = .init(max: 1, parallel: 1) }
    world.succeed("churn-0", ["auc": 0.5])
    world.settle()
    #expect(world.condition("Succeeded")?.reason == "MaxTrialsReached")
    world.sweep.spec.trials?.max = 2
    world.sweep.metadata.generation = 2
    world.settle()
    #expect(world.live.map(\.name) == ["churn-1"])
    #expect(world.status.completionTime == nil)
  }

  @Test("a small space is tried from end to end by a grid, and the sweep says so")
  func grid() {
    var world = startedWorld {
      $0.spec.parameters = [.init(name: "depth", int: .init(min: 1, max: 4))]
      $0.spec.search = nil
    }
    #expect(world.status.search?.algorithm == "Grid")
    #expect(world.status.search?.reason != nil)
    #expect(world.status.trials?.planned == 4)
    for _ in 0..<4 {
      for job in world.live { world.succeed(job.name, ["auc": Double(job.trial)]) }
      world.settle()
    }
    #expect(world.jobs.compactMap { $0.parameters["depth"] }.sorted() == ["1", "2", "3", "4"])
    #expect(world.condition("Succeeded")?.reason == "SpaceExhausted")
    #expect(world.status.best?.trial == 3)
  }

  @Test("a sweep whose trials all break a constraint does not succeed")
  func infeasible() {
    var world = startedWorld {
      $0.spec.trials = .init(max: 1, parallel: 1)
      $0.spec.constraints = [.init(metric: "latency", max: "1")]
    }
    world.succeed("churn-0", ["auc": 0.9, "latency": 2])
    world.settle()
    #expect(world.condition("Succeeded")?.status == .false)
    #expect(world.status.best == nil)
    #expect(world.condition("Ready")?.message.contains("constraints") == true)
  }

  @Test("the wall clock ends it, and time suspended does not count")
  func wallClock() {
    var world = startedWorld { $0.spec.budget = .init(wallClock: "10m") }
    // The first look is for the note on the run that its Job was there.
    world.pass(2)
    #expect(world.plan().next == .after(.seconds(598)))
    world.pass(298)
    world.sweep.spec.suspend = true
    world.settle()
    world.pass(10_000)
    world.settle()
    world.sweep.spec.suspend = false
    world.settle()
    #expect(world.condition("Succeeded") == nil)
    #expect(world.status.suspendedSeconds == 10_000)
    world.pass(300)
    world.settle()
    #expect(world.condition("Succeeded")?.reason == "WallClockExceeded")
    #expect(world.live.isEmpty)
  }

  @Test("no trial is started that would not fit into the GPU hours")
  func gpuHours() {
    var world = startedWorld {
      $0.spec.gpus = .init(perTrial: 2)
      $0.spec.budget = .init(gpuHours: "5")
      $0.spec.trials = .init(max: 10, parallel: 1)
    }
    for number in 0..<3 {
      #expect(world.live.map(\.trial) == (number < 2 ? [number] : []))
      world.start("churn-\(number)")
      world.pass(3600)
      world.succeed("churn-\(number)", ["auc": 0.5])
      world.settle()
    }
    #expect(world.condition("Succeeded")?.reason == "BudgetExhausted")
    #expect(world.status.gpuHours == "4")
  }

  @Test("trials in a row without progress end it")
  func noProgress() {
    var world = startedWorld {
      $0.spec.trials = .init(max: 10, parallel: 1)
      $0.spec.budget = .init(noProgressTrials: 2)
    }
    for (number, value) in [0.5, 0.6, 0.6, 0.1].enumerated() {
      world.pass(10)
      world.succeed("churn-\(number)", ["auc": value])
      world.settle()
    }
    #expect(world.condition("Succeeded")?.reason == "NoProgress")
    #expect(world.status.best?.trial == 1)
  }

  @Test("an end that was decided is not taken back by a better result that drains in late")
  func decided() {
    var world = startedWorld {
      $0.spec.trials = .init(max: 10, parallel: 4)
      $0.spec.budget = .init(noProgressTrials: 2)
      $0.spec.onFinish = .drain
    }
    for (number, value) in [0.5, 0.4, 0.3].enumerated() {
      world.pass(10)
      world.succeed("churn-\(number)", ["auc": value])
    }
    world.settle()
    #expect(world.condition("Succeeded")?.status == .unknown)
    #expect(world.live.map(\.name) == ["churn-3"])
    world.succeed("churn-3", ["auc": 0.9])
    world.settle()
    #expect(world.condition("Succeeded")?.status == .true)
    #expect(world.condition("Succeeded")?.reason == "NoProgress")
    #expect(world.status.best?.trial == 3)
    #expect(world.live.isEmpty)
  }

  @Test("the estimate of the end does not move while nothing happens")
  func estimate() {
    var world = startedWorld { $0.spec.trials = .init(max: 5, parallel: 2) }
    world.start("churn-0")
    world.pass(100)
    world.succeed("churn-0", ["auc": 0.5])
    world.settle()
    #expect(world.status.estimatedCompletionTime == Timestamp.text(world.now.addingTimeInterval(200)))
    let writes = world.statusWrites
    world.pass(30)
    world.settle()
    #expect(world.statusWrites == writes)
  }
}
