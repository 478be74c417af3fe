/// A span of time in Go's notation, such as `1h30m` or `-1.5s` (`time.ParseDuration`), in nanoseconds.
struct GoDuration: Sendable, Hashable, Comparable, CustomStringConvertible {
  var nanoseconds: Int64

  init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  init?(_ text: String) {
    var rest = Substring(text)
    let isNegative = rest.hasPrefix("-")
    if rest.hasPrefix("-") || rest.hasPrefix("+") { rest = rest.dropFirst() }
    if rest == "0" {
      nanoseconds = 0
      return
    }
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    var whole: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard !digits.isEmpty, digits != ".", let value = Double(digits.hasPrefix(".") ? "0" + digits : String(digits))
      else {
        return nil
      }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
      guard let scale = Self.units[String(unit)] else { return nil }
      rest = rest.dropFirst(unit.count)
      if let integer = Int64(digits) {
        let (product, overflow) = integer.multipliedReportingOverflow(by: scale)
        let (sum, overflowed) = whole.addingReportingOverflow(product)
        if overflow || overflowed { return nil }
        whole = sum
      } else {
        total += value * Double(scale)
      }
    }
    guard total < 9e18 else { return nil }
    let (sum, overflow) = whole.addingReportingOverflow(Int64(total.rounded()))
    if overflow { return nil }
    nanoseconds = isNegative ? -sum : sum
  }

  private static let units: [String: Int64] = [
    "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
    "h": 3_600_000_000_000,
  ]

  static func < (one: GoDuration, other: GoDuration) -> Bool { one.nanoseconds < other.nanoseconds }

  /// Seconds with their fraction, as CEL writes a duration: `5400s`.
  var description: String {
    let whole = nanoseconds / 1_000_000_000
    let fraction = abs(nanoseconds % 1_000_000_000)
    if fraction == 0 { return "\(whole)s" }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return (nanoseconds < 0 && whole == 0 ? "-" : "") + "\(whole).\(digits)s"
  }
}
