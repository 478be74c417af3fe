import FoundationEssentials
import JSON

/// Trials as rows of a table.
struct TrialTable: Sendable {
  static let states = ["Queued", "Running", "Succeeded", "Stopped", "Failed", "Disrupted"]

  let goal: SweepGoal
  var rows: [TrialRow]

  func keeping(states: [String]) -> TrialTable {
    guard !states.isEmpty else { return self }
    return TrialTable(goal: goal, rows: rows.filter { states.contains($0.state) })
  }

  func sorted(by order: TrialOrder) -> TrialTable {
    let sorted = rows.sorted { left, right in
      switch order {
      case .number: break
      case .value:
        // What breaks a constraint cannot be the best.
        if left.breaksConstraint != right.breaksConstraint { return right.breaksConstraint }
        if goal.isBetter(left.value, than: right.value) { return true }
        if goal.isBetter(right.value, than: left.value) { return false }
      case .duration:
        let (a, b) = (left.duration ?? -1, right.duration ?? -1)
        if a != b { return a > b }
      case .state:
        let (a, b) = (Self.states.firstIndex(of: left.state) ?? 9, Self.states.firstIndex(of: right.state) ?? 9)
        if a != b { return a < b }
      }
      return left.number < right.number
    }
    return TrialTable(goal: goal, rows: sorted)
  }

  func limited(to limit: Int?) -> TrialTable { TrialTable(goal: goal, rows: Array(rows.prefix(limit ?? rows.count))) }

  func text(wide: Bool) -> String {
    guard !rows.isEmpty else { return "No trials." }
    let metrics = goal.metrics.isEmpty ? ["VALUE"] : goal.metrics
    let header =
      ["TRIAL", "STATE"] + metrics.map { $0.uppercased() } + ["DURATION"]
      + goal.parameters.map { $0.uppercased() } + (wide ? ["RUN", "REASON"] : [])
    let cells = rows.map { row in
      let name = row.attempt == 0 ? "\(row.number)" : "\(row.number) (attempt \(row.attempt + 1))"
      var line = [name, row.state]
      for (index, metric) in metrics.enumerated() {
        let value = index == 0 ? row.value ?? row.metrics[metric] : row.metrics[metric]
        let mark = index == 0 && row.breaksConstraint ? "!" : ""
        let spread = index == 0 ? row.spread.map { "±" + Figure.text($0) } ?? "" : ""
        line.append(value.map { Figure.text($0) + spread + mark } ?? "-")
      }
      line.append(row.duration.map { Age.text(seconds: Int($0)) } ?? "-")
      line += goal.parameters.map { name in row.parameters[name].map(Figure.shortened) ?? "-" }
      if wide { line += [row.runID ?? "-", row.reason ?? "-"] }
      return line
    }
    let note = rows.contains(where: \.breaksConstraint) ? "\n! breaks a constraint: never the best" : ""
    return TextTable(header, cells).text + note
  }

  var json: JSONValue {
    .array(
      rows.map { row in
        .compact([
          "trial": .integer(Int64(row.number)), "attempt": .integer(Int64(row.attempt)), "state": .string(row.state),
          "value": row.value.flatMap { $0.isFinite ? .number($0) : .string("\($0)") },
          "spread": row.spread.map(JSONValue.number),
          "metrics": .object(JSONObject(row.metrics.mapValues { $0.isFinite ? .number($0) : .string("\($0)") })),
          "breaksConstraint": .bool(row.breaksConstraint), "durationSeconds": row.duration.map(JSONValue.number),
          "parameters": JSONValue(row.parameters), "runID": row.runID.map(JSONValue.string),
          "reason": row.reason.map(JSONValue.string), "message": row.message.map(JSONValue.string),
        ])
      })
  }
}

/// Numbers for people: six digits.
enum Figure {
  static func text(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let magnitude = abs(value)
    guard magnitude >= 1e-4, magnitude < 1e9 else { return exponential(value) }
    var scale = 1.0
    while magnitude * scale < 1e5, scale < 1e10 { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
  }

  private static func exponential(_ value: Double) -> String {
    var exponent = 0
    var mantissa = abs(value)
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    let digits = (mantissa * 10_000).rounded() / 10_000
    return "\(value < 0 ? "-" : "")\(digits)e\(exponent)"
  }

  /// A parameter's text, cut to six digits where it is a number with more.
  static func shortened(_ text: String) -> String {
    guard text.contains("."), let value = Double(text) else { return text }
    return Self.text(value)
  }
}
