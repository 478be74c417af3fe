/// Lengths of time as the API writes them, such as `5m`, `1h30m` or `14d`: whole numbers with the units d, h, m,
/// s and ms, each at most once, largest first. A day is 24 hours.
public enum DurationText {
  /// What the schema holds such a field to, an RE2 expression; with it go a length of at least 2 and `maxLength`.
  public static let pattern = "^([0-9]{1,6}d)?([0-9]{1,8}h)?([0-9]{1,8}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$"
  public static let maxLength = 32

  private static let units: [(name: String, milliseconds: Int64, digits: Int)] = [
    ("d", 86_400_000, 6), ("h", 3_600_000, 8), ("m", 60_000, 8), ("s", 1_000, 9), ("ms", 1, 9),
  ]

  /// The length, or nil where the text is not one.
  public static func duration(_ text: String) -> Duration? {
    guard (2...maxLength).contains(text.utf8.count) else { return nil }
    var rest = text[...]
    var remaining = units[...]
    var milliseconds: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let count = Int64(digits), let index = remaining.firstIndex(where: { $0.name == name }),
        digits.count <= units[index].digits
      else { return nil }
      milliseconds += count * units[index].milliseconds
      remaining = remaining[(index + 1)...]
    }
    return .milliseconds(milliseconds)
  }

  /// The length in seconds, or nil where the text is not one.
  public static func seconds(_ text: String) -> Double? {
    guard let duration = duration(text) else { return nil }
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  /// The text of a length, cut to whole milliseconds; nothing below zero. `0s` for none.
  public static func text(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    var rest = max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    var out = ""
    for unit in units where rest >= unit.milliseconds {
      out += "\(rest / unit.milliseconds)\(unit.name)"
      rest %= unit.milliseconds
    }
    return out.isEmpty ? "0s" : out
  }
}
