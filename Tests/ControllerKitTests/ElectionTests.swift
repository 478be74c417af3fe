import CRDTypes
import FoundationEssentials
import JSON
import Observability
import Testing

@testable import ControllerKit

/// A lease in memory with compare-and-swap on its version.
actor MemoryLease: LeaseStore {
  private(set) var record: LeaseRecord?
  private var version = 0
  private var isDown = false
  private var hang: Latch?

  func setDown(_ down: Bool) { isDown = down }

  /// The next read is not answered, and opens the latch.
  func hangOnce(_ latch: Latch) { hang = latch }

  func read() async throws -> LeaseRecord? {
    if isDown { throw CancellationError() }
    if let hung = hang {
      hang = nil
      hung.open()
      await Latch().wait()
      throw CancellationError()
    }
    return record
  }

  func write(_ next: LeaseRecord) async throws -> LeaseRecord? {
    if isDown { throw CancellationError() }
    guard next.resourceVersion == record?.resourceVersion else { return nil }
    version += 1
    record = next
    record?.resourceVersion = String(version)
    return record
  }
}

@Suite(.timeLimit(.minutes(1))) struct ElectionTests {
  let timing = LeaseTiming()
  let date = Date(timeIntervalSince1970: 1_700_000_000)

  func record(_ holder: String, version: String = "1", transitions: Int = 3) -> LeaseRecord {
    LeaseRecord(
      holder: holder, duration: .seconds(15), acquireTime: "t", renewTime: "t", transitions: transitions,
      resourceVersion: version)
  }

  @Test("A missing lease is created, a free one taken, one's own renewed")
  func writes() throws {
    var machine = ElectionMachine(identity: "me", timing: timing)
    guard case .write(let created) = machine.decide(nil, at: .zero, date: date) else {
      Issue.record("should create")
      return
    }
    #expect(created.holder == "me")
    #expect(created.resourceVersion == nil)
    #expect(created.transitions == 0)
    guard case .write(let taken) = machine.decide(record(""), at: .zero, date: date) else {
      Issue.record("should take")
      return
    }
    #expect(taken.holder == "me")
    #expect(taken.transitions == 4)
    #expect(taken.acquireTime == "2023-11-14T22:13:20.000000Z")
    guard case .write(let renewed) = machine.decide(record("me"), at: .zero, date: date) else {
      Issue.record("should renew")
      return
    }
    #expect(renewed.transitions == 3)
    #expect(renewed.acquireTime == "t")
    #expect(renewed.renewTime == "2023-11-14T22:13:20.000000Z")
  }

  @Test("Another's lease expires only when it was seen unchanged for its duration, whatever its times say")
  func expiry() {
    var machine = ElectionMachine(identity: "me", timing: timing)
    #expect(machine.decide(record("other"), at: .seconds(100), date: date) == .wait(leader: "other"))
    #expect(machine.decide(record("other"), at: .seconds(114), date: date) == .wait(leader: "other"))
    // A renewal begins the wait anew.
    #expect(machine.decide(record("other", version: "2"), at: .seconds(115), date: date) == .wait(leader: "other"))
    #expect(machine.decide(record("other", version: "2"), at: .seconds(129), date: date) == .wait(leader: "other"))
    guard case .write = machine.decide(record("other", version: "2"), at: .seconds(130), date: date) else {
      Issue.record("should take the expired lease")
      return
    }
  }

  @Test("A leader that finds another in its lease has lost, once")
  func lost() {
    var machine = ElectionMachine(identity: "me", timing: timing)
    machine.wrote(record("me"), begunAt: .zero)
    #expect(machine.mayActUntil == .seconds(10))
    #expect(machine.decide(record("other", version: "2"), at: .seconds(2), date: date) == .lost(leader: "other"))
    #expect(machine.mayActUntil == nil)
    #expect(machine.decide(record("other", version: "2"), at: .seconds(4), date: date) == .wait(leader: "other"))
    #expect(machine.release(date: date) == nil)
  }

  /// One candidate of the simulation: what it has on the way.
  private struct Candidate {
    var machine: ElectionMachine
    var crashed = false
    /// A write that arrives at `lands` and whose answer arrives at `answered`; nil where it gets lost.
    var pending: (record: LeaseRecord, begun: Duration, lands: Duration, answered: Duration?)?
    var written: LeaseRecord?
    var next: Duration
  }

  @Test("Never do two lead at once, whatever is delayed, lost or killed", arguments: 0..<200)
  func safety(seed: Int) {
    var random = SeededGenerator(seed: seed)
    var lease: LeaseRecord?
    var version = 0
    var candidates = (0..<3).map { index in
      Candidate(
        machine: ElectionMachine(identity: "c\(index)", timing: timing),
        next: .milliseconds(Int.random(in: 0...2000, using: &random)))
    }
    var leaders: Set<String> = []
    for tick in 0..<1200 {
      let now = Duration.milliseconds(tick * 100)
      for index in candidates.indices.shuffled(using: &random) where !candidates[index].crashed {
        if let pending = candidates[index].pending {
          if candidates[index].written == nil, pending.lands <= now {
            if pending.record.resourceVersion == lease?.resourceVersion {
              version += 1
              lease = pending.record
              lease?.resourceVersion = String(version)
              candidates[index].written = lease
            } else {
              candidates[index].pending = nil
            }
          }
          if let written = candidates[index].written, (pending.answered ?? .zero) <= now {
            if pending.answered != nil { candidates[index].machine.wrote(written, begunAt: pending.begun) }
            candidates[index].pending = nil
            candidates[index].written = nil
          }
        } else if candidates[index].next <= now {
          // Mostly the retry period, now and then a long stall.
          let stall = Int.random(in: 0..<20, using: &random) == 0
          candidates[index].next = now + .milliseconds(stall ? Int.random(in: 5000...30_000, using: &random) : 2000)
          switch candidates[index].machine.decide(lease, at: now, date: date) {
          case .write(let record):
            let lands = now + .milliseconds(Int.random(in: 0...4000, using: &random))
            let isLost = Int.random(in: 0..<10, using: &random) == 0
            candidates[index].pending = (
              record, now, lands,
              isLost ? nil : lands + .milliseconds(Int.random(in: 0...(stall ? 20_000 : 1000), using: &random))
            )
          case .wait, .lost: break
          }
        }
        if Int.random(in: 0..<3000, using: &random) == 0, candidates.filter({ !$0.crashed }).count > 1 {
          candidates[index].crashed = true
        }
      }
      let leading = candidates.filter { ($0.machine.mayActUntil ?? .zero) > now }
      #expect(leading.count <= 1, "two leaders at \(now)")
      for leader in leading { leaders.insert(leader.machine.identity) }
    }
    #expect(!leaders.isEmpty, "nobody ever led")
  }

  func elector(_ identity: String, _ lease: MemoryLease, _ bench: Bench) -> LeaderElector {
    LeaderElector(
      store: lease, identity: identity, time: bench.time, log: bench.environment.log,
      metrics: ElectionMetrics(bench.metrics, name: identity), random: { 0 })
  }

  @Test("A released lease is taken by a standby within its retry period")
  func handOver() async throws {
    let bench = Bench()
    let lease = MemoryLease()
    let first = elector("first", lease, bench)
    let second = elector("second", lease, bench)
    try await first.acquire()
    #expect(first.mayWrite)
    let standby = Task { try await second.acquire() }
    // Asleep for its retry period after having seen the first's lease.
    await bench.time.waitForSleeper(until: .seconds(1002))
    #expect(!second.mayWrite)
    await first.release()
    #expect(!first.mayWrite)
    #expect(await lease.record?.holder == "")
    bench.time.advance(by: .seconds(2))
    try await standby.value
    #expect(second.mayWrite)
    #expect(await lease.record?.transitions == 1)
    #expect(bench.metrics.exposition().contains("leader_election_master_status{name=\"first\"} 0\n"))
    #expect(bench.metrics.exposition().contains("leader_election_master_status{name=\"second\"} 1\n"))
    #expect(throws: LeadershipLost.self) { try first.checkMayWrite() }
  }

  @Test("A killed leader's lease is taken after its duration and not before, when the leader may long write no more")
  func killed() async throws {
    let bench = Bench()
    let lease = MemoryLease()
    let first = elector("first", lease, bench)
    let second = elector("second", lease, bench)
    try await first.acquire()
    let standby = Task { try await second.acquire() }
    var waited = Duration.zero
    while !second.mayWrite {
      await eventually { !bench.time.deadlines.isEmpty || second.mayWrite }
      if second.mayWrite { break }
      #expect(waited <= .seconds(18))
      bench.time.advance(by: .seconds(1))
      waited += .seconds(1)
      if waited > .seconds(10) { #expect(!first.mayWrite) }
      // Let the standby look, if its time has come.
      for _ in 0..<200 { await Task.yield() }
    }
    try await standby.value
    #expect(waited >= .seconds(15))
  }

  @Test("A leader that cannot renew gives up at its deadline, before the lease expires")
  func renewDeadline() async throws {
    let bench = Bench()
    let lease = MemoryLease()
    let first = elector("first", lease, bench)
    try await first.acquire()
    await lease.setDown(true)
    let holding = Task { try await first.hold() }
    for second in 1...5 {
      await bench.time.waitForSleeper(until: .seconds(1000 + 2 * second))
      bench.time.advance(by: .seconds(2))
    }
    await #expect(throws: LeadershipLost(identity: "first", leader: nil)) { try await holding.value }
    #expect(!first.mayWrite)
  }

  @Test("A leader that renews goes on leading, and one that is cancelled just returns")
  func holds() async throws {
    let bench = Bench()
    let lease = MemoryLease()
    let first = elector("first", lease, bench)
    try await first.acquire()
    let holding = Task { try await first.hold() }
    for second in 1...20 {
      await bench.time.waitForSleeper(until: .seconds(1000 + 2 * second))
      bench.time.advance(by: .seconds(2))
    }
    await bench.time.waitForSleeper(until: .seconds(1042))
    #expect(first.mayWrite)
    holding.cancel()
    try await holding.value
  }

  @Test("One request that hangs leaves the leader time for another")
  func hung() async throws {
    let bench = Bench()
    let lease = MemoryLease()
    let first = elector("first", lease, bench)
    try await first.acquire()
    let hung = Latch()
    await lease.hangOnce(hung)
    let holding = Task { try await first.hold() }
    await bench.time.waitForSleeper(until: .seconds(1002))
    bench.time.advance(by: .seconds(2))
    await hung.wait()
    await bench.time.waitForSleeper(until: .seconds(1007))
    bench.time.advance(by: .seconds(5))
    // The next look, which succeeds, and the one after it.
    for second in [1009, 1011] {
      await bench.time.waitForSleeper(until: .seconds(second))
      bench.time.advance(by: .seconds(2))
    }
    await bench.time.waitForSleeper(until: .seconds(1013))
    #expect(first.mayWrite)
    holding.cancel()
    try await holding.value
  }

  @Test("The lease in the cluster carries the standard fields and is taken over by compare and swap")
  func cluster() async throws {
    let cluster = MemoryCluster()
    let store = KubernetesLeaseStore(cluster, key: key("martlet"), fieldManager: "martlet")
    #expect(try await store.read() == nil)
    let created = try await store.write(
      LeaseRecord(holder: "me", duration: .seconds(15), acquireTime: "x", renewTime: "y", transitions: 0))
    #expect(created?.holder == "me")
    let lease = try #require(await cluster.object(.lease, "martlet"))
    #expect(
      lease.spec == [
        "holderIdentity": "me", "leaseDurationSeconds": 15, "acquireTime": "x", "renewTime": "y",
        "leaseTransitions": 0,
      ])
    var stale = try #require(try await store.read())
    await cluster.put(lease.labelled(["kept": "yes"]), as: .lease)
    #expect(try await store.write(stale) == nil)
    stale = try #require(try await store.read())
    #expect(try await store.write(stale) != nil)
    #expect(await cluster.object(.lease, "martlet")?.labels == ["kept": "yes"])
    let second = KubernetesLeaseStore(cluster, key: key("martlet"), fieldManager: "martlet")
    #expect(
      try await second.write(
        LeaseRecord(holder: "b", duration: .seconds(15), acquireTime: "", renewTime: "", transitions: 0)) == nil)
  }
}
