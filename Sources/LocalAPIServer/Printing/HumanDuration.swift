import CRDTypes
import FoundationEssentials

/// Ages as `kubectl get` shows them: two units at most, the second only while it says something
/// (`k8s.io/apimachinery/pkg/util/duration`).
enum HumanDuration {
  static func text(seconds: Int) -> String {
    if seconds < -1 { return "<invalid>" }
    if seconds < 0 { return "0s" }
    if seconds < 120 { return "\(seconds)s" }
    let minutes = seconds / 60
    if minutes < 10 { return two(minutes, "m", seconds % 60, "s") }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return two(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    let days = hours / 24
    if days < 8 { return two(days, "d", hours % 24, "h") }
    if days < 730 { return "\(days)d" }
    if days < 365 * 8 { return two(days / 365, "y", days % 365, "d") }
    return "\(days / 365)y"
  }

  private static func two(_ first: Int, _ unit: String, _ second: Int, _ small: String) -> String {
    second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(small)"
  }

  /// The age of an RFC 3339 time; `<unknown>` where there is none.
  static func since(_ time: String?, now: Date) -> String {
    guard let time, !time.isEmpty else { return "<unknown>" }
    guard let date = Timestamp.date(time) else { return "<invalid>" }
    return text(seconds: Int(now.timeIntervalSince(date).rounded(.down)))
  }

  static func between(_ start: String?, _ end: String?) -> String {
    guard let start = start.flatMap(Timestamp.date), let end = end.flatMap(Timestamp.date) else { return "" }
    return text(seconds: Int(end.timeIntervalSince(start)))
  }
}
