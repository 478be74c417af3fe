import CRDTypes
import JSON

/// The objective of an Experiment.
struct KatibObjective: Sendable {
  let json: JSONValue
  let notes: [String]

  init(_ objective: JSONValue) throws {
    guard let metric = objective["objectiveMetricName"]?.string, !metric.isEmpty else {
      throw Complaint("spec.objective.objectiveMetricName of the Experiment is missing")
    }
    let maximizes: Bool
    switch objective["type"]?.string {
    case "maximize": maximizes = true
    case "minimize": maximizes = false
    case let type: throw Complaint("spec.objective.type must be maximize or minimize, not \(type ?? "(none)")")
    }
    // Without a strategy Katib takes the best value of the curve (experiment_defaults.go).
    let strategies = objective["metricStrategies"]?.array ?? []
    let strategy = strategies.first { $0["name"]?.string == metric }?["value"]?.string ?? (maximizes ? "max" : "min")
    let statistic = ["latest": "Last", "min": "Min", "max": "Max"][strategy] ?? "Last"
    json = .compact([
      "metric": .string(metric), "goal": maximizes ? "Maximize" : "Minimize", "statistic": .string(statistic),
      "target": objective["goal"]?.double.flatMap(DecimalText.text).map(JSONValue.string)
        ?? objective["goal"]?.string.map(JSONValue.string),
    ])
    let more = (objective["additionalMetricNames"]?.array ?? []).compactMap(\.string)
    notes =
      more.isEmpty
      ? []
      : ["objective.additionalMetricNames (\(more.joined(separator: ", "))) need no mention: MLflow has all metrics"]
  }
}
