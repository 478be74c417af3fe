public import FoundationEssentials

/// Kubernetes' two text forms of a time: `metav1.Time` (whole seconds) and `metav1.MicroTime`.
public enum Timestamp {
  /// RFC 3339 in UTC with whole seconds, such as `2026-11-21T08:49:32Z`.
  public static func text(_ date: Date) -> String { date.formatted(.iso8601) }

  /// RFC 3339 in UTC with six digits of a second, as Leases and Events have it.
  public static func microText(_ date: Date) -> String {
    let micros = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
    let seconds = micros >= 0 ? micros / 1_000_000 : (micros - 999_999) / 1_000_000
    let rest = String(micros - seconds * 1_000_000)
    let whole = text(Date(timeIntervalSince1970: TimeInterval(seconds)))
    return whole.dropLast() + "." + String(repeating: "0", count: 6 - rest.count) + rest + "Z"
  }

  /// Reads RFC 3339 with or without a fraction and with any offset; nil where the text is something else.
  public static func date(_ text: String) -> Date? {
    if let date = try? Date(text, strategy: .iso8601) { return date }
    return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
