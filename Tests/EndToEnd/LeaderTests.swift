import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("Two operators")
struct LeaderTests {
  @Test("take turns: one leads, SIGTERM hands over within 3 s, SIGKILL within 20 s, and no Job is made twice")
  func handsOver() async throws {
    try await TestNamespace.run("lead", TestNamespace.Options(alone: true)) { scope in
      let first = scope.martlet
      let second = scope.anotherOperator("second")
      let third = scope.anotherOperator("third")
      let leader = try await Self.leader(of: scope, otherThan: nil, within: .seconds(60))
      try await second.start()
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "turns", in: scope, parameters: [Parameters.double("x", "0", "1")], trials: ["max": 60, "parallel": 2],
          code: #"time.sleep(0.4); log(score=float(os.environ["x"]))"#), in: scope)
      let jobs = Task { await Self.jobs(of: sweep) }
      try await Self.progress(of: sweep, to: 6)
      #expect(try await Self.holder(in: scope) == leader)

      let atTerm = ContinuousClock.now
      await first.terminate()
      let next = try await Self.leader(of: scope, otherThan: leader, within: .seconds(20))
      #expect(ContinuousClock.now - atTerm < .seconds(3) * Patience.factor)
      await first.stop()
      try await Self.progress(of: sweep, to: sweep.runs().count + 4)

      try await third.start()
      try await eventually("the third operator to be up") {
        guard await third.tail.isEmpty == false else { throw NotYet("it has logged nothing") }
      }
      let atKill = ContinuousClock.now
      try await second.kill()
      _ = try await Self.leader(of: scope, otherThan: next, within: .seconds(40))
      #expect(ContinuousClock.now - atKill < .seconds(20) * Patience.factor)
      let before = try await sweep.runs().count
      try await Self.progress(of: sweep, to: before + 2)

      let end = try await sweep.succeeded()
      #expect(Sweep.count("succeeded", end) == 60)
      #expect(try await sweep.starts().filter { $0.value != 1 } == [:])
      jobs.cancel()
      let seen = await jobs.value
      #expect(seen.count == 60)
      #expect(seen.filter { $0.value.count != 1 } == [:])
      await third.stop()
    }
  }

  /// Who holds the namespace's lease; nil where nobody does.
  private static func holder(in scope: TestNamespace) async throws -> String? {
    let leases = try await scope.client.list(.lease, namespace: scope.name).items
    return leases.compactMap { $0.spec["holderIdentity"]?.string }.first { !$0.isEmpty }
  }

  private static func leader(
    of scope: TestNamespace, otherThan old: String?, within limit: Duration
  ) async throws -> String {
    try await eventually("a leader other than \(old ?? "none")", within: limit, every: .milliseconds(10)) {
      guard let holder = try await holder(in: scope), holder != old else { throw NotYet("there is none") }
      return holder
    }
  }

  private static func progress(of sweep: Sweep, to count: Int) async throws {
    try await eventually("\(count) runs") {
      guard try await sweep.runs().count >= min(count, 60) else { throw NotYet(try await sweep.object().conditionText) }
    }
  }

  /// The UIDs of all Jobs that ever bore a name, until the task is cancelled.
  private static func jobs(of sweep: Sweep) async -> [String: Set<String>] {
    var seen: [String: Set<String>] = [:]
    let watch = sweep.scope.client.watch(
      WatchRequest(.job, namespace: sweep.scope.name, selector: sweep.selector))
    for await event in watch {
      switch event {
      case .initial(let job), .applied(let job), .deleted(let job): seen[job.name, default: []].insert(job.uid)
      case .restarted, .synced: break
      }
    }
    return seen
  }
}
