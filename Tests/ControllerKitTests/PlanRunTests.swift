import ControllerKit
import CRDTypes
import JSON
import Planning
import Testing
import Threads

@Suite("Lanes of a plan", .timeLimit(.minutes(1))) struct PlanRunTests {
  struct Status: Codable, Sendable, Hashable { var jobs: Int? }

  typealias LanePlan = Plan<Status, String>
  struct Failure: Error, Hashable { let lane: String }

  let cluster = MemoryCluster()

  private func shell(_ observer: StepObserver = StepObserver(), width: Int = 4) -> ApplyShell {
    ApplyShell(
      client: cluster, controller: "widget", catalog: ResourceCatalog([.widget]), observer: observer, width: width)
  }

  private func widget() async throws -> DynamicObject {
    await cluster.put(object(.widget, "w"), as: .widget)
    return try #require(await cluster.object(.widget, "w"))
  }

  private func job(_ name: String) -> LanePlan.Step { .create(object(.job, name).controlled(by: .widget, "w")) }

  /// Six lanes, each of which makes a run and then its Job.
  private var plan: LanePlan {
    LanePlan(
      steps: [
        .finalizer("martlet.dev/cleanup", present: true),
        .together(
          (0..<6).map { lane in
            [.make("\(lane)", then: { run in [.create(object(.job, run).controlled(by: .widget, "w"))] })]
          }), .record("end"),
      ], status: Status(jobs: 6))
  }

  @Test("What is made has its name known to the steps after it, and what is created is told")
  func makes() async throws {
    let created = Locked<Set<String>>([])
    try await shell().carryOut(plan, for: try await widget(), type: .widget) { object in
      _ = created.withLock { $0.insert(object.name) }
    } record: { change in
      "run-\(change)"
    }
    let names = Set((0..<6).map { "run-\($0)" })
    #expect(created.withLock { $0 } == names)
    for name in names { #expect(await cluster.object(.job, name) != nil) }
    #expect(await cluster.object(.widget, "w")?.status["jobs"] == 6)
  }

  @Test("Lanes go on side by side, as many as the width allows, and what follows waits for all of them")
  func sideBySide() async throws {
    let state = Locked<(now: Int, most: Int, done: Int)>((0, 0, 0))
    let endSaw = Locked<Int>(0)
    try await shell(width: 3).carryOut(plan, for: try await widget(), type: .widget) { _ in
    } record: { change in
      if change == "end" {
        endSaw.withLock { $0 = state.withLock(\.done) }
        return nil
      }
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      try await Task.sleep(for: .milliseconds(50))
      state.withLock { state in
        state.now -= 1
        state.done += 1
      }
      return "run-\(change)"
    }
    #expect(state.withLock(\.most) == 3)
    #expect(endSaw.withLock { $0 } == 6)
  }

  @Test("Where a lane fails, those beside it come to their end, nothing after them begins, and no status is written")
  func failure() async throws {
    let records = Locked<Set<String>>([])
    await #expect(throws: Failure(lane: "1")) {
      try await shell(width: 3).carryOut(plan, for: try await widget(), type: .widget) { _ in
      } record: { change in
        if change == "1" { throw Failure(lane: change) }
        try await Task.sleep(for: .milliseconds(50))
        _ = records.withLock { $0.insert(change) }
        return "run-\(change)"
      }
    }
    #expect(records.withLock { $0 } == ["0", "2"])
    for name in ["run-0", "run-2"] { #expect(await cluster.object(.job, name) != nil) }
    #expect(await cluster.object(.widget, "w")?.status == .null)
  }

  @Test("Aborted after any step, lanes carried out again lead to the same end", arguments: 0...15)
  func aborted(after count: Int) async throws {
    let made = Locked<[String: String]>([:])
    let carriedOut = Locked<Int>(0)
    let observer = StepObserver.aborting(after: count)
    let counting = StepObserver(
      before: { number in
        try await observer.before(number)
        carriedOut.withLock { $0 += 1 }
      }, after: observer.after)
    // As the planner would: a run that is there is not made again.
    let record: @Sendable (String) async throws -> String? = { change in
      made.withLock { made in
        if made[change] == nil { made[change] = "run-\(made.count)" }
        return made[change]
      }
    }
    let observed = try await widget()
    do {
      try await shell(counting).carryOut(plan, for: observed, type: .widget, created: { _ in }, record: record)
      #expect(count == 15)
    } catch is StepObserver.Aborted {
      #expect(carriedOut.withLock { $0 } == count, "as many steps as that, and no more")
      // 1 finalizer, 12 of the lanes, the last record and the status.
      #expect(count <= 15)
    }
    let again = try #require(await cluster.object(.widget, "w"))
    try await shell().carryOut(plan, for: again, type: .widget, created: { _ in }, record: record)
    #expect(made.withLock { $0.count } == 7)
    for name in made.withLock({ $0.filter { $0.key != "end" }.values.sorted() }) {
      #expect(await cluster.object(.job, name) != nil)
    }
    #expect(await cluster.object(.widget, "w")?.finalizers == ["martlet.dev/cleanup"])
    #expect(await cluster.object(.widget, "w")?.status["jobs"] == 6)
  }
}
