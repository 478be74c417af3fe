import CRDTypes
import FoundationEssentials
import Testing

@testable import Planning

/// A sweep that came before, and its runs.
private enum Earlier {
  static func first(_ count: Int, ended: Bool = true, metric: String = "auc") -> EarlierSweep {
    let sweep = testSweep {
      $0.metadata.name = "first"
      $0.spec.objective = .init(metric: metric, goal: .maximize)
      var status = TrainingSweep.Status()
      if ended { status.completionTime = "2026-01-01T00:00:00Z" }
      $0.status = status
    }
    let runs = (0..<count).map { number in
      RunRecord(
        id: "first-\(number)", status: .finished, startTime: Date(timeIntervalSince1970: 1_700_000_000),
        endTime: Date(timeIntervalSince1970: 1_700_000_100),
        tags: [
          SweepKeys.Tag.trial: "\(number)", SweepKeys.Tag.attempt: "0", SweepKeys.Tag.outcome: "Succeeded",
          SweepKeys.Tag.value: "\(Double(number) / 100)",
          // The last has a depth that this space does not have.
          SweepKeys.Tag.parameters: #"{"lr":"0.0\#(number % 9 + 1)","depth":"\#(number == count - 1 ? 99 : 5)"}"#,
        ])
    }
    return EarlierSweep(name: "first", sweep: sweep, runs: runs)
  }
}

@Suite("Warm start")
struct WarmStartTests {
  private func world(_ earlier: EarlierSweep) -> SweepWorld {
    var world = SweepWorld(
      testSweep {
        $0.spec.search = .init(algorithm: .tpe, seed: 7, warmStart: [.init(sweep: "first")])
        $0.spec.trials = .init(max: 3, parallel: 1)
      })
    world.experimentID = "1"
    world.earlier = [earlier]
    return world
  }

  @Test("results of an earlier sweep count as results, and status says how many")
  func counts() {
    var warm = world(Earlier.first(30))
    warm.settle()
    #expect(warm.status.search?.reason?.contains("29 of 30 results of first are history") == true)
    var cold = world(Earlier.first(0))
    cold.settle()
    #expect(warm.jobs.map(\.parameters) != cold.jobs.map(\.parameters))
  }

  @Test("what the earlier sweep does after this one began changes no suggestion")
  func frozen() {
    var world = self.world(Earlier.first(30))
    world.settle()
    var other = world
    var late = Earlier.first(60)
    for index in late.runs.indices where index >= 29 {
      late.runs[index].endTime = world.now.addingTimeInterval(5)
    }
    late.runs[29] = Earlier.first(30).runs[29]
    other.earlier = [late]
    for number in 0..<2 {
      world.pass(10)
      other.pass(10)
      world.succeed("churn-\(number)", ["auc": 0.5])
      other.succeed("churn-\(number)", ["auc": 0.5])
      world.settle()
      other.settle()
    }
    #expect(
      world.runs.map { $0.tags[SweepKeys.Tag.parameters] } == other.runs.map { $0.tags[SweepKeys.Tag.parameters] })
  }

  @Test(
    "what cannot be begun with is said",
    arguments: [
      (EarlierSweep(name: "first", sweep: nil), "SweepNotFound", "create it"),
      (Earlier.first(3, ended: false), "WaitingForSweep", "has not ended"),
      (Earlier.first(3, metric: "loss"), "WarmStartMismatch", "another metric"),
    ])
  func cannot(_ earlier: EarlierSweep, _ reason: String, _ text: String) {
    var world = self.world(earlier)
    world.settle()
    #expect(world.runs.isEmpty)
    #expect(world.condition("Ready")?.reason == reason)
    #expect(world.condition("Ready")?.message.contains(text) == true)
    #expect((world.condition("Stalled") != nil) == (reason == "WarmStartMismatch"))
  }
}
