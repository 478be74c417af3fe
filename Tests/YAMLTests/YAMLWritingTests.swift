import JSON
import Testing
import YAML

@Suite("Writing YAML")
struct YAMLWritingTests {
  @Test("prints manifests as kubectl does")
  func manifest() {
    let value: JSONValue = [
      "apiVersion": "v1", "kind": "ConfigMap",
      "metadata": ["name": "a", "labels": [:], "annotations": ["x": "true", "n": "1", "t": "2024-01-01T00:00:00Z"]],
      "data": ["script": "#!/bin/sh\necho hi\n", "last": "no end\nhere", "url": "https://a.b/c?d=e#f"],
      "list": [["a": 1, "b": ["c", [true, .null]]], [], "--flag=1", "- x", "*"],
      "number": .number(1), "float": 0.5,
    ]
    #expect(
      value.yaml() == """
        apiVersion: v1
        data:
          last: |-
            no end
            here
          script: |
            #!/bin/sh
            echo hi
          url: https://a.b/c?d=e#f
        float: 0.5
        kind: ConfigMap
        list:
        - a: 1
          b:
          - c
          - - true
            - null
        - []
        - --flag=1
        - '- x'
        - '*'
        metadata:
          annotations:
            "n": "1"
            t: "2024-01-01T00:00:00Z"
            x: "true"
          labels: {}
          name: a
        number: 1.0

        """)
  }

  @Test(
    "quotes exactly the strings that would read as something else",
    arguments: [
      ("abc", "abc"), ("", "\"\""), ("1", "\"1\""), ("1.5", "\"1.5\""), ("true", "\"true\""), ("y", "\"y\""),
      ("null", "\"null\""), ("~", "\"~\""), (".inf", "\".inf\""), ("0x1f", "\"0x1f\""), ("1_0", "\"1_0\""),
      ("12:30", "\"12:30\""), ("2001-01-01", "\"2001-01-01\""), ("=", "\"=\""), ("<<", "\"<<\""),
      ("a: b", "'a: b'"), ("a:b", "a:b"), ("a:", "'a:'"), ("a #b", "'a #b'"), ("a#b", "a#b"), (" a", "' a'"),
      ("a ", "'a '"), ("[a]", "'[a]'"), ("a[0]", "a[0]"), ("it's", "it's"), ("'x'", "'''x'''"), ("\"x\"", "'\"x\"'"),
      ("-", "'-'"), ("-x", "-x"), ("---", "'---'"), ("? x", "'? x'"), ("%a", "'%a'"), ("@a", "'@a'"),
      ("a\tb", "\"a\\tb\""),
      ("a\u{7}b", "\"a\\u0007b\""), ("é", "é"), ("😀", "😀"), ("\u{FEFF}", "\"\\uFEFF\""), ("1.2.3", "1.2.3"),
      ("500m", "500m"), ("$(learning_rate)", "$(learning_rate)"), ("self.x >= 0 && y", "self.x >= 0 && y"),
      ("!x", "'!x'"), ("\n", "\"\\n\""), (" a\nb", "\" a\\nb\""), ("a\r\nb", "\"a\\r\\nb\""),
    ])
  func quoting(text: String, written: String) {
    #expect(JSONValue.string(text).yaml() == written + "\n")
  }

  @Test("writes streams of documents")
  func documents() throws {
    let values: [JSONValue] = [["a": 1], ["b": "x\n\n"], [1]]
    let text = JSONValue.yaml(documents: values)
    #expect(text == "a: 1\n---\nb: |+\n  x\n\n---\n- 1\n")
    #expect(try JSONValue.documents(yaml: text) == values)
  }

  @Test("writes keys longer than YAML's simple ones")
  func longKeys() throws {
    let value: JSONValue = [String(repeating: "k", count: 2000): ["a": [1]], String(repeating: "é ", count: 600): "x"]
    #expect(try JSONValue(yaml: value.yaml()) == value)
  }

  @Test("is the inverse of reading, for random values", arguments: 0..<1500)
  func roundTrip(seed: UInt64) throws {
    var generator = RandomYAML(seed: seed)
    let value = generator.value(depth: 4)
    let text = value.yaml()
    let back = try JSONValue(yaml: text)
    #expect(back == value, "written as:\n\(text)")
  }
}

/// Random values that are the same for the same seed (SplitMix64), with many strings that look like syntax.
struct RandomYAML {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func value(depth: Int) -> JSONValue {
    switch below(depth > 0 ? 9 : 6) {
    case 0: .null
    case 1: .bool(below(2) == 0)
    case 2: .integer(Int64(bitPattern: next()) >> Int64(below(64)))
    case 3: .number(finite())
    case 4, 5: .string(string())
    case 6: .array((0..<below(4)).map { _ in value(depth: depth - 1) })
    default:
      .object(JSONObject((0..<below(4)).map { _ in (string(), value(depth: depth - 1)) }))
    }
  }

  private mutating func finite() -> Double {
    let value = Double(bitPattern: next())
    return value.isFinite && below(2) == 0 ? value : Double(below(1000)) / 8
  }

  private static let words = [
    "null", "true", "on", "1", "-1", "0x1", "1e3", ".5", "---", "...", "- a", "a: b", " #", "? ", "<<", "key", "\n",
    "\n\n",
    "line\n", "  ", "\t", "'", "\"", "\\", "\u{2028}", "é", "😀", "\r\n", "%", "|", ">", "{", "}", "[", "]", ",", "&a",
    "*a",
    "!t", "=", "12:30", "2001-01-01", "\u{0}", "\u{85}", "\u{FFFE}", "\u{FEFF}", "_", "+", "~", "@", "`", ":", "x",
  ]

  mutating func string() -> String {
    (0..<below(5)).map { _ in Self.words[below(Self.words.count)] }.joined()
  }
}
