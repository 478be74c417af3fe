import FoundationEssentials
import Postgres
import Testing

@Suite("Values on a real server")
struct ValueTests {
  /// Runs the check twice: as a prepared statement with binary results, and with results as text.
  func both(_ sql: SQL, _ check: (Row) throws -> Void) async throws {
    let connection = try await Database.connection()
    for prepared in [true, false] {
      let rows = try await connection.query(sql, prepared: prepared)
      let row = try #require(rows.first)
      try check(row)
    }
  }

  @Test("integers come back as sent", arguments: [0, 1, -1, .max, .min, 4_294_967_296] as [Int64])
  func integers(value: Int64) async throws {
    try await both("SELECT \(value) AS v, \(value)::text AS t") { (row: Row) throws in
      #expect(try row.decode("v", as: Int64.self) == value)
      #expect(try row.decode("t", as: String.self) == "\(value)")
    }
  }

  @Test(
    "floating-point numbers come back bit by bit",
    arguments: [
      0, -0.0, 0.1, .pi, .infinity, -.infinity, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude,
    ] as [Double])
  func doubles(value: Double) async throws {
    try await both("SELECT \(value) AS v") { (row: Row) throws in
      #expect(try row.decode("v", as: Double.self).bitPattern == value.bitPattern)
    }
    try await both("SELECT \(Double.nan) AS v") { (row: Row) throws in
      #expect(try row.decode("v", as: Double.self).isNaN)
    }
  }

  @Test(
    "strings come back as sent",
    arguments: ["", "it's", "a\\b\"c", "\u{1F426} \u{FEFF}", "NULL", String(repeating: "x", count: 100_000)])
  func strings(value: String) async throws {
    let sql: SQL = "SELECT \(value)::text AS v, \(["", value])::text[] AS a, \([value, nil])::text[] AS n"
    try await both(sql) { (row: Row) throws in
      #expect(try row.decode("v", as: String.self) == value)
      #expect(try row.decode("a", as: [String].self) == ["", value])
      #expect(try row.decode("n", as: [String?].self) == [value, nil])
    }
  }

  @Test("booleans, bytes and NULL come back as sent")
  func others() async throws {
    let bytes: [UInt8] = Array(0...255)
    let none: Int64? = nil
    let sql: SQL = "SELECT \(true) AS t, \(false) AS f, \(bytes) AS b, \(none) AS n, \([1, 2]) AS i"
    try await both(sql) { (row: Row) throws in
      #expect(try row.decode("t", as: Bool.self))
      #expect(try !row.decode("f", as: Bool.self))
      #expect(try row.decode("b", as: [UInt8].self) == bytes)
      #expect(try row.decode("n", as: Int64?.self) == nil)
      #expect(try row.decode("i", as: [Int64].self) == [1, 2])
      #expect(throws: PostgresError.self) { try row.decode("n", as: Int64.self) }
    }
  }

  @Test(
    "times come back to the microsecond, and the server reads them as the same",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (946_684_800, "2000-01-01T00:00:00.000000Z"),
      (1_795_251_789.123456, "2026-11-21T09:03:09.123456Z"), (-2_208_988_800.5, "1899-12-31T23:59:59.500000Z"),
      (951_782_400, "2000-02-29T00:00:00.000000Z"),
    ])
  func times(seconds: Double, text: String) async throws {
    let date = Date(timeIntervalSince1970: seconds)
    let format = "YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\""
    let sql: SQL = "SELECT \(date) AS v, to_char(\(date), \(format)) AS t, (\([date]))[1]::text AS a, \(date)::text AS s"
    try await both(sql) { (row: Row) throws in
      #expect(abs(try row.decode("v", as: Date.self).timeIntervalSince1970 - seconds) < 1e-6)
      #expect(try row.decode("t", as: String.self) == text)
      #expect(try row.decode("a", as: Date.self) == row.decode("v", as: Date.self))
      #expect(try row.decode("s", as: Date.self) == row.decode("v", as: Date.self))
    }
  }

  @Test("types without a binary form of their own read as text, and small ones as their value")
  func serverTypes() async throws {
    try await both(
      """
      SELECT 12.50::numeric AS n, '{"a": 1}'::jsonb AS j, '2026-11-21'::date AS d, 7::int2 AS s, -8::int4 AS i,
        1.5::float4 AS r, 'x'::"char" AS c, now()::timestamp AS t, '2026-11-21 10:00:00+05:30'::timestamptz AS z
      """
    ) { (row: Row) throws in
      #expect(try row.decode("n", as: Double.self) == 12.5)
      #expect(try row.decode("j", as: String.self) == "{\"a\": 1}")
      #expect(try row.decode("d", as: Date.self) == Date(timeIntervalSince1970: 1_795_219_200))
      #expect(try row.decode("z", as: Date.self) == Date(timeIntervalSince1970: 1_795_219_200 + 4.5 * 3600))
      let (n, _, _, s, i, r) = try row.decode((String, String, String, Int, Int, Double).self)
      #expect(n == "12.50" && s == 7 && i == -8 && r == 1.5)
    }
    try await both("SELECT 7::int2, -8::int4, 1.5::float4, true, '\\x00ff'::bytea") { (row: Row) throws in
      #expect(try row.decode((Int, Int, Double, Bool, [UInt8]).self) == (7, -8, 1.5, true, [0, 255] as [UInt8]))
      #expect(try row.decode(at: 0, as: String.self) == "7")
      #expect(try row.decode(at: 4, as: String.self) == "\\x00ff")
    }
  }

  @Test("a value that cannot be sent, or read as asked, is an error that says why")
  func errors() async throws {
    let connection = try await Database.connection()
    let nul = await #expect(throws: PostgresError.self) { try await connection.query("SELECT \("a\u{0}b")::text") }
    #expect(nul?.code == .encoding)
    let row = try #require(try await connection.query("SELECT 'x' AS name, 1 AS n").first)
    let missing = #expect(throws: PostgresError.self) { try row.decode("nome", as: String.self) }
    #expect(missing?.message == "the result has no column nome; it has name, n")
    let wrong = #expect(throws: PostgresError.self) { try row.decode("name", as: Int.self) }
    #expect(wrong?.code == .decoding)
  }

  @Test("a value larger than the socket's buffers goes both ways")
  func large() async throws {
    let connection = try await Database.connection()
    let value = String(repeating: "0123456789abcdef", count: 1 << 21)
    let row = try #require(try await connection.query("SELECT \(value)::text AS v").first)
    #expect(try row.decode("v", as: String.self) == value)
  }
}
