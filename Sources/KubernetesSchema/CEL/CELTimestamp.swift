/// A point in time in UTC, to the nanosecond, of the years 1 to 9999.
public struct CELTimestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Seconds since 1970-01-01T00:00:00Z.
  var seconds: Int64
  /// Of the second, from 0 to 999,999,999.
  var nanos: Int64

  static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  init(seconds: Int64, nanos: Int64) {
    self.seconds = seconds + (nanos >= 0 ? nanos / 1_000_000_000 : (nanos - 999_999_999) / 1_000_000_000)
    let rest = nanos % 1_000_000_000
    self.nanos = rest < 0 ? rest + 1_000_000_000 : rest
  }

  /// Parses RFC 3339.
  init?(_ text: String) {
    guard StringFormat.isDateTime(text) else { return nil }
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64 { Int64(String(decoding: bytes[range], as: UTF8.self)) ?? 0 }
    var rest = bytes[19...]
    var fraction: Int64 = 0
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let digits = rest.prefix { (48...57).contains($0) }
      rest = rest.dropFirst(digits.count)
      let padded = (String(decoding: digits, as: UTF8.self) + "000000000").prefix(9)
      fraction = Int64(padded) ?? 0
    }
    var offset: Int64 = 0
    let zone = String(decoding: rest, as: UTF8.self)
    if zone != "Z", zone != "z" { offset = Self.offset(zone) ?? 0 }
    let days = Self.days(year: number(0..<4), month: number(5..<7), day: number(8..<10))
    let clock = number(11..<13) * 3600 + number(14..<16) * 60 + number(17..<19)
    self.init(seconds: days * 86400 + clock - offset, nanos: fraction)
    guard Self.range.contains(seconds) else { return nil }
  }

  /// The seconds east of UTC of `+01:00`, `-0530` or `UTC`.
  static func offset(_ zone: String) -> Int64? {
    if zone == "UTC" || zone == "Z" { return 0 }
    let digits = zone.filter(\.isNumber)
    guard digits.count == 4, let hours = Int64(digits.prefix(2)), let minutes = Int64(digits.suffix(2)) else {
      return nil
    }
    return (zone.hasPrefix("-") ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (H. Hinnant, "chrono-Compatible Low-Level
  /// Date Algorithms").
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The calendar's reading of the time, `offset` seconds east of UTC.
  func fields(offset: Int64 = 0) -> (
    year: Int64, month: Int64, day: Int64, second: Int64, dayOfYear: Int64, weekday: Int64
  ) {
    let local = seconds + offset
    let days = local >= 0 ? local / 86400 : (local - 86399) / 86400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let weekday = ((days % 7) + 11) % 7
    let newYear = Self.days(year: year, month: 1, day: 1)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, local - days * 86400, days - newYear, weekday)
  }

  public static func < (one: CELTimestamp, other: CELTimestamp) -> Bool {
    (one.seconds, one.nanos) < (other.seconds, other.nanos)
  }

  public var description: String {
    let parts = fields()
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let year = String(repeating: "0", count: max(0, 4 - "\(parts.year)".count)) + "\(parts.year)"
    var text = "\(year)-\(two(parts.month))-\(two(parts.day))T"
    text += "\(two(parts.second / 3600)):\(two(parts.second / 60 % 60)):\(two(parts.second % 60))"
    if nanos > 0 {
      var digits = String(repeating: "0", count: 9 - "\(nanos)".count) + "\(nanos)"
      while digits.hasSuffix("0") { digits.removeLast() }
      text += "." + digits
    }
    return text + "Z"
  }
}
