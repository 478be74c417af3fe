import CRDTypes
import FoundationEssentials
import JSON
import Search
import Testing

@testable import Planning

@Suite("A sweep of ten thousand trials")
struct LargeSweepTests {
  /// All but the last few trials are over: most have succeeded, some have failed with long logs.
  private func world(_ change: (inout TrainingSweep) -> Void = { _ in }) -> SweepWorld {
    var world = SweepWorld(
      testSweep {
        $0.spec.trials = .init(max: 10_000, parallel: 50)
        $0.spec.search = .init(algorithm: .tpe, seed: 1)
        $0.spec.parameters += (0..<20).map { .init(name: "parameter_\($0)", double: .init(min: "0", max: "1")) }
        change(&$0)
      })
    world.experimentID = "1"
    var stream = RandomStream(seed: 1, number: 0)
    for number in 0..<9_950 {
      var parameters = ["lr": "\(0.001 + stream.uniform() * 0.29)", "depth": "\(2 + stream.index(below: 11))"]
      for index in 0..<20 { parameters["parameter_\(index)"] = "\(stream.uniform())" }
      var tags = [
        SweepKeys.Tag.trial: "\(number)", SweepKeys.Tag.attempt: "0", SweepKeys.Tag.seconds: "12.5",
        SweepKeys.Tag.parameters: JSONValue(parameters).text(), SweepKeys.Tag.job: "churn-\(number)",
      ]
      if number % 50 == 7 {
        tags[SweepKeys.Tag.outcome] = "Failed"
        tags[SweepKeys.Tag.reason] = "ExitCode"
        tags[SweepKeys.Tag.message] = String(repeating: "Traceback (most recent call last) ", count: 58)
      } else {
        tags[SweepKeys.Tag.outcome] = "Succeeded"
        let values = (world.sweep.spec.objectives ?? []).map { _ in "\(stream.uniform())" }
        tags[SweepKeys.Tag.value] = values.first ?? "\(stream.uniform())"
        if values.count > 1 { tags[SweepKeys.Tag.values] = values.joined(separator: ",") }
      }
      world.runs.append(
        RunRecord(
          id: String(repeating: "f", count: 26) + "\(100_000 + number)", status: .finished,
          startTime: Date(timeIntervalSince1970: 1_799_000_000 + Double(number)),
          endTime: Date(timeIntervalSince1970: 1_799_000_012 + Double(number)), tags: tags))
    }
    return world
  }

  @Test("keeps its object below 64 KiB, and its counts add up")
  func size() throws {
    var world = world()
    world.reconcile()
    let bytes = try JSONEncoder().encode(world.sweep).count
    #expect(bytes < 64 * 1024, "\(bytes) bytes")
    let counts = try #require(world.status.trials)
    #expect(counts.planned == 10_000)
    #expect(counts.succeeded + counts.failed == 9_950)
    #expect(world.status.top?.count == 5 && world.status.failures?.count == 5)
  }

  @Test("with three objectives names no more than fifty of its front, below 64 KiB too")
  func front() throws {
    var world = world {
      $0.spec.objective = nil
      $0.spec.objectives = ["a", "b", "c"].map { .init(metric: $0, goal: .maximize) }
    }
    world.reconcile()
    #expect(try JSONEncoder().encode(world.sweep).count < 64 * 1024)
    #expect(world.status.front?.count ?? 0 > 5)
    #expect(world.status.front?.count ?? 0 <= 50)
  }

  @Test("costs little more than its open trials once the others are settled")
  func settled() {
    var world = world { $0.spec.search?.algorithm = .random }
    var jobs = world.jobs
    var runs = world.runs
    var settled = SettledTrials(of: world.sweep)
    settled.take(from: &jobs, &runs, at: world.now)
    #expect(settled.count == 9_950)
    #expect(runs.isEmpty)
    #expect(settled.contains(trial: 7) && !settled.contains(trial: 9_950))
    let released = settled.release(trial: 7)
    #expect(released?.runs.map(\.id) == [world.runs[7].id])
    #expect(settled.count == 9_949 && settled.trial(ofRun: world.runs[7].id) == nil)
    #expect(settled.trial(ofJob: "churn-9") == nil, "its Job is gone")
    var again = (released?.runs ?? [])
    var none: [TrialJob] = []
    settled.take(from: &none, &again, at: world.now)
    var (allJobs, allRuns) = (world.jobs, world.runs)
    var anew = SettledTrials(of: world.sweep)
    anew.take(from: &allJobs, &allRuns, at: world.now)
    #expect(settled.totals.failed == anew.totals.failed && settled.totals.failed.count == 199)
    #expect(settled.totals.succeeded == anew.totals.succeeded && settled.totals.succeeded == 9_751)
    #expect(settled.totals.top.map(\.number) == anew.totals.top.map(\.number))
    world.setsSettledApart = true
    world.reconcile()
    #expect(world.status.trials?.succeeded == 9_751)
    #expect(world.jobs.count == 32, "a batch of those that are left")
  }
}
