import JSON
import Testing

@Suite("A JSON pointer")
struct JSONPointerTests {
  /// RFC 6901, section 5.
  static let document: JSONValue = [
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
  ]

  @Test(
    "leads where RFC 6901's examples say",
    arguments: [
      ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4),
      ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
    ] as [(String, JSONValue)])
  func examples(text: String, expected: JSONValue) throws {
    let pointer = try #require(JSONPointer(text))
    #expect(Self.document[pointer] == expected)
    #expect(pointer.description == text)
  }

  @Test("of no tokens is the whole document")
  func root() throws {
    #expect(Self.document[try #require(JSONPointer(""))] == Self.document)
  }

  @Test("must be empty or begin with a slash")
  func malformed() {
    #expect(JSONPointer("foo") == nil)
    #expect(JSONPointer("#/foo") == nil)
  }

  @Test(
    "leads nowhere through scalars, past ends and to missing members", arguments: ["/foo/2", "/foo/x", "/a/b", "//x"])
  func nowhere(text: String) throws {
    #expect(Self.document[try #require(JSONPointer(text))] == nil)
  }

  @Test("unescapes ~01 to ~1 and not to a slash")
  func escapeOrder() throws {
    #expect(try #require(JSONPointer("/~01")).tokens == ["~1"])
    #expect(JSONPointer(tokens: ["~1"]).description == "/~01")
  }
}
