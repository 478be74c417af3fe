import FoundationEssentials

/// PostgreSQL's times: microseconds since 2000-01-01 00:00 UTC, and their ISO text form.
enum PostgresTime {
  /// Seconds from 1970 to 2000.
  static let epoch: Int64 = 946_684_800

  /// Infinity in both directions is the largest and smallest integer, as the server has it.
  static func microseconds(_ date: Date) -> Int64 {
    let seconds = date.timeIntervalSince1970 - Double(epoch)
    let micros = (seconds * 1_000_000).rounded()
    if micros >= 9.2e18 { return .max }
    if micros <= -9.2e18 { return .min }
    return Int64(micros)
  }

  static func date(microseconds: Int64) -> Date {
    if microseconds == .max { return .distantFuture }
    if microseconds == .min { return .distantPast }
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return Date(timeIntervalSince1970: Double(seconds + epoch) + Double(rest) / 1_000_000)
  }

  /// ISO 8601 in UTC with six digits of a second, as the server itself writes it.
  static func text(microseconds: Int64) -> String {
    if microseconds == .max { return "infinity" }
    if microseconds == .min { return "-infinity" }
    let day: Int64 = 86_400_000_000
    var days = microseconds / day
    var rest = microseconds % day
    if rest < 0 {
      rest += day
      days -= 1
    }
    let (year, month, dayOfMonth) = civil(days: days + epoch / 86400)
    func pad(_ number: Int64, _ width: Int) -> String {
      let digits = String(abs(number))
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let seconds = rest / 1_000_000
    let date = "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))"
    let time = "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
    return "\(date) \(time).\(pad(rest % 1_000_000, 6))+00"
  }

  /// Reads `2026-11-21`, `2026-11-21 09:03:09.5` and `2026-11-21 09:03:09.5+00:30`; without an offset it is UTC.
  static func date(text: String) -> Date? {
    if text == "infinity" { return .distantFuture }
    if text == "-infinity" { return .distantPast }
    let halves = text.split(separator: text.contains("T") ? "T" : " ")
    guard let first = halves.first, halves.count <= 2 else { return nil }
    let parts = first.split(separator: "-").map { Int64($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
    var seconds = Double(days(year, month, day) * 86400)
    if halves.count == 2 {
      var clock = halves[1]
      if clock.hasSuffix("Z") { clock = clock.dropLast() }
      if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
        let fields = clock[clock.index(after: sign)...].split(separator: ":").map { Double($0) }
        var offset = 0.0
        for (field, unit) in zip(fields, [3600.0, 60, 1]) {
          guard let field else { return nil }
          offset += field * unit
        }
        seconds -= clock[sign] == "-" ? -offset : offset
        clock = clock[..<sign]
      }
      for (field, unit) in zip(clock.split(separator: ":").map({ Double($0) }), [3600.0, 60, 1]) {
        guard let field else { return nil }
        seconds += field * unit
      }
    }
    return Date(timeIntervalSince1970: seconds)
  }

  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar, with years counted from March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}
