import CRDTypes
import FoundationEssentials
import Testing

@testable import Planning

@Suite struct FeatureSetPlannerTests {
  private static let start = Date(timeIntervalSince1970: 1_800_000_000)

  /// A feature set, its databases and what became of attempts.
  struct World {
    var resource: FeatureSet
    var source = FeatureSetObservation.Source.checked(problems: [])
    var version = "v1"
    var attempt: FeatureSetObservation.Attempt?
    var now = FeatureSetPlannerTests.start
    /// What the next materialisation does; nil dies before its status is written.
    var outcome: FeatureSetObservation.Attempt.Outcome?
    var watermarks: [Date?] = []
    var events: [EventDraft] = []

    init(_ change: (inout FeatureSet) -> Void = { _ in }) {
      var metadata = ObjectMeta(name: "users", namespace: "ml")
      metadata.generation = 1
      resource = FeatureSet(
        metadata: metadata,
        spec: .init(
          entity: .init(name: "user", keys: [.init(name: "user_id", type: .string)]),
          source: .init(secret: "warehouse", table: "user_events", timestamp: "event_time", created: "ingested_at"),
          features: [.init(name: "age", type: .int64)], ttl: "30d",
          online: .init(postgres: .init(secret: "online"), every: "5m")))
      change(&resource)
      outcome = .succeeded(
        through: now, written: 3, .init(rows: 3, newestEvent: now.addingTimeInterval(-60), features: [:]))
    }

    func plan() -> Plan<FeatureSet.Status, FeatureSetRecord> {
      FeatureSetPlanner().plan(
        resource,
        observing: FeatureSetObservation(
          source: source, version: version, table: "ml$users_\(version)", attempt: attempt),
        at: now)
    }

    @discardableResult
    mutating func reconcile() -> Plan<FeatureSet.Status, FeatureSetRecord> {
      let plan = plan()
      let observed = attempt
      for case .record(.materialize(let after, let version)) in plan.steps {
        watermarks.append(after)
        attempt = outcome.map { .init(ended: now, version: version, outcome: $0) }
      }
      resource.status = plan.status
      events += plan.events
      if attempt == observed { attempt = nil }
      return plan
    }

    func condition(_ type: String) -> Condition? { resource.status?.conditions?[type] }
  }

  @Test("A new set is brought online at once and in full, then every interval from where it was")
  func schedule() {
    var world = World()
    #expect(world.reconcile().next == .after(.zero))
    #expect(world.condition("Ready")?.reason == "Materializing")
    let second = world.reconcile()
    #expect(second.steps.isEmpty)
    #expect(second.next == .after(.seconds(300)))
    #expect(world.condition("Ready")?.status == .true)
    #expect(world.condition("Fresh")?.status == .true)
    #expect(world.resource.status?.rows == 3)
    #expect(world.resource.status?.lag == "1m")
    world.now += 299
    #expect(world.reconcile().steps.isEmpty)
    world.now += 1
    #expect(world.reconcile().steps.count == 1)
    #expect(world.watermarks == [nil, Self.start])
  }

  @Test("Planning again from what is so changes nothing")
  func idempotence() {
    var world = World()
    world.reconcile()
    let settled = world.reconcile()
    let again = world.reconcile()
    #expect(again.steps.isEmpty)
    #expect(again.status == settled.status)
    #expect(again.events.isEmpty)
  }

  @Test("A materialisation that nobody could tell of is done again")
  func crash() {
    var world = World()
    world.outcome = nil
    world.reconcile()
    world.reconcile()
    #expect(world.watermarks == [nil, nil])
  }

  @Test("Failures are said, and tried again with growing delays up to the interval")
  func failure() {
    var world = World()
    world.outcome = .failed(.init(reason: "DatabaseUnreachable", message: "no server", isTransient: true))
    var delays: [Next] = []
    for _ in 0..<8 {
      world.reconcile()
      let plan = world.reconcile()
      delays.append(plan.next)
      if case .after(let delay) = plan.next { world.now += delay.inSeconds }
    }
    #expect(delays == [10, 20, 40, 80, 160, 300, 300, 300].map { .after(.seconds($0)) })
    #expect(world.condition("Ready")?.reason == "DatabaseUnreachable")
    #expect(world.condition("Ready")?.message == "materialisation: no server")
    #expect(world.resource.status?.failures == 8)
    #expect(world.events.map(\.reason) == ["Materializing", "DatabaseUnreachable"])
    #expect(world.events.map(\.kind) == [.normal, .warning])
  }

  @Test("Another definition begins anew in another table")
  func definition() {
    var world = World()
    world.reconcile()
    world.reconcile()
    world.version = "v2"
    let plan = world.reconcile()
    #expect(plan.steps.count == 1)
    #expect(world.watermarks == [nil, nil])
    #expect(world.condition("Materialized")?.status == .false)
    #expect(world.resource.status?.table == "ml$users_v2")
  }

  @Test("A definition that does not fit its source stalls with all that is wrong")
  func wrong() {
    var world = World()
    world.source = .checked(problems: ["table user_events has no column age", "b is text"])
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.message == "table user_events has no column age; b is text")
  }

  @Test("Fresh ends by itself when nothing was brought over for too long")
  func lag() {
    var world = World()
    world.reconcile()
    world.reconcile()
    world.source = .unavailable(.init(reason: "DatabaseUnreachable", message: "no server", isTransient: true))
    world.now += 900
    world.reconcile()
    #expect(world.condition("Fresh")?.status == .true)
    world.now += 1
    world.reconcile()
    #expect(world.condition("Fresh")?.reason == "Lagging")
    #expect(world.condition("Materialized")?.status == .true)
  }

  @Test("A source without events younger than the time to live is not fresh")
  func stale() {
    var world = World()
    world.outcome = .succeeded(
      through: world.now, written: 0, .init(rows: 0, newestEvent: nil))
    world.reconcile()
    world.reconcile()
    #expect(world.condition("Fresh")?.reason == "SourceStale")
  }

  @Test("A suspended set is not brought over")
  func suspended() {
    var world = World { $0.spec.suspend = true }
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Suspended")?.status == .true)
  }

  @Test("A set for training alone is ready when its definition fits")
  func training() {
    var world = World { $0.spec.online = nil }
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Ready")?.reason == "DefinitionValid")
    #expect(world.condition("Fresh") == nil)
  }

  @Test("Redis is not supported yet, and says so")
  func redis() {
    var world = World { $0.spec.online = .init(redis: .init(secret: "redis")) }
    #expect(world.reconcile().steps.isEmpty)
    #expect(world.condition("Stalled")?.reason == "NotYetSupported")
  }

  @Test("Checks are held against what is online")
  func checks() {
    var world = World {
      $0.spec.checks = [.init(feature: "age", nullFraction: "0.1", min: "0", max: "130")]
    }
    world.outcome = .succeeded(
      through: world.now, written: 1,
      .init(rows: 4, newestEvent: world.now, features: ["age": .init(nullFraction: 0.25, min: 3, max: 131)]))
    world.reconcile()
    world.reconcile()
    #expect(world.condition("ChecksPassed")?.status == .false)
    let result = world.resource.status?.checks?.first
    #expect(result?.verdict == "Failed")
    #expect(result?.message?.contains("25.0% of the rows have no value") == true)
    #expect(result?.message?.contains("above max 130") == true)
  }
}
