import ArgumentParser
import CRDTypes
import FoundationEssentials
import JSON

struct SweepBestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "Shows a sweep's best trial, why it won, and what came next.",
    usage: "kubectl martlet sweep best <sweep> [-o text|json|env]",
    discussion: "With several objectives it shows the trials that no other beats in all of them.")

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, env
  }

  @Argument(help: "The name of a TrainingSweep.")
  var sweep: String

  @Option(name: [.short, .long], help: "How to print: text, json, or env for lines NAME=value of the parameters.")
  var output = Format.text

  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    try await cluster.withClient { client in
      let object = try await cluster.sweep(sweep, client)
      let report = BestReport(object)
      switch output {
      case .text: print(report.text)
      case .json: print(report.json.text(indent: 2))
      case .env: print(try report.environment())
      }
    }
  }
}

/// What a sweep's status says of its best trials.
struct BestReport: Sendable {
  private let sweep: DynamicObject
  private let goal: SweepGoal
  private let best: TrialRow?
  private let others: [TrialRow]
  private let front: [TrialRow]

  init(_ sweep: DynamicObject) {
    self.sweep = sweep
    goal = SweepGoal(sweep)
    best = sweep.status["best"].flatMap { TrialRow(status: $0, failed: false) }
    others = (sweep.status["top"]?.array ?? []).dropFirst().compactMap { TrialRow(status: $0, failed: false) }
    front = (sweep.status["front"]?.array ?? []).compactMap { TrialRow(status: $0, failed: false) }
  }

  var text: String {
    let progress = "\(sweep.status["progress"]?.string ?? "0") trials are over"
    if !front.isEmpty {
      return "\(front.count) trials that no other beats in \(list(goal.objectives.map(\.metric))); \(progress).\n\n"
        + TrialTable(goal: goal, rows: front.map(\.onFront)).text(wide: false)
    }
    guard let best else { return "No trial has a result yet; \(progress)." }
    var lines = ["Trial \(best.number) is the best: \(goal.objectives.first?.metric ?? "value") \(value(best))"]
    for name in goal.parameters { if let text = best.parameters[name] { lines.append("  \(name) = \(text)") } }
    if let run = best.runID { lines.append("MLflow run: \(run)") }
    lines.append("Why: \(why(best)); \(progress).")
    if let version = sweep.status[path: "registered", "version"]?.string {
      lines.append("Registered: version \(version) of \(sweep.status[path: "registered", "model"]?.string ?? "")")
    }
    if !others.isEmpty {
      lines += ["", "Next:", TrialTable(goal: goal, rows: others).text(wide: false)]
    }
    return lines.joined(separator: "\n")
  }

  private func value(_ row: TrialRow) -> String {
    (row.value.map(Figure.text) ?? "-") + (row.spread.map { " ± \(Figure.text($0)) over the folds" } ?? "")
  }

  private func why(_ best: TrialRow) -> String {
    var text = "the \(goal.objectives.first?.maximizes == true ? "highest" : "lowest") value"
    if !goal.constraints.isEmpty {
      let held = goal.constraints.map { name in "\(name) \(best.metrics[name].map(Figure.text) ?? "-")" }
      text += " of those that keep the constraints (\(list(held)))"
    }
    if let second = others.first, let its = second.value, let own = best.value {
      text += ", \(Figure.text(abs(own - its))) ahead of trial \(second.number)"
    }
    return text
  }

  private func list(_ words: [String]) -> String {
    words.count > 1 ? words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "") : words.first ?? ""
  }

  var json: JSONValue {
    front.isEmpty
      ? ["best": sweep.status["best"] ?? .null, "next": .array(Array((sweep.status["top"]?.array ?? []).dropFirst()))]
      : ["front": sweep.status["front"] ?? .array([])]
  }

  /// Throws a complaint where there is no single best trial.
  func environment() throws -> String {
    guard let best else {
      throw Complaint(
        front.isEmpty
          ? "no trial has a result yet"
          : "several objectives have no single best trial: choose one of the front (-o json)")
    }
    return goal.parameters.compactMap { name in
      best.parameters[name].map { "\(name)='\($0.replacing("'", with: "'\\''"))'" }
    }.joined(separator: "\n")
  }
}

extension TrialRow {
  /// With the objectives in place of a single value.
  fileprivate var onFront: TrialRow {
    var row = self
    row.value = nil
    return row
  }
}
