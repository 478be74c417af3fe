import CRDTypes
import FoundationEssentials

/// How long ago something was, short: the two units of `kubectl get` up to days, then one.
enum Age {
  static func text(since moment: String?, at now: Date) -> String {
    guard let moment, let date = Timestamp.date(moment) else { return "<unknown>" }
    return text(seconds: Int(now.timeIntervalSince(date)))
  }

  /// The rules are those of apimachinery's `duration.HumanDuration`, without its years.
  static func text(seconds: Int) -> String {
    let seconds = max(0, seconds)
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    func pair(_ whole: Int, _ unit: String, _ rest: Int, _ small: String) -> String {
      rest == 0 ? "\(whole)\(unit)" : "\(whole)\(unit)\(rest)\(small)"
    }
    if seconds < 120 { return "\(seconds)s" }
    if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
    if hours < 3 { return "\(minutes)m" }
    if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    if days < 8 { return pair(days, "d", hours % 24, "h") }
    return "\(days)d"
  }
}
