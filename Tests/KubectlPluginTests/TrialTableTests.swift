import CRDTypes
import Charting
import FoundationEssentials
import JSON
import Testing

@testable import KubectlPlugin

/// A sweep with an objective, a constraint and two parameters.
private func sweep(_ status: JSONValue = .object([:])) -> DynamicObject {
  var sweep = DynamicObject(TrainingSweep.type, ObjectKey(namespace: "ml", name: "churn"))
  sweep.spec = [
    "objective": ["metric": "auc", "goal": "Maximize"], "constraints": [["metric": "latency", "max": "20"]],
    "parameters": [
      ["name": "lr", "double": ["min": "0.001", "max": "1", "scale": "Log"]],
      ["name": "act", "categorical": ["choices": ["relu", "tanh"]]],
    ],
  ]
  sweep.json["status"] = status
  return sweep
}

private func run(_ trial: Int, _ value: Double?, _ more: [String: String] = [:], lr: Double = 0.1) -> JSONValue {
  var tags = [
    "martlet.trial": "\(trial)", "martlet.attempt": "0", "martlet.parameters": #"{"lr":"\#(lr)","act":"relu"}"#,
    "martlet.seconds": "\(60 + trial)",
  ]
  if let value { tags.merge(["martlet.outcome": "Succeeded", "martlet.value": "\(value)"]) { $1 } }
  tags.merge(more) { $1 }
  return [
    "info": ["run_id": .string("run-\(trial)"), "start_time": 1_800_000_000_000],
    "data": [
      "tags": .array(tags.map { ["key": .string($0.key), "value": .string($0.value)] }),
      "metrics": [["key": "auc", "value": value.map(JSONValue.number) ?? "NaN"], ["key": "latency", "value": 12.5]],
    ],
  ]
}

@Suite("Trials of a sweep")
struct TrialTableTests {
  private let now = Date(timeIntervalSince1970: 1_800_000_030)

  private var rows: [TrialRow] {
    [
      run(0, 0.7), run(1, 0.9, ["martlet.violation": "3"]), run(2, 0.8), run(3, nil),
      run(4, nil, ["martlet.outcome": "Failed", "martlet.reason": "ExitCode"]),
      run(5, nil, ["martlet.fold": "1"]),
    ].compactMap { TrialRow(run: $0, metrics: ["auc", "latency"], now: now) }
  }

  @Test("a run becomes a row, and the runs of folds become none")
  func rowsOfRuns() throws {
    #expect(rows.map(\.number) == [0, 1, 2, 3, 4])
    #expect(rows.map(\.state) == ["Succeeded", "Succeeded", "Succeeded", "Running", "Failed"])
    #expect(rows[3].duration == 63 || rows[3].duration == 30)
    #expect(rows[0].parameters == ["lr": "0.1", "act": "relu"])
    #expect(rows[1].breaksConstraint)
  }

  @Test(
    "orders put the best that keeps the constraints, or what took longest, first",
    arguments: [(TrialOrder.value, [2, 0, 3, 4, 1]), (.number, [0, 1, 2, 3, 4]), (.state, [3, 0, 1, 2, 4])])
  func orders(order: TrialOrder, expected: [Int]) {
    let table = TrialTable(goal: SweepGoal(sweep()), rows: rows)
    #expect(table.sorted(by: order).rows.map(\.number) == expected)
  }

