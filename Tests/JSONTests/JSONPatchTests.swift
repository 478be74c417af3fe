import JSON
import Testing

@Suite("A JSON patch")
struct JSONPatchTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let name: String
    let document: String
    let patch: String
    /// Nil where the patch must fail.
    let result: String?
    var testDescription: String { name }
  }

  /// RFC 6902, appendix A.
  static let appendix = [
    Example(
      name: "A.1 adding an object member", document: #"{"foo":"bar"}"#,
      patch: #"[{"op":"add","path":"/baz","value":"qux"}]"#, result: #"{"baz":"qux","foo":"bar"}"#),
    Example(
      name: "A.2 adding an array element", document: #"{"foo":["bar","baz"]}"#,
      patch: #"[{"op":"add","path":"/foo/1","value":"qux"}]"#, result: #"{"foo":["bar","qux","baz"]}"#),
    Example(
      name: "A.3 removing an object member", document: #"{"baz":"qux","foo":"bar"}"#,
      patch: #"[{"op":"remove","path":"/baz"}]"#, result: #"{"foo":"bar"}"#),
    Example(
      name: "A.4 removing an array element", document: #"{"foo":["bar","qux","baz"]}"#,
      patch: #"[{"op":"remove","path":"/foo/1"}]"#, result: #"{"foo":["bar","baz"]}"#),
    Example(
      name: "A.5 replacing a value", document: #"{"baz":"qux","foo":"bar"}"#,
      patch: #"[{"op":"replace","path":"/baz","value":"boo"}]"#, result: #"{"baz":"boo","foo":"bar"}"#),
    Example(
      name: "A.6 moving a value",
      document: #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
      patch: #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
      result: #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#),
    Example(
      name: "A.7 moving an array element", document: #"{"foo":["all","grass","cows","eat"]}"#,
      patch: #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#, result: #"{"foo":["all","cows","eat","grass"]}"#),
    Example(
      name: "A.8 testing a value: success", document: #"{"baz":"qux","foo":["a",2,"c"]}"#,
      patch: #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
      result: #"{"baz":"qux","foo":["a",2,"c"]}"#),
    Example(
      name: "A.9 testing a value: error", document: #"{"baz":"qux"}"#,
      patch: #"[{"op":"test","path":"/baz","value":"bar"}]"#, result: nil),
    Example(
      name: "A.10 adding a nested member object", document: #"{"foo":"bar"}"#,
      patch: #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
      result: #"{"foo":"bar","child":{"grandchild":{}}}"#),
    Example(
      name: "A.11 ignoring unrecognized elements", document: #"{"foo":"bar"}"#,
      patch: #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, result: #"{"foo":"bar","baz":"qux"}"#),
    Example(
      name: "A.12 adding to a nonexistent target", document: #"{"foo":"bar"}"#,
      patch: #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, result: nil),
    Example(
      name: "A.14 ~ escape ordering", document: #"{"/":9,"~1":10}"#,
      patch: #"[{"op":"test","path":"/~01","value":10}]"#, result: #"{"/":9,"~1":10}"#),
    Example(
      name: "A.15 comparing strings and numbers", document: #"{"/":9,"~1":10}"#,
      patch: #"[{"op":"test","path":"/~01","value":"10"}]"#, result: nil),
    Example(
      name: "A.16 adding an array value", document: #"{"foo":["bar"]}"#,
      patch: #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#, result: #"{"foo":["bar",["abc","def"]]}"#),
  ]

  static let further = [
    Example(
      name: "copying", document: #"{"a":[1]}"#, patch: #"[{"op":"copy","from":"/a","path":"/b"}]"#,
      result: #"{"a":[1],"b":[1]}"#),
    Example(
      name: "replacing the root", document: "{}", patch: #"[{"op":"replace","path":"","value":[1]}]"#, result: "[1]"),
    Example(
      name: "removing what is not there", document: "{}", patch: #"[{"op":"remove","path":"/a"}]"#, result: nil),
    Example(
      name: "replacing what is not there", document: "{}", patch: #"[{"op":"replace","path":"/a","value":1}]"#,
      result: nil),
    Example(
      name: "adding past an array's end", document: "[1]", patch: #"[{"op":"add","path":"/2","value":1}]"#, result: nil),
    Example(
      name: "removing past an array's end", document: "[1]", patch: #"[{"op":"remove","path":"/1"}]"#, result: nil),
    Example(
      name: "a failing operation after a good one", document: "{}",
      patch: #"[{"op":"add","path":"/a","value":1},{"op":"test","path":"/a","value":2}]"#, result: nil),
  ]

  @Test("gives what RFC 6902's appendix shows", arguments: appendix + further)
  func examples(example: Example) throws {
    let document = try JSONValue(parsing: example.document)
    let patch = try JSONPatch(JSONValue(parsing: example.patch))
    if let result = example.result {
      #expect(try patch.applied(to: document) == JSONValue(parsing: result))
    } else {
      #expect(throws: JSONPatch.Failure.self) { try patch.applied(to: document) }
    }
  }

  @Test("writes the document that it was read from", arguments: (appendix + further).filter { $0.name.first != "A" })
  func documents(example: Example) throws {
    let document = try JSONValue(parsing: example.patch)
    #expect(try JSONPatch(document).document == document)
  }

  @Test(
    "is refused where it is malformed",
    arguments: [
      "{}", #"[{"op":"jump","path":"/a"}]"#, #"[{"op":"add","path":"/a"}]"#, #"[{"op":"add","path":"a","value":1}]"#,
      #"[{"op":"move","path":"/a"}]"#, "[1]",
    ])
  func malformed(text: String) throws {
    let document = try JSONValue(parsing: text)
    #expect { try JSONPatch(document) } throws: { ($0 as? JSONPatch.Failure)?.kind == .malformed }
  }

  @Test("takes a missing value for null in a test, as Kubernetes' library does")
  func missingIsNull() throws {
    let patch = JSONPatch([.test(JSONPointer(tokens: ["a"]), .null)])
    #expect(try patch.applied(to: ["b": 1]) == ["b": 1])
  }
}
