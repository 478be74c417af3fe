/// A Kubernetes quantity such as `500m`, `2Gi` or `1e3` (`k8s.io/apimachinery/pkg/api/resource`), exact to 1e-9.
struct Quantity: Sendable, Hashable, Comparable {
  /// The suffixes it was written with, which its canonical form keeps.
  enum Format: Sendable, Hashable { case decimalSI, binarySI, decimalExponent }

  /// The value in units of 1e-9.
  var nanos: Int128
  var format: Format

  private static let syntax = KnownPattern(
    "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$")
  private static let one: Int128 = 1_000_000_000
  /// The largest value that is kept exactly; beyond it quantities are capped, as upstream caps at 2^63 - 1.
  private static let limit: Int128 = Int128(Int64.max) * one

  init(nanos: Int128, format: Format) {
    self.nanos = nanos
    self.format = format
  }

  /// Parses the text; nil where it is no quantity. What is finer than 1e-9 is rounded up.
  init?(_ text: String) {
    guard Self.syntax.matches(text) else { return nil }
    var rest = Substring(text)
    let isNegative = rest.hasPrefix("-")
    if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
    let digits = rest.prefix { $0.isNumber || $0 == "." }
    let suffix = String(rest.dropFirst(digits.count))
    var scale = 9
    var factor: Int128 = 1
    format = .decimalSI
    if let power = Self.binary.firstIndex(of: suffix), !suffix.isEmpty {
      format = .binarySI
      for _ in 0..<power { factor *= 1024 }
    } else if let power = Self.decimal[suffix] {
      scale += power
    } else if let power = Int(suffix.dropFirst()) {
      format = .decimalExponent
      scale += power
    } else {
      return nil
    }
    let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
    var value: Int128 = 0
    var isInexact = false
    for digit in digits where digit != "." {
      guard value < Self.limit else {
        isInexact = true
        continue
      }
      value = value * 10 + Int128(digit.wholeNumberValue ?? 0)
    }
    scale -= halves.count > 1 ? halves[1].count : 0
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    value = overflow ? Self.limit : product
    while scale > 0, value > 0, value < Self.limit {
      value *= 10
      scale -= 1
    }
    while scale < 0, value > 0 {
      if value % 10 != 0 { isInexact = true }
      value /= 10
      scale += 1
    }
    if isInexact { value += 1 }
    if value > Self.limit { value = Self.limit }
    nanos = isNegative ? -value : value
  }

  private static let binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
  private static let decimal = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
  private static let decimalSuffixes: [(power: Int, suffix: String)] = [
    (18, "E"), (15, "P"), (12, "T"), (9, "G"), (6, "M"), (3, "k"), (0, ""), (-3, "m"), (-6, "u"), (-9, "n"),
  ]

  /// The form without fractions and with the largest suffix that allows it.
  var canonical: String {
    if nanos == 0 { return "0" }
    if format == .binarySI, nanos.magnitude >= UInt128(1024 * Self.one), nanos % Self.one == 0 {
      var value = nanos / Self.one
      var power = 0
      while value % 1024 == 0, power < 6 {
        value /= 1024
        power += 1
      }
      return "\(value)" + Self.binary[power]
    }
    for (power, suffix) in Self.decimalSuffixes {
      var unit: Int128 = 1
      for _ in 0..<(power + 9) { unit *= 10 }
      guard nanos % unit == 0 else { continue }
      let shown = format == .decimalExponent ? (power == 0 ? "" : "e\(power)") : suffix
      return "\(nanos / unit)" + shown
    }
    return "\(nanos)n"
  }

  /// The value as a whole number, rounded up; capped at 64 bits.
  var roundedUp: Int64 {
    let whole = nanos / Self.one + (nanos % Self.one > 0 ? 1 : 0)
    return Int64(clamping: whole)
  }

  /// The value in thousandths, rounded up.
  var milli: Int64 {
    let unit = Self.one / 1000
    return Int64(clamping: nanos / unit + (nanos % unit > 0 ? 1 : 0))
  }

  var isWhole: Bool { nanos % Self.one == 0 }

  var approximate: Double { Double(nanos) / 1e9 }

  static func < (one: Quantity, other: Quantity) -> Bool { one.nanos < other.nanos }
  static func == (one: Quantity, other: Quantity) -> Bool { one.nanos == other.nanos }
  func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}
