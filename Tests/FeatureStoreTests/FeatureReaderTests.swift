import FeatureStore
import FoundationEssentials
import Postgres
import Testing

@Suite("Reading features of entities")
struct FeatureReaderTests {
  @Test("values of every type come in the order asked for, each with its status")
  func reading() async throws {
    let warehouse = try await Warehouse("reading")
    let definition = Warehouse.definition(ttl: .seconds(100))
    try await warehouse.event("a", at: -50, ingested: -50, age: 31)
    try await warehouse.event("b", at: -90, ingested: -50, age: nil)
    _ = try await warehouse.materialise(definition, after: nil)
    let reader = FeatureReader(definition, from: warehouse.store.pool)
    let rows = try await reader.read(
      [[.string("b")], [.string("nobody")], [.string("a")], [.string("b")]], at: warehouse.now)
    #expect(rows.map(\.eventTime) == [-90, nil, -50, -90].map { $0.map { warehouse.now + $0 } })
    #expect(rows[0].statuses == [.null, .present, .present, .present, .present, .present])
    #expect(rows[1].statuses == Array(repeating: .notFound, count: 6))
    #expect(rows[1].values == Array(repeating: .null, count: 6))
    #expect(
      rows[2].values == [
        .int64(31), .double(1.5), .string("a'\"\\{,}é"), .bool(true),
        .timestamp(Date(timeIntervalSince1970: 1_795_255_200)), .double(12.5),
      ])
    #expect(rows[3] == rows[0])

    let some = try await reader.read([[.string("a")]], features: ["balance", "age"], at: warehouse.now)
    #expect(some.first?.values == [.double(12.5), .int64(31)])
    let valid = try await reader.read([[.string("b")]], at: warehouse.now + 10)
    #expect(valid.first?.statuses.last == .present, "valid at the very end of its time")
    let expired = try await reader.read([[.string("b")]], at: warehouse.now + 10.001)
    #expect(expired.first?.statuses == Array(repeating: .expired, count: 6))
    #expect(expired.first?.values == Array(repeating: .null, count: 6))
    #expect(expired.first?.eventTime == warehouse.now - 90)
    #expect(try await reader.read([], at: warehouse.now) == [])
  }

  @Test("what cannot be asked for is refused with what could be")
  func refused() async throws {
    let warehouse = try await Warehouse("refused")
    let reader = FeatureReader(Warehouse.definition(), from: warehouse.store.pool)
    func problem(_ entity: [FeatureValue], _ features: [String]?) async -> String? {
      let error = await #expect(throws: FeatureReader.InvalidRequest.self) {
        try await reader.read([entity], features: features, at: warehouse.now)
      }
      return error?.description
    }
    #expect(
      await problem([.string("a")], ["aeg"])
        == "there is no feature aeg; there are age, session_s, plan, active, seen, balance")
    #expect(await problem([.int64(1)], nil) == "the key user_id must be String")
    #expect(await problem([.string("a"), .string("b")], nil) == "an entity has 1 keys, not 2")
    #expect(await problem([.null], nil) == "the key user_id must be String")
  }

  @Test("entities with several keys of all types are found")
  func severalKeys() async throws {
    let warehouse = try await Warehouse("several_keys")
    try await warehouse.source.withConnection { connection in
      try await connection.script(
        """
        CREATE TABLE k (s text, i int, d float4, b bool, t timestamptz, at timestamptz, v bigint);
        INSERT INTO k VALUES ('x', 1, 0.5, true, '2026-01-01Z', '2026-01-02Z', 10),
          ('x', 2, 0.5, true, '2026-01-01Z', '2026-01-02Z', 20)
        """)
    }
    let definition = FeatureSetDefinition(
      keys: [.init("s", .string), .init("i", .int64), .init("d", .double), .init("b", .bool), .init("t", .timestamp)],
      table: "public.k", timestamp: "at", features: [.init("v", .int64)], onlineName: "k")
    try await warehouse.store.create(definition)
    let run = Materialization(definition, from: warehouse.source, into: warehouse.store)
    _ = try await run.run(after: nil, at: warehouse.now)
    let day = FeatureValue.timestamp(Date(timeIntervalSince1970: 1_767_225_600))
    let rows = try await FeatureReader(definition, from: warehouse.store.pool).read(
      [2, 1, 3].map { [.string("x"), .int64($0), .double(0.5), .bool(true), day] }, at: warehouse.now)
    #expect(rows.map { $0.values.first } == [.int64(20), .int64(10), .null])
  }
}
