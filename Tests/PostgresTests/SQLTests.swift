import Postgres
import Testing

@Suite("SQL with bound values")
struct SQLTests {
  @Test("interpolated values become numbered parameters, never text")
  func parameters() {
    let name = "x'; DROP TABLE runs; --"
    let sql: SQL = "SELECT * FROM runs WHERE name = \(name) AND n > \(3) OR name = ANY(\(["a", "b"]))"
    #expect(sql.text == "SELECT * FROM runs WHERE name = $1 AND n > $2 OR name = ANY($3)")
    #expect(sql.values.count == 3)
  }

  @Test("pieces of SQL keep their values in order when they are put together")
  func composition() {
    let filter: SQL = "a = \(1) AND b = \("two")"
    var sql: SQL = "SELECT \(0) WHERE \(filter)"
    sql += " LIMIT \(5)"
    #expect(sql.text == "SELECT $1 WHERE a = $2 AND b = $3 LIMIT $4")
    #expect(SQL.joined([filter, "c"], separator: " OR ").text == "a = $1 AND b = $2 OR c")
  }

  @Test(
    "names are quoted whatever they hold",
    arguments: [("runs", "\"runs\""), ("a\"b", "\"a\"\"b\""), ("a.b", "\"a.b\""), ("", "\"\"")])
  func identifiers(name: String, quoted: String) {
    #expect(Identifier.quoted(name) == quoted)
    let sql: SQL = "\(identifier: name)"
    #expect(sql.text == quoted)
  }

  @Test("qualified names are quoted part by part")
  func qualified() {
    #expect(Identifier.quoted(qualified: "sales.user events") == "\"sales\".\"user events\"")
  }

  @Test(
    "constants are quoted whatever they hold",
    arguments: [("it's", "'it''s'"), ("a\\b", "E'a\\\\b'"), ("'\\", "E'''\\\\'")])
  func literals(text: String, quoted: String) { #expect(Identifier.literal(text) == quoted) }
}
