import JSON
import Testing
import YAML

@Suite("Reading YAML")
struct YAMLParsingTests {
  @Test(
    "gives plain scalars the meaning that kubectl gives them",
    arguments: [
      ("null", .null), ("~", .null), ("Null", .null), ("", .null), ("nULL", "nULL"),
      ("true", true), ("True", true), ("yes", true), ("on", true), ("y", true), ("Y", true), ("ON", true),
      ("false", false), ("No", false), ("off", false), ("n", false), ("tRue", "tRue"), ("yep", "yep"),
      ("0", 0), ("-7", -7), ("+7", 7), ("1_000", 1000), ("0x1F", 31), ("-0x10", -16), ("0o17", 15), ("017", 15),
      ("0b101", 5), ("9223372036854775807", .integer(.max)),
      ("18446744073709551615", .number(18_446_744_073_709_551_616)),
      ("08", .number(8)), ("0x", "0x"), ("0xg", "0xg"), ("--1", "--1"), ("+-1", "+-1"), ("1__2", 12), ("_1", "_1"),
      ("1.5", 1.5), (".5", .number(0.5)), ("1.", .number(1)), ("-.5e1", .number(-5)), ("1e3", .number(1000)),
      ("1E-2", .number(0.01)), ("6.8523015e+5", .number(685230.15)), ("1e", "1e"), ("1e999", "1e999"), (".", "."),
      ("1.2.3", "1.2.3"), ("1Gi", "1Gi"), ("500m", "500m"), ("5m", "5m"), ("e5", "e5"),
      ("2001-01-01", "2001-01-01"), ("2001-12-14T21:59:43Z", "2001-12-14T21:59:43Z"), ("12:30:45", "12:30:45"),
      ("'1'", "1"), ("\"true\"", "true"), ("\"a\\tb\\u00e9\\x41\"", "a\tbéA"), ("'it''s'", "it's"), ("=", "="),
    ] as [(String, JSONValue)])
  func scalars(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(yaml: "a: \(text)\n") == ["a": expected])
    #expect(try JSONValue(yaml: "- \(text)\n") == [expected])
  }

  @Test("obeys explicit tags")
  func tags() throws {
    let text = "[!!str 1, ! 2, !!int '3', !!float 4, !!bool 'yes', !!null '', !custom 5, !!timestamp 2001-01-01]"
    #expect(
      try JSONValue(yaml: text) == ["1", "2", 3, .number(4), true, .null, "5", "2001-01-01"])
    #expect(throws: YAMLError.self) { try JSONValue(yaml: "!!int x") }
    #expect(throws: YAMLError.self) { try JSONValue(yaml: "!!binary eA==") }
  }

  @Test("makes strings of keys that are scalars")
  func keys() throws {
    #expect(
      try JSONValue(yaml: "{1: a, 0x10: b, on: c, 1.5: e, '2': f, x: g}")
        == ["1": "a", "16": "b", "true": "c", "1.5": "e", "2": "f", "x": "g"])
  }

  @Test("reads block scalars with their line ends")
  func blocks() throws {
    let text = """
      keep: |+
        a

      clip: |
        a
         b
      strip: |-
        a
      folded: >
        a
        b

        c

      """
    #expect(
      try JSONValue(yaml: text) == ["keep": "a\n\n", "clip": "a\n b\n", "strip": "a", "folded": "a b\nc\n"])
  }

  @Test("resolves anchors, aliases and merge keys")
  func anchors() throws {
    let text = """
      base: &base {cpu: 1, memory: 2}
      more: &more {memory: 3, gpu: 4}
      one:
        memory: 9
        <<: *base
      two:
        <<: [*base, *more]
        disk: 5
      list: [*base, &x z, *x]
      quoted: {"<<": 1}
      """
    let base: JSONValue = ["cpu": 1, "memory": 2]
    let value = try JSONValue(yaml: text)
    #expect(value["one"] == ["cpu": 1, "memory": 9])
    #expect(value["two"] == ["cpu": 1, "memory": 2, "gpu": 4, "disk": 5])
    #expect(value["list"] == [base, "z", "z"])
    #expect(value["quoted"] == ["<<": 1])
  }

  @Test("reads a stream of documents")
  func documents() throws {
    let text = "# a comment\n---\na: 1\n---\n---\nb: 2\n...\n---\n- c\n"
    #expect(try JSONValue.documents(yaml: text) == [["a": 1], .null, ["b": 2], ["c"]])
    #expect(try JSONValue.documents(yaml: "") == [])
    #expect(try JSONValue(yaml: "# nothing\n") == .null)
    #expect { try JSONValue(yaml: "a: 1\n---\nb: 2\n") } throws: { ($0 as? YAMLError)?.code == .documents }
  }

  @Test("reads JSON as it is")
  func json() throws {
    let text = #"{"a": [1, 2.5, "x\n\u00e9", true, null], "b": {"c": {}}}"#
    #expect(try JSONValue(yaml: text) == JSONValue(parsing: text))
  }

  @Test(
    "says what is wrong and where",
    arguments: [
      ("a: 1\nb: 2\na: 3\n", .duplicateKey, 3, 1), ("x:\n  a: 1\n  'a': 2\n", .duplicateKey, 3, 3),
      ("a: *nope\n", .alias, 1, 4), ("a: &x [*x]\n", .alias, 1, 8), ("a: .nan\n", .notJSON, 1, 4),
      ("a: -.inf\n", .notJSON, 1, 4), ("? [a]\n: b\n", .notJSON, 1, 3), ("~: a\n", .notJSON, 1, 1),
      ("<<: 5\n", .notJSON, 1, 1), ("a: [1, 2\nb: 3\n", .syntax, 2, 2), ("a:\n\t- b\n", .syntax, 2, 1),
      ("a: 'b\n", .syntax, 2, 1), ("a: b: c\n", .syntax, 1, 5), ("a: @b\n", .syntax, 1, 4),
    ] as [(String, YAMLError.Code, Int, Int)])
  func errors(text: String, code: YAMLError.Code, line: Int, column: Int) {
    #expect { try JSONValue(yaml: text) } throws: { error in
      guard let error = error as? YAMLError else { return false }
      return error.code == code && error.line == line && error.column == column
    }
  }

  @Test("refuses bytes that are no UTF-8")
  func encoding() {
    #expect { try JSONValue(yaml: Array("a: ".utf8) + [0xC3, 0x28]) } throws: {
      ($0 as? YAMLError)?.code == .syntax
    }
  }

  @Test("refuses aliases that expand to more than a manifest ever needs")
  func billionLaughs() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<10 {
      text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
    }
    #expect { try JSONValue(yaml: text) } throws: { ($0 as? YAMLError)?.code == .alias }
  }

  @Test("refuses nesting that would overflow the stack, in values and in keys")
  func depth() {
    let values = String(repeating: "[", count: 10_000)
    let keys = String(repeating: "{? ", count: 10_000)
    for text in [values, keys] {
      #expect(throws: YAMLError.self) { try JSONValue(yaml: text) }
    }
  }

  @Test("never traps on a text that is cut off anywhere")
  func truncation() {
    let text = Array("a: &x [1, 'b', \"c\\u00e9\"]\nd: !!str |-\n  e\n<<: {f: *x}\n? g\n: >+\n  é\n...\n".utf8)
    for count in text.indices { _ = try? JSONValue(yaml: Array(text[..<count])) }
    #expect(throws: Never.self) { try JSONValue(yaml: text) }
  }
}
