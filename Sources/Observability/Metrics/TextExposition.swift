/// The Prometheus text exposition format, version 0.0.4.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
public enum TextExposition {
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  static func writeHeader(_ description: MetricDescription, into out: inout String) {
    out += "# HELP \(description.name) \(escapedHelp(description.help))\n"
    out += "# TYPE \(description.name) \(description.kind.rawValue)\n"
  }

  static func writeSample(
    _ name: String, labels: [String], values: [String], extra: (String, String)? = nil, value: Double,
    into out: inout String
  ) {
    out += name
    var pairs = zip(labels, values).map { "\($0)=\"\(escapedLabel($1))\"" }
    if let extra { pairs.append("\(extra.0)=\"\(escapedLabel(extra.1))\"") }
    if !pairs.isEmpty { out += "{" + pairs.joined(separator: ",") + "}" }
    out += " " + text(value) + "\n"
  }

  /// In a help text, backslash and line feed are escaped.
  static func escapedHelp(_ text: String) -> String { escaped(text, quote: false) }

  /// In a label value, backslash, double quote and line feed are escaped.
  static func escapedLabel(_ text: String) -> String { escaped(text, quote: true) }

  private static func escaped(_ text: String, quote: Bool) -> String {
    guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || ($0 == 0x22 && quote) }) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\"" where quote: out += "\\\""
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A sample's value as Go reads it: whole numbers without a fraction, and `+Inf`, `-Inf`, `NaN`.
  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
    return String(value)
  }
}
