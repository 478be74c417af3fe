/// Collects the problems of a spec.
struct SpecCheck {
  private(set) var problems: [ValidationProblem] = []

  mutating func report(_ path: String, _ message: String) {
    problems.append(ValidationProblem(path: path, message: message))
  }

  /// The number that a decimal field holds; reports a text that is none.
  @discardableResult
  mutating func decimal(_ text: String?, at path: String) -> Double? {
    guard let text else { return nil }
    guard let value = DecimalText.value(text) else {
      report(path, "\"\(text)\" is not a decimal number: write one such as \"0.05\"")
      return nil
    }
    return value
  }

  /// The length of time that a field holds; reports a text that is none.
  @discardableResult
  mutating func duration(_ text: String?, at path: String, positive: Bool = false) -> Duration? {
    guard let text else { return nil }
    guard let value = DurationText.duration(text) else {
      report(path, "\"\(text)\" is not a duration: write one such as 90s, 5m, 1h30m or 14d")
      return nil
    }
    if positive, value <= .zero { report(path, "must be longer than 0: raise it") }
    return value
  }

  /// Two optional decimal bounds.
  mutating func bounds(min: String?, max: String?, at path: String) {
    let low = decimal(min, at: "\(path).min")
    let high = decimal(max, at: "\(path).max")
    if let low, let high, low > high {
      report("\(path).min", "is above max: lower min or raise max")
    }
  }

  /// A decimal field that must lie in an open or closed interval.
  mutating func decimal(_ text: String?, at path: String, within range: ClosedRange<Double>, open: Bool = false) {
    guard let value = decimal(text, at: path) else { return }
    let isInside = open ? value > range.lowerBound && value < range.upperBound : range.contains(value)
    guard !isInside else { return }
    let (low, high) = (DecimalText.text(range.lowerBound) ?? "", DecimalText.text(range.upperBound) ?? "")
    report(path, open ? "must be above \(low) and below \(high)" : "must be from \(low) to \(high)")
  }

  /// A union: exactly one of some members is set.
  mutating func exactlyOne(_ members: KeyValuePairs<String, Bool>, at path: String) {
    let present = members.filter(\.value).map(\.key)
    guard present.count != 1 else { return }
    let names = Self.list(members.map(\.key), "and")
    let found = present.isEmpty ? "none is" : "\(Self.list(present, "and")) are"
    report(path, "exactly one of \(names) must be set; \(found)")
  }

  /// Names that tell the elements of a list apart.
  mutating func unique(_ names: [String], at path: String) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      report("\(path)[\(name)]", "is there more than once: rename or remove one")
    }
  }

  /// `a`, `a or b`, `a, b or c`.
  static func list(_ words: [String], _ last: String) -> String {
    guard words.count > 1, let final = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(last) " + final
  }
}
