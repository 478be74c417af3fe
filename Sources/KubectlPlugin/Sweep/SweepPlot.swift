import CRDTypes
import Charting
import FoundationEssentials
import JSON

/// The pictures of a sweep.
struct SweepPlot: Sendable {
  let sweep: DynamicObject
  let rows: [TrialRow]

  private var goal: SweepGoal { SweepGoal(sweep) }

  private func results() throws -> [(row: TrialRow, value: Double)] {
    guard goal.objectives.count == 1 else {
      throw Complaint("the sweep has several objectives, for which there is no such picture")
    }
    return rows.compactMap { row in
      guard row.state == "Succeeded", let value = row.value, value.isFinite else { return nil }
      return (row, value)
    }
  }

  /// The value of each trial, and the best so far of those that break no constraint.
  func convergence() throws -> ScatterChart {
    let results = try results()
    guard !results.isEmpty else { throw Complaint("no trial of \(sweep.name) has a result yet") }
    var best: Double?
    var line: [ScatterChart.Point] = []
    for (row, value) in results {
      if !row.breaksConstraint, goal.isBetter(value, than: best) { best = value }
      if let best { line.append(.init(x: Double(row.number), y: best)) }
    }
    return ScatterChart(
      title: "\(sweep.name): \(goal.objectives[0].metric)", xLabel: "trial", yLabel: goal.objectives[0].metric,
      points: results.map { .init(x: Double($0.row.number), y: $0.value) }, line: line, lineLabel: "best so far")
  }

  func importance() throws -> BarChart {
    let results = try results()
    guard results.count >= Importance.least else {
      throw Complaint(
        "importance needs at least \(Importance.least) results, and \(sweep.name) has \(results.count)")
    }
    let shares = Importance(sweep: sweep).shares(
      results.map { ($0.row.parameters, goal.objectives[0].maximizes ? -$0.value : $0.value) })
    return BarChart(
      title: "\(sweep.name): what \(goal.objectives[0].metric) depends on", bars: shares.map { ($0.name, $0.share) })
  }
}
