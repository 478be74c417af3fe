import JSON

/// The algorithm and the early stopping of an Experiment.
struct KatibAlgorithm: Sendable {
  let search: JSONValue
  let stopping: JSONValue?
  let notes: [String]

  /// What Katib calls the algorithms (pkg/suggestion).
  private static let names = [
    "random": "Random", "grid": "Grid", "tpe": "TPE", "multivariate-tpe": "TPE", "bayesianoptimization": "GP",
    "cmaes": "CMAES", "sobol": "Sobol", "hyperband": "Hyperband",
  ]

  init(_ algorithm: JSONValue, stopping rule: JSONValue?) {
    var notes: [String] = []
    let name = algorithm["algorithmName"]?.string ?? "random"
    var settings: [String: String] = [:]
    for entry in algorithm["algorithmSettings"]?.array ?? [] {
      if let key = entry["name"]?.string { settings[key] = entry["value"]?.string ?? "" }
    }
    var search: JSONObject = [:]
    if let known = Self.names[name] {
      search["algorithm"] = .string(known)
    } else {
      search["algorithm"] = "Auto"
      notes.append("algorithm \(name) has no counterpart: Auto picks one by the space and the budget")
    }
    if let seed = (settings.removeValue(forKey: "random_state") ?? settings.removeValue(forKey: "seed")).flatMap({
      Int64($0)
    }),
      seed >= 0
    {
      search["seed"] = .integer(seed)
    }
    if name == "hyperband" {
      let most = settings.removeValue(forKey: "r_l").flatMap(Double.init).map { Int64($0) } ?? 81
      let factor = settings.removeValue(forKey: "eta").flatMap(Double.init).map { Int64($0) } ?? 3
      search["hyperband"] = ["maxSteps": .integer(max(1, most)), "reductionFactor": .integer(max(2, factor))]
      if let parameter = settings.removeValue(forKey: "resource_name") {
        notes.append(
          "algorithmSettings resource_name (\(parameter)) has no counterpart: each trial runs on until it is stopped, so "
            + "train for \(most) steps and log the metric at each with its step")
      }
    }
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      notes.append("algorithmSettings \(key)=\(value) has no counterpart: the published defaults hold")
    }
    self.search = .object(search)
    (stopping, self.notes) = Self.stopping(rule, hyperband: name == "hyperband", notes)
  }

  private static func stopping(
    _ rule: JSONValue?, hyperband: Bool, _ notes: [String]
  ) -> (JSONValue?, [String]) {
    guard let rule, let name = rule["algorithmName"]?.string else { return (nil, notes) }
    guard !hyperband else {
      return (nil, notes + ["earlyStopping is left out: Hyperband stops trials itself"])
    }
    guard name == "medianstop" else {
      return (nil, notes + ["earlyStopping \(name) has no counterpart: see earlyStopping.asha, median and patience"])
    }
    var median: JSONObject = [:]
    for entry in rule["algorithmSettings"]?.array ?? [] {
      guard let value = entry["value"]?.string.flatMap({ Int64($0) }) else { continue }
      switch entry["name"]?.string {
      case "min_trials_required": median["minTrials"] = .integer(max(1, value))
      case "start_step": median["minSteps"] = .integer(max(0, value))
      default: break
      }
    }
    return (
      ["median": .object(median)],
      notes + [
        "earlyStopping medianstop compares with the median of running averages, where Katib takes a mean of first steps"
      ]
    )
  }
}
