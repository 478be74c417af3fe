import JSON
import Testing

@Suite("The JSON serializer")
struct JSONSerializerTests {
  @Test(
    "writes sorted, compact text",
    arguments: [
      (["b": 1, "a": [true, .null]], #"{"a":[true,null],"b":1}"#), (.number(1), "1"), (.number(0.1), "0.1"),
      (.number(1e300), "1e+300"), (.number(-0.0025), "-0.0025"), (.number(.nan), "null"), (.number(.infinity), "null"),
      ("\"\\\n\r\t\u{1}\u{1F}/é", #""\"\\\n\r\t\u0001\u001f/é""#), ([:], "{}"), ([], "[]"),
    ] as [(JSONValue, String)])
  func compact(value: JSONValue, text: String) {
    #expect(value.text() == text)
  }

  @Test("indents by the given number of spaces")
  func pretty() {
    let value: JSONValue = ["a": [1, 2], "b": [:], "c": []]
    #expect(
      value.text(indent: 2) == """
        {
          "a": [
            1,
            2
          ],
          "b": {},
          "c": []
        }
        """)
  }

  @Test("writes what the parser reads back unchanged, for random values", arguments: 0..<200)
  func roundTrip(seed: UInt64) throws {
    var generator = RandomJSON(seed: seed)
    let value = generator.value(depth: 4)
    let back = try JSONValue(parsing: value.text())
    // JSON text does not tell 1.0 from 1.
    #expect(back.normalized == value.normalized)
    #expect(try JSONValue(parsing: value.text(indent: 2)) == back)
  }

  @Test("encodes and decodes typed values without nil members")
  func coding() throws {
    struct Sample: Codable, Equatable {
      var name: String
      var count: Int64?
      var extra: JSONValue?
    }
    let json = try JSONValue(encoding: Sample(name: "x", count: nil, extra: ["a": [1, 2.5, "s", .null, true]]))
    #expect(json == ["name": "x", "extra": ["a": [1, 2.5, "s", .null, true]]])
    #expect(try json.decoded(as: Sample.self) == Sample(name: "x", extra: ["a": [1, 2.5, "s", .null, true]]))
  }
}

extension JSONValue {
  /// Numbers without a fraction as integers.
  var normalized: JSONValue {
    switch self {
    case .number(let number): integer.flatMap { abs(number) < 1e15 ? .integer($0) : nil } ?? self
    case .array(let elements): .array(elements.map(\.normalized))
    case .object(let members): .object(members.mapValues(\.normalized))
    default: self
    }
  }
}

/// Random JSON values that are the same for the same seed (SplitMix64).
struct RandomJSON {
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
    switch below(depth > 0 ? 8 : 6) {
    case 0: .null
    case 1: .bool(below(2) == 0)
    case 2: .integer(Int64(bitPattern: next()) >> Int64(below(64)))
    case 3: .number(Double(Int64(bitPattern: next()) >> Int64(below(50))) / 1024)
    case 4, 5: .string(string())
    case 6: .array((0..<below(4)).map { _ in value(depth: depth - 1) })
    default:
      .object(JSONObject((0..<below(4)).map { _ in (string(), value(depth: depth - 1)) }))
    }
  }

  /// Short strings of characters that have a meaning somewhere.
  mutating func string() -> String {
    let alphabet = Array("ab01 \n\t\r\"'\\:#-?,[]{}&*!|>%@`~=<.+_eExny/\u{0}\u{7F}\u{85}\u{A0}é\u{2028}\u{FEFF}😀")
    return String((0..<below(9)).map { _ in alphabet[below(alphabet.count)] })
  }
}
