/// Decimal numbers as the API writes them: text, since floating-point fields make diffs flap
/// (Kubernetes API conventions, primitive types).
public enum DecimalText {
  /// What the schema holds such a field to, an RE2 expression.
  public static let pattern = #"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$"#
  public static let maxLength = 32

  /// The number, or nil where the text is not one. Anything that `pattern` and `maxLength` admit is finite.
  public static func value(_ text: String) -> Double? {
    guard text.utf8.count <= maxLength, isDecimal(Array(text.utf8)) else { return nil }
    return Double(text)
  }

  /// The shortest text that reads back as the same number and fits the pattern; nil for NaN and infinities and
  /// for magnitudes whose exponent has three digits.
  public static func text(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    if let integer = Int64(exactly: value), abs(value) < 1e15 { return String(integer) }
    let text = "\(value)"
    return Self.value(text) == value ? text : nil
  }

  private static func isDecimal(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    func digit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    func skipDigits() -> Int {
      let digits = rest.prefix(while: digit)
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let leadingZero = rest.first == UInt8(ascii: "0")
    let whole = skipDigits()
    guard whole > 0, !leadingZero || whole == 1 else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard skipDigits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      guard (1...2).contains(skipDigits()) else { return false }
    }
    return rest.isEmpty
  }
}
