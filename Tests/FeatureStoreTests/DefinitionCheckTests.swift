import FeatureStore
import Postgres
import Testing

@Suite("Checking a definition against its source")
struct DefinitionCheckTests {
  @Test("a definition that fits has no problems, on tables and views alike")
  func fits() async throws {
    let warehouse = try await Warehouse("fits")
    #expect(try await DefinitionCheck(Warehouse.definition()).run(on: warehouse.source) == [])
    try await warehouse.source.query("CREATE VIEW recent AS SELECT * FROM events")
    var definition = Warehouse.definition(ttl: .seconds(5), created: nil)
    definition.table = "public.recent"
    #expect(try await DefinitionCheck(definition).run(on: warehouse.source) == [])
  }

  @Test("what does not fit is named, together with what is there")
  func problems() async throws {
    let warehouse = try await Warehouse("problems")
    var definition = Warehouse.definition()
    definition.timestamp = "evt_time"
    definition.keys = [.init("user_id", .int64)]
    definition.features = [
      .init("ages", .int64), .init("balance", .int64), .init("half", .double, expression: "session_ms / nosuch"),
      .init("open", .double, expression: "1) , (2"), .init("broken", .double, expression: "1 +"),
      .init("plan", .string), .init("n", .string, expression: "age + 1"),
      .init("j", .string, expression: "'{}'::jsonb"),
    ]
    let problems = try await DefinitionCheck(definition).run(on: warehouse.source)
    #expect(problems.map(\.subject) == ["evt_time", "ages", "user_id", "balance", "half", "open", "broken", "n", "j"])
    #expect(
      problems.map(\.message) == [
        "table events has no column evt_time; it has user_id, event_time, ingested_at, age, session_ms, plan, active, "
          + "seen, balance",
        "table events has no column ages; it has user_id, event_time, ingested_at, age, session_ms, plan, active, "
          + "seen, balance",
        "user_id is declared Int64 and is text in table events: declare it String, or convert it in sql",
        "balance is declared Int64 and is numeric in table events: declare it Double, or convert it in sql",
        "the SQL of half is not valid: column \"nosuch\" does not exist",
        "the SQL of open is not valid: it is more than one expression",
        "the SQL of broken is not valid: syntax error at or near \")\"",
        "n is declared String and is integer in table events: declare it Int64, or convert it in sql",
        "j is declared String and is jsonb in table events: convert it in sql",
      ])
  }

  @Test("a missing table, an aggregate among columns and names that collide are found")
  func others() async throws {
    let warehouse = try await Warehouse("others")
    var missing = Warehouse.definition()
    missing.table = "evnts"
    #expect(
      try await DefinitionCheck(missing).run(on: warehouse.source).map(\.message)
        == ["the source has no table evnts; there are events"])
    var aggregate = Warehouse.definition()
    aggregate.features.append(.init("total", .double, expression: "sum(age)::float8"))
    let problem = try #require(try await DefinitionCheck(aggregate).run(on: warehouse.source).first)
    #expect(problem.code == .invalidExpression)
    #expect(problem.message.contains("must appear in the GROUP BY clause"))
    var colliding = Warehouse.definition()
    colliding.features = [.init("user_id", .string), .init("_event_time", .timestamp)]
    let problems = try await DefinitionCheck(colliding).run(on: warehouse.source)
    #expect(problems.map(\.code) == [.duplicateName, .reservedName])
  }

  @Test("a source that drifts away is noticed, and one that cannot be asked is an error")
  func drift() async throws {
    let warehouse = try await Warehouse("drift")
    let definition = Warehouse.definition()
    #expect(try await DefinitionCheck(definition).run(on: warehouse.source).isEmpty)
    try await warehouse.source.query("ALTER TABLE events RENAME COLUMN age TO years")
    try await warehouse.source.query("ALTER TABLE events ALTER COLUMN active TYPE text")
    let problems = try await DefinitionCheck(definition).run(on: warehouse.source)
    #expect(problems.map(\.code) == [.columnMissing, .typeMismatch])
    try await warehouse.store.create(definition)
    let run = Materialization(definition, from: warehouse.source, into: warehouse.store)
    let error = await #expect(throws: PostgresError.self) { try await run.run(after: nil, at: warehouse.now) }
    #expect(error?.code == .undefinedColumn)
    let nowhere = try PostgresPool(warehouse.source.configuration.connecting(to: "nosuch"))
    let refused = await #expect(throws: PostgresError.self) { try await DefinitionCheck(definition).run(on: nowhere) }
    #expect(refused?.code == .databaseMissing)
  }
}
