import FeatureStore
import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite("Materialisation, within one database and from one to another")
struct MaterializationTests {
  @Test("late rows arrive, older ones never overwrite newer, and NULLs count")
  func lateRows() async throws {
    let warehouse = try await Warehouse("late_rows")
    let definition = Warehouse.definition()
    try await warehouse.event("a", at: -100, ingested: -90, age: 30)
    try await warehouse.event("a", at: -50, ingested: -40, age: 31)
    try await warehouse.event("b", at: -50, ingested: -40, age: nil)
    try await warehouse.event("b", at: -60, ingested: -40, age: 7)
    try await warehouse.event(nil, at: -50, ingested: -40, age: 1)
    #expect(try await warehouse.materialise(definition, after: nil) == ["a": 31, "b": nil])
    // Of an earlier event than what is there, written after it: it never replaces it, but a new entity's is taken.
    try await warehouse.event("a", at: -60, ingested: 20, age: 99)
    try await warehouse.event("c", at: -90, ingested: 20, age: 40)
    // Written before the last run, within the overlap.
    try await warehouse.event("d", at: -95, ingested: -5, age: 50)
    // Written long before the last run: out of reach of an incremental run.
    try await warehouse.event("e", at: -95, ingested: -50, age: 60)
    #expect(try await warehouse.materialise(definition, after: 0, at: 30) == ["a": 31, "b": nil, "c": 40, "d": 50])
    let all: [String: Int?] = ["a": 31, "b": nil, "c": 40, "d": 50, "e": 60]
    #expect(try await warehouse.materialise(definition, after: nil, at: 30) == all)
  }

  @Test("a correction of the same event wins by its time of writing, and exact ties are broken the same way always")
  func ties() async throws {
    let warehouse = try await Warehouse("ties")
    let definition = Warehouse.definition()
    try await warehouse.event("a", at: -50, ingested: -30, age: 1)
    try await warehouse.event("a", at: -50, ingested: -40, age: 2)
    try await warehouse.event("b", at: -50, ingested: nil, age: 5)
    try await warehouse.event("c", at: -50, ingested: -40, age: 3)
    #expect(try await warehouse.materialise(definition, after: nil) == ["a": 1, "b": 5, "c": 3])
    try await warehouse.event("b", at: -50, ingested: 5, age: 4)
    for age in [2, 9, 8] { try await warehouse.event("c", at: -50, ingested: -40, age: age) }
    #expect(try await warehouse.materialise(definition, after: 0, at: 10) == ["a": 1, "b": 4, "c": 3])
    #expect(try await warehouse.materialise(definition, after: nil, at: 10) == ["a": 1, "b": 4, "c": 9])
  }

  @Test("events of the future wait for their time, also when they were written long before it")
  func future() async throws {
    let warehouse = try await Warehouse("future")
    let definition = Warehouse.definition()
    try await warehouse.event("a", at: -10, ingested: -10, age: 1)
    try await warehouse.event("a", at: 500, ingested: -10, age: 2)
    #expect(try await warehouse.materialise(definition, after: nil) == ["a": 1])
    #expect(try await warehouse.materialise(definition, after: 400, at: 499) == ["a": 1])
    #expect(try await warehouse.materialise(definition, after: 499, at: 500) == ["a": 2])
  }

  @Test("rows that are no longer valid are not taken, and those that have become so are removed")
  func ttl() async throws {
    let warehouse = try await Warehouse("ttl_rows")
    let definition = Warehouse.definition(ttl: .seconds(60))
    try await warehouse.event("edge", at: -60, ingested: -60, age: 1)
    try await warehouse.event("old", at: -61, ingested: -60, age: 2)
    try await warehouse.event("new", at: -1, ingested: -1, age: 3)
    #expect(try await warehouse.materialise(definition, after: nil) == ["edge": 1, "new": 3])
    #expect(try await warehouse.store.deleteExpired(definition, at: warehouse.now + 1) == 1)
    #expect(try await warehouse.store.deleteExpired(Warehouse.definition(), at: warehouse.now) == 0)
  }

  @Test("without a time of writing everything valid is read each time")
  func withoutCreated() async throws {
    let warehouse = try await Warehouse("without_created")
    let definition = Warehouse.definition(created: nil)
    try await warehouse.event("a", at: -50, ingested: nil, age: 1)
    #expect(try await warehouse.materialise(definition, after: nil) == ["a": 1])
    try await warehouse.event("b", at: -5000, ingested: nil, age: 2)
    #expect(try await warehouse.materialise(definition, after: 0) == ["a": 1, "b": 2])
    #expect(try await warehouse.store.profile(definition).newestCreated == nil)
  }

  @Test("many entities go over in batches, and the table tells how fresh it is")
  func many() async throws {
    let warehouse = try await Warehouse("many")
    let definition = Warehouse.definition()
    try await warehouse.source.query(
      """
      INSERT INTO events SELECT 'u' || n % 2500, \(warehouse.now) - n * interval '1 second',
        \(warehouse.now) - n * interval '1 second', CASE WHEN n % 5 = 0 THEN NULL ELSE n END, n, 'p', n % 2 = 0, now(),
        CASE WHEN n = 3 THEN 'NaN' ELSE n::numeric END
      FROM generate_series(1, 10000) AS n
      """)
    #expect(try await warehouse.materialise(definition, after: nil, batch: 700).count == 2500)
    let profile = try await warehouse.store.profile(definition)
    #expect(profile.rows == 2500)
    #expect(profile.newestEvent == warehouse.now - 1)
    #expect(profile.newestCreated == warehouse.now - 1)
    #expect(profile.features["age"] == .init(nullFraction: 0.2, min: 1, max: 2499))
    #expect(profile.features["balance"]?.max == 2500)
    #expect(profile.features["plan"] == .init(nullFraction: 0, min: nil, max: nil))
  }

  @Test("the source's clock is the time of a run that is given none")
  func clock() async throws {
    let warehouse = try await Warehouse("clock")
    let definition = Warehouse.definition()
    try await warehouse.store.create(definition)
    let before = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970 - 1)
    let outcome = try await Materialization(definition, from: warehouse.source, into: warehouse.store).run(after: nil)
    #expect(outcome.changed == 0)
    #expect(outcome.through > before)
    let profile = try await warehouse.store.profile(definition)
    #expect(profile.rows == 0 && profile.newestEvent == nil && profile.features["age"]?.nullFraction == 0)
  }

  @Test("a new definition has a table of its own, and the old ones go when they are dropped")
  func versions() async throws {
    let warehouse = try await Warehouse("versions")
    let old = Warehouse.definition()
    let new = Warehouse.definition(ttl: .seconds(5))
    var stranger = old
    stranger.onlineName = "user_features_of_others"
    for definition in [old, new, stranger] { try await warehouse.store.create(definition) }
    try await withThrowingTaskGroup { group in
      for _ in 0..<4 { group.addTask { try await warehouse.store.create(new) } }
      try await group.waitForAll()
    }
    #expect(try await warehouse.store.dropOtherVersions(than: new) == [old.onlineTable])
    #expect(try await warehouse.store.dropAll(onlineName: "user_features") == [new.onlineTable])
    #expect(try await warehouse.store.dropAll(onlineName: "user_features") == [])
    #expect(try await warehouse.store.profile(stranger).rows == 0)
  }
}
