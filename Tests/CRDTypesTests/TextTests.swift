import CRDTypes
import Testing

@Suite("Numbers and lengths of time as text")
struct TextTests {
  static let durations: [(String, Duration?)] = [
    ("5m", .seconds(300)), ("1h30m", .seconds(5400)), ("14d", .seconds(14 * 86400)), ("500ms", .milliseconds(500)),
    ("90s", .seconds(90)), ("1d2h3m4s5ms", .milliseconds(93_784_005)), ("0s", .zero), ("2h", .seconds(7200)),
    ("1m500ms", .milliseconds(60_500)), ("007s", .seconds(7)), ("999999d", .seconds(999_999 * 86400)),
    ("", nil), ("5", nil), ("m", nil), ("5 m", nil), ("-5m", nil), ("5m1h", nil), ("1h1h", nil), ("1.5h", nil),
    ("5M", nil), ("5w", nil), ("1000000d", nil), ("٣m", nil), ("1h30", nil), ("ms", nil), ("5µs", nil),
  ]

  @Test("A duration is read as it is meant, or not at all", arguments: durations)
  func duration(text: String, expected: Duration?) {
    #expect(DurationText.duration(text) == expected)
    let difference = (DurationText.seconds(text) ?? -1) - (expected.map { $0 / .seconds(1) } ?? -1)
    #expect(abs(difference) < 1e-9)
  }

  @Test("The schema's pattern admits exactly the durations that are read", arguments: durations)
  func durationPattern(text: String, expected: Duration?) throws {
    let regex = try Regex(DurationText.pattern)
    let isAdmitted = try text.utf8.count >= 2 && regex.wholeMatch(in: text) != nil
    #expect(isAdmitted == (expected != nil))
  }

  @Test(
    "A duration is written with the largest units first",
    arguments: [
      (Duration.seconds(5400), "1h30m"), (.zero, "0s"), (.milliseconds(93_784_005), "1d2h3m4s5ms"),
      (.milliseconds(1), "1ms"), (.seconds(-3), "0s"), (.microseconds(999), "0s"),
    ])
  func durationText(duration: Duration, text: String) {
    #expect(DurationText.text(duration) == text)
  }

  static let decimals: [(String, Double?)] = [
    ("0", 0), ("1", 1), ("-1", -1), ("0.001", 0.001), ("12.50", 12.5), ("1e-5", 1e-5), ("1E+9", 1e9), ("-0.5", -0.5),
    ("1e99", 1e99), ("", nil), ("-", nil), (".5", nil), ("5.", nil), ("01", nil), ("+1", nil), ("1e100", nil),
    ("1e", nil), ("NaN", nil), ("inf", nil), ("0x10", nil), ("1,5", nil), ("1 ", nil), ("1e-", nil), ("--1", nil),
    ("123456789012345678901234567890123", nil),
  ]

  @Test("A decimal is read as it is meant, or not at all", arguments: decimals)
  func decimal(text: String, expected: Double?) {
    #expect(DecimalText.value(text) == expected)
  }

  @Test("The schema's pattern and length admit exactly the decimals that are read", arguments: decimals)
  func decimalPattern(text: String, expected: Double?) throws {
    let regex = try Regex(DecimalText.pattern)
    let isAdmitted = try text.utf8.count <= DecimalText.maxLength && regex.wholeMatch(in: text) != nil
    #expect(isAdmitted == (expected != nil))
  }

  @Test(
    "A number is written so that it reads back the same",
    arguments: [0, 1, -1, 0.1, 1.0 / 3, 1e-5, 123456.789, 1e15, -2.5e-7, 1e22, .pi])
  func decimalText(value: Double) throws {
    let text = try #require(DecimalText.text(value))
    #expect(DecimalText.value(text) == value)
  }

  @Test("What has no decimal form is not written", arguments: [Double.nan, .infinity, -.infinity, 1e300])
  func noDecimalText(value: Double) {
    #expect(DecimalText.text(value) == nil)
  }
}
