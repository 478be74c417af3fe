import JSON
import Testing

@testable import KubernetesSchema

@Suite struct PatternTests {
  @Test(
    "Patterns match as RE2 matches",
    arguments: [
      ("^[a-z]+$", "abc", true), ("^[a-z]+$", "aBc", false), ("a|b", "xbx", true), ("^(a|b)*$", "abba", true),
      ("^a{2,3}$", "aa", true), ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aaa", false), ("\\d+", "x1", true),
      ("^\\w+$", "a_1", true), ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoob", false),
      ("(?i)ABC", "xabcx", true),
      ("^[^0-9]$", "5", false), ("^[]a]$", "]", true), ("^[a-]$", "-", true), ("^\\.$", ".", true),
      ("^.$", "\n", false),
      ("^[[:alpha:]]+$", "aZ", true), ("x*", "", true), ("^(?:ab)+?$", "abab", true), ("^a?b$", "b", true),
      ("^(a*)*$", "aaaa", true), ("{", "{", true), ("^\\x41$", "A", true), ("^$", "", true), ("^$", "a", false),
      ("^(?P<n>a)b$", "ab", true), ("^é$", "é", true),
    ])
  func matches(pattern: String, text: String, expected: Bool) throws {
    #expect(try Pattern(pattern).matches(text) == expected)
  }

  @Test(
    "What is no pattern is refused",
    arguments: ["(", ")", "[a", "a**", "*a", "\\", "(?<=a)b", "[z-a]", "a{5,2}", "\\1"])
  func refusals(pattern: String) {
    #expect(throws: PatternError.self) { try Pattern(pattern) }
  }

  @Test("Nested repetition takes linear time")
  func linear() throws {
    let text = String(repeating: "a", count: 2000) + "b"
    #expect(try Pattern("^(a+)+$").matches(text) == false)
  }
}

@Suite struct QuantityTests {
  @Test(
    "Quantities are written in canonical form",
    arguments: [
      ("1", "1"), ("0.5", "500m"), ("1000m", "1"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("1000", "1k"),
      ("1e3", "1e3"),
      ("100Ki", "100Ki"), ("0", "0"), ("-1.5", "-1500m"), ("1500m", "1500m"), ("0.0000000001", "1n"), ("12e6", "12e6"),
      ("1500", "1500"), ("9999999999999999999999999999Ei", "9223372036854775807"), ("1e99", "9223372036854775807"),
      ("1e-99", "1e-9"), ("2000k", "2M"), (".5", "500m"), ("5.", "5"),
    ])
  func canonical(text: String, expected: String) {
    #expect(Quantity(text)?.canonical == expected)
  }

  @Test("What is no quantity is refused", arguments: ["", "1 Gi", "Gi", "1KiB", "abc", "1e", "--1"])
  func refusals(text: String) {
    #expect(Quantity(text) == nil)
  }
}

@Suite struct TableTests {
  @Test("Every type that the tables name is defined")
  func complete() {
    #expect(BuiltinTypes.library.missing.isEmpty)
    for kind in BuiltinKind.all { #expect(kind.schema.typeName != nil, "\(kind.kind)") }
  }

  @Test(
    "Go's notation of floating-point numbers",
    arguments: [
      (1.5, "1.5"), (1e6, "1e+06"), (100_000, "100000"), (0.0001, "0.0001"), (0.00001, "1e-05"), (-2.25, "-2.25"),
      (1.25e7, "1.25e+07"),
    ])
  func floats(number: Double, expected: String) {
    #expect(GoText.float(number) == expected)
  }
}

/// A repeatable stream of numbers (SplitMix64).
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct ToleranceTests {
  private static func text(_ parts: [String], _ numbers: inout Numbers) -> String {
    (0..<Int.random(in: 0...12, using: &numbers)).map { _ in parts.randomElement(using: &numbers) ?? "" }.joined()
  }

  @Test("No text makes a parser fail in any other way than by saying so", arguments: 0..<20 as Range<UInt64>)
  func parsers(seed: UInt64) {
    var numbers = Numbers(state: seed)
    let expression = [
      "self", ".", "x", "(", ")", "[", "]", "{", "}", "1", "1.5", "-", "+", "*", "/", "%", "<", "==", "&&", "||", "!",
      "?",
      ":", ",", "'a'", "\"", "all", "map", "has", "in", " ", "0x", "1e", "u", "b'x'", "r'", "`", "\\", "size", "é",
      "//",
      "duration('1s')", "9223372036854775807", "substring", "null", "true",
    ]
    let pattern = [
      "a", "(", ")", "[", "]", "{", "}", "1", ",", "*", "+", "?", "|", "^", "$", "\\", "d", "-", ".", "(?i)",
      "[:alpha:]",
    ]
    let quantity = ["1", "9999999999", ".", "e", "E", "-", "+", "Ki", "Ei", "m", "n", "0", "k"]
    for _ in 0..<300 {
      if let program = try? CELProgram(Self.text(expression, &numbers)) {
        _ = try? program.evaluate(["self": .map([.string("x"): .int(1)])])
      }
      _ = try? Pattern(Self.text(pattern, &numbers)).matches("aaa1-")
      _ = Quantity(Self.text(quantity, &numbers))?.canonical
      _ = GoDuration(Self.text(["1", "h", "m", "s", ".", "-", "99999999999"], &numbers))?.description
      _ =
        CELTimestamp(Self.text(["2026-01-01T00:00:00", "Z", "+01:00", ".5", "9999-12-31T23:59:60"], &numbers))?
        .description
    }
  }
}
