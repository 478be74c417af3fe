import FoundationEssentials
import Postgres
import Testing

@testable import FeatureStore

@Suite("The SQL of feature sets")
struct FeatureSQLTests {
  let definition = FeatureSetDefinition(
    keys: [.init("user_id", .string), .init("shop", .int64)], table: "sales.user events", timestamp: "event_time",
    created: "ingested_at",
    features: [.init("age", .int64), .init("avg_s", .double, expression: "session_ms / 1000.0 -- seconds")],
    ttl: .seconds(86400), onlineName: "user_features")

  @Test("names are quoted and times are bound")
  func newest() {
    let (now, since) = (Date(timeIntervalSince1970: 1000), Date(timeIntervalSince1970: 10))
    let sql = FeatureSQL(definition).newest(at: now, since: since)
    #expect(
      sql.text == """
        SELECT DISTINCT ON ("user_id", "shop") "user_id", "shop", "_event_time", "_created_time", "age", "avg_s"
        FROM (
          SELECT "user_id"::text AS "user_id",
            "shop"::bigint AS "shop",
            "event_time"::timestamptz AS "_event_time",
            coalesce("ingested_at"::timestamptz, '-infinity'::timestamptz) AS "_created_time",
            "age"::bigint AS "age",
            (session_ms / 1000.0 -- seconds
        )::double precision AS "avg_s"
          FROM "sales"."user events"
          WHERE "event_time"::timestamptz <= $1 AND "user_id" IS NOT NULL AND "shop" IS NOT NULL \
        AND "event_time"::timestamptz >= $2 AND ("ingested_at"::timestamptz > $3 OR "ingested_at"::timestamptz IS NULL \
        OR "event_time"::timestamptz > $4)
        ) AS s
        ORDER BY "user_id", "shop", "_event_time" DESC, "_created_time" DESC, \
        ROW(s."age", s."avg_s")::text COLLATE "C" DESC
        """)
  }

  @Test("the online table has a typed column for each feature and one row an entity")
  func createTable() {
    let table = definition.onlineTable
    #expect(
      FeatureSQL(definition).createTable == """
        CREATE TABLE IF NOT EXISTS "\(table)" (
          "user_id" text NOT NULL,
          "shop" bigint NOT NULL,
          "_event_time" timestamptz NOT NULL,
          "_created_time" timestamptz NOT NULL,
          "age" bigint,
          "avg_s" double precision,
          PRIMARY KEY ("user_id", "shop")
        )
        """)
  }

  @Test("a version changes with all that changes values, and with nothing else")
  func version() {
    #expect(definition.version == "\(definition.version)")
    #expect(definition.version.count == 16)
    var same = definition
    same.onlineName = "other"
    #expect(same.version == definition.version)
    var changes: [FeatureSetDefinition] = []
    for change in 0..<6 {
      var other = definition
      switch change {
      case 0: other.table = "t"
      case 1: other.created = nil
      case 2: other.ttl = nil
      case 3: other.features[1] = .init("avg_s", .double)
      case 4: other.features[0] = .init("age", .double)
      default: other.keys.removeLast()
      }
      changes.append(other)
    }
    #expect(Set(changes.map(\.version) + [definition.version]).count == 7)
  }

  @Test("names of tables stay within PostgreSQL's 63 bytes")
  func longNames() {
    var long = definition
    long.onlineName = String(repeating: "é", count: 100)
    #expect(long.onlineTable.utf8.count <= 63)
    #expect(long.onlineTable.hasSuffix(long.version))
  }
}
