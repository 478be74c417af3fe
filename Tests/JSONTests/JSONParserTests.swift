import JSON
import Testing

@Suite("The JSON parser")
struct JSONParserTests {
  @Test(
    "reads every form of a value",
    arguments: [
      ("null", .null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("-12", -12),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9.223372036854775808e18)), ("1.5", 1.5), ("1e2", .number(100)),
      ("1E+2", .number(100)), ("-2.5e-3", .number(-0.0025)), ("1.0", .number(1)), ("\"\"", ""),
      ("[]", []), ("{}", [:]), ("[1, [2], {\"a\": 3}]", [1, [2], ["a": 3]]),
      ("{\"a\":{\"b\":null}}", ["a": ["b": .null]]), ("\t\r\n[ ]\n", []),
    ] as [(String, JSONValue)])
  func values(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  @Test(
    "reads escapes, surrogate pairs and raw UTF-8",
    arguments: [
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9""#, "é"), (#""\uD83D\uDE00""#, "😀"),
      (#""\uD83D""#, "\u{FFFD}"), (#""\uD83Dx""#, "\u{FFFD}x"), (#""\uD83D\u0041""#, "\u{FFFD}A"), (#""é😀""#, "é😀"),
      (#""\u0000""#, "\0"),
    ])
  func strings(text: String, expected: String) throws {
    #expect(try JSONValue(parsing: text) == .string(expected))
  }

  @Test(
    "refuses what is no JSON, and says where",
    arguments: [
      ("", 0), ("  ", 2), ("tru", 0), ("nul", 0), ("truE", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5),
      ("{a:1}", 1),
      ("{\"a\":1,}", 7), ("01", 2), ("-", 1), (".5", 0), ("1.", 2), ("\"abc", 4), ("\"a\nb\"", 2), ("\"\\x\"", 2),
      ("\"\\u12g4\"", 5), ("1 2", 2), ("[", 1), ("{", 1), ("+1", 0), ("1e999", 5), ("--1", 1), ("1-2", 3), ("1.e5", 4),
      ("1e", 2), ("-.5", 1), ("1.2.3", 5), ("Infinity", 0), ("0x10", 1),
    ])
  func errors(text: String, offset: Int) {
    #expect { try JSONValue(parsing: text) } throws: { error in
      (error as? JSONParseError)?.offset == offset
    }
  }

  @Test("bounds the depth instead of overflowing the stack")
  func depth() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: deep) }
    let allowed = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(throws: Never.self) { try JSONValue(parsing: allowed) }
  }

  @Test("lets the last of duplicate members win")
  func duplicates() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#) == ["a": 2])
  }

  @Test("never traps on a text that is cut off anywhere")
  func truncation() throws {
    let bytes = Array(#"{"a":[1,-2.5e3,true,null,"é\u00e9\uD83D\uDE00\n"],"b":{"c":false}}"#.utf8)
    for count in bytes.indices {
      #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes[..<count]) }
    }
    #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
  }
}