  @Test("the table has the metrics and parameters as columns, and marks broken constraints")
  func text() {
    let table = TrialTable(goal: SweepGoal(sweep()), rows: rows).sorted(by: .number)
    let lines = table.text(wide: true).split(separator: "\n")
    #expect(lines[0].hasPrefix("TRIAL   STATE"))
    for column in ["AUC", "LATENCY", "LR", "ACT", "RUN", "REASON"] { #expect(lines[0].contains(column)) }
    #expect(lines[2].contains("0.9!"))
    #expect(lines[5].contains("ExitCode"))
    #expect(lines.last?.hasPrefix("! breaks a constraint") == true)
    #expect(table.keeping(states: ["Failed"]).rows.map(\.number) == [4])
    #expect(table.limited(to: 2).rows.count == 2)
    #expect(table.json.array?.first?["parameters"]?["lr"]?.string == "0.1")
  }

  @Test(
    "numbers have six digits",
    arguments: [
      (0.0, "0"), (0.123456789, "0.123457"), (12, "12"), (1234567.5, "1234568"), (1e-7, "1.0e-7"), (-2.5e12, "-2.5e12"),
    ])
  func figures(value: Double, text: String) {
    #expect(Figure.text(value) == text)
  }

  @Test("the best trial is shown with its parameters, why it won, and what came next")
  func best() throws {
    let object = sweep([
      "progress": "5/8",
      "best": [
        "trial": 2, "runID": "run-2", "value": "0.8", "metrics": ["latency": "12"],
        "parameters": ["lr": "0.1", "act": "it's"],
      ],
      "top": [
        ["trial": 2, "value": "0.8", "parameters": ["lr": "0.1"]],
        ["trial": 0, "value": "0.7", "parameters": ["lr": "0.2"]],
      ],
    ])
    let report = BestReport(object)
    #expect(report.text.contains("Trial 2 is the best: auc 0.8"))
    #expect(report.text.contains("keep the constraints (latency 12), 0.1 ahead of trial 0"))
    #expect(try report.environment() == "lr='0.1'\nact='it'\\''s'")
    #expect(throws: Complaint.self) { try BestReport(sweep()).environment() }
    #expect(BestReport(sweep(["progress": "0/8"])).text.contains("No trial has a result yet"))
  }

  @Test("the view tells counts, the best and the time left within the width, and its end")
  func view() throws {
    var object = sweep([
      "progress": "2/8",
      "trials": ["planned": 8, "queued": 1, "running": 2, "succeeded": 2, "stopped": 0, "failed": 0],
      "best": ["trial": 1, "value": "0.9", "parameters": ["lr": "0.1"]], "startTime": "2027-01-15T08:00:00Z",
      "estimatedCompletionTime": "2027-01-15T08:05:00Z", "gpuHours": "1.5",
    ])
    let view = SweepView(sweep: object, jobs: [], now: now, width: 80)
    let text = view.lines.joined(separator: "\n")
    #expect(text.contains("2/8") && text.contains("running 2") && text.contains("trial 1, auc 0.9"))
    #expect(text.contains("about 4m30s left") && text.contains("1.5 GPU-hours"))
    #expect(view.lines.allSatisfy { $0.count <= 80 })
    #expect(view.line == "2/8 queued=1 running=2 succeeded=2 stopped=0 failed=0 best=0.9")
    #expect(SweepView.end(of: object) == nil)
    object.json[path: "status", "conditions"] = [
      ["type": "Succeeded", "status": "False", "reason": "TooManyFailures", "message": "3 trials have failed"]
    ]
    object.json[path: "status", "observedGeneration"] = 0
    #expect(SweepView.end(of: object)?.succeeded == false)
  }

  @Test("importance finds the parameter that decides, and wants ten results")
  func importance() throws {
    var results: [JSONValue] = []
    for trial in 0..<40 {
      let lr = [0.001, 0.01, 0.1, 1.0][trial % 4] * (1 + Double(trial) / 100)
      results.append(
        run(
          trial, -abs(lr - 0.1),
          ["martlet.parameters": #"{"lr":"\#(min(1, lr))","act":"\#(trial % 3 == 0 ? "relu" : "tanh")"}"#]))
    }
    let rows = results.compactMap { TrialRow(run: $0, metrics: ["auc"], now: now) }
    let chart = try SweepPlot(sweep: sweep(), rows: rows).importance()
    let lines = chart.text(width: 60).split(separator: "\n")
    #expect(lines[1].hasPrefix("lr"))
    #expect(throws: Complaint.self) { try SweepPlot(sweep: sweep(), rows: Array(rows.prefix(9))).importance() }
  }

  @Test("the convergence picture fits the terminal, and is a whole SVG document")
  func convergence() throws {
    let chart = try SweepPlot(sweep: sweep(), rows: rows).convergence()
    #expect(chart.text(width: 70).split(separator: "\n").allSatisfy { $0.count <= 80 })
    let svg = chart.svg()
    #expect(svg.hasPrefix("<svg") && svg.contains("</svg>"))
    #expect(svg.components(separatedBy: "<circle").count == 4)
    #expect(throws: Complaint.self) { try SweepPlot(sweep: sweep(), rows: []).convergence() }
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: false)
  }
}
