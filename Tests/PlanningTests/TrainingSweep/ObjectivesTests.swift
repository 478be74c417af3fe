import CRDTypes
import FoundationEssentials
import Testing

@testable import Planning

@Suite("Several objectives")
struct ObjectivesTests {
  private func world(_ change: (inout TrainingSweep) -> Void = { _ in }) -> SweepWorld {
    startedWorld {
      $0.spec.objective = nil
      $0.spec.objectives = [.init(metric: "auc", goal: .maximize), .init(metric: "size", goal: .minimize)]
      $0.spec.trials = .init(max: 5, parallel: 5)
      change(&$0)
    }
  }

  @Test("status has the trials that no other beats, and no single best")
  func front() {
    var world = world()
    let results: [[String: Double]] = [
      ["auc": 0.9, "size": 30], ["auc": 0.8, "size": 10], ["auc": 0.7, "size": 20], ["auc": 0.95, "size": 50],
      ["auc": 0.9, "size": 40],
    ]
    for (number, metrics) in results.enumerated() { world.succeed("churn-\(number)", metrics) }
    world.settle()
    #expect(world.status.front?.map(\.trial) == [3, 0, 1])
    #expect(world.status.front?.first?.metrics == ["auc": "0.95", "size": "50"])
    #expect(world.status.best == nil && world.status.top == nil)
    #expect(world.condition("Succeeded")?.status == .true)
    #expect(world.condition("Ready")?.message.contains("3 trials are on the Pareto front") == true)
  }

  @Test("a trial that breaks a constraint is not on the front")
  func constraint() {
    var world = world { $0.spec.constraints = [.init(metric: "latency", max: "20")] }
    world.succeed("churn-0", ["auc": 0.99, "size": 1, "latency": 21])
    world.succeed("churn-1", ["auc": 0.5, "size": 9, "latency": 19])
    world.settle()
    #expect(world.status.front?.map(\.trial) == [1])
  }

  @Test("the target is reached by a trial that reaches every objective's")
  func target() {
    var world = world {
      $0.spec.objectives?[0].target = "0.9"
      $0.spec.objectives?[1].target = "20"
    }
    world.succeed("churn-0", ["auc": 0.99, "size": 30])
    world.settle()
    #expect(world.condition("Succeeded") == nil)
    world.succeed("churn-1", ["auc": 0.91, "size": 20])
    world.settle()
    #expect(world.condition("Succeeded")?.reason == "TargetReached")
    #expect(world.condition("Succeeded")?.message.contains("trial 1") == true)
  }

  @Test("values survive in the run's tags, and a missing one is named")
  func recorded() {
    var world = world()
    world.succeed("churn-0", ["auc": 0.5, "size": 30])
    world.succeed("churn-1", ["auc": 0.5])
    world.settle()
    #expect(world.runs.first { $0.place?.trial == 0 }?.tags[SweepKeys.Tag.values] == "0.5,30.0")
    world.pass(61)
    world.settle()
    #expect(world.status.failures?.first?.message?.contains("size") == true)
  }

  @Test("trials in a row that leave the front as it is end the sweep where that is a budget")
  func noProgress() {
    var world = world {
      $0.spec.trials = .init(max: 50, parallel: 1)
      $0.spec.budget = .init(noProgressTrials: 3)
    }
    let sizes = [10.0, 11, 12, 13]
    for (number, size) in sizes.enumerated() {
      world.pass(10)
      world.succeed("churn-\(number)", ["auc": 0.5, "size": size])
      world.settle()
    }
    #expect(world.condition("Succeeded")?.reason == "NoProgress")
  }
}
