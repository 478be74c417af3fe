extension TrainingSweep.Spec {
  func checkSearch(_ check: inout SpecCheck) {
    if (search?.hyperband != nil) != (algorithm == .hyperband) {
      check.report("spec.search.hyperband", "belongs to algorithm Hyperband, which needs it: set both or neither")
    }
    if let settings = search?.hyperband, settings.minSteps ?? 1 > settings.maxSteps {
      check.report("spec.search.hyperband.minSteps", "is above maxSteps: lower minSteps or raise maxSteps")
    }
    if objectives != nil, algorithm == .cmaes || algorithm == .hyperband {
      check.report(
        "spec.search.algorithm", "\(algorithm.rawValue) takes one objective: use Auto, Random, Grid, Sobol, TPE or GP")
    }
    if algorithm == .cmaes, parameters.allSatisfy({ $0.categorical != nil }) {
      check.report("spec.search.algorithm", "CMAES needs a numeric parameter: use Auto, Grid, Random or TPE")
    }
    if algorithm == .grid { checkGrid(&check) }
    check.unique((search?.warmStart ?? []).map(\.sweep), at: "spec.search.warmStart")
    for (index, point) in (search?.points ?? []).enumerated() {
      checkPoint(point, at: "spec.search.points[\(index)]", &check)
    }
  }

  private func checkGrid(_ check: inout SpecCheck) {
    for parameter in parameters {
      guard let range = parameter.double, range.step == nil else { continue }
      check.report(
        "spec.parameters[\(parameter.name)].double.step",
        "algorithm Grid needs it: add step, or list the values as categorical.choices")
    }
    if let size = gridSize, size > maxTrials {
      check.report(
        "spec.parameters",
        "the grid has \(size) combinations and trials.max is \(maxTrials): raise trials.max to \(size), take larger "
          + "steps, or use another algorithm")
    }
  }

  private func checkPoint(_ point: [String: String], at path: String, _ check: inout SpecCheck) {
    for (name, text) in point.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        let names = SpecCheck.list(parameters.map(\.name), "and")
        check.report("\(path).\(name)", "there is no such parameter: the sweep has \(names)")
        continue
      }
      if let problem = parameter.objection(to: text) { check.report("\(path).\(name)", problem) }
    }
  }
}

extension TrainingSweep.Spec {
  /// How many combinations the parameters have; a conditional parameter counts in the combinations that have it
  /// only. Nil where a range has no step or does not parse, and where the number is too large to count.
  public var gridSize: Int64? {
    product(parameters.filter { $0.when == nil }.map(subtreeSize))
  }

  /// The combinations of a parameter and of those that depend on it: each names one other, so they form trees.
  private func subtreeSize(_ parameter: TrainingSweep.Parameter) -> Int64? {
    let dependents = parameters.filter { $0.when?.parameter == parameter.name && $0.name != parameter.name }
    guard let choices = parameter.categorical?.choices, !dependents.isEmpty else { return parameter.valueCount }
    let sizes = dependents.map(subtreeSize)
    var total: Int64 = 0
    for choice in choices {
      let present = zip(dependents, sizes).filter { $0.0.when?.in.contains(choice) ?? false }
      guard let size = product(present.map(\.1)) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(size)
      if overflow { return nil }
      total = sum
    }
    return total
  }

  private func product(_ factors: [Int64?]) -> Int64? {
    var out: Int64 = 1
    for factor in factors {
      guard let factor else { return nil }
      let (product, overflow) = out.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      out = product
    }
    return out
  }
}

extension TrainingSweep.Parameter {
  /// How many values there are; nil for a range of real numbers without a step.
  public var valueCount: Int64? {
    if let choices = categorical?.choices { return Int64(choices.count) }
    if let range = self.int {
      let step = max(1, range.step ?? 1)
      let (width, overflow) = range.max.subtractingReportingOverflow(range.min)
      guard !overflow, width >= 0 else { return nil }
      return width / step + 1
    }
    guard let range = self.double, let low = DecimalText.value(range.min), let high = DecimalText.value(range.max),
      let step = range.step.flatMap(DecimalText.value), step > 0, low <= high
    else { return nil }
    // A step such as 0.1 is not exact in binary: a width that is short of a whole number of steps by rounding
    // alone counts as whole.
    let count = ((high - low) / step * (1 + 1e-12) + 1e-9).rounded(.down) + 1
    return Int64(exactly: count)
  }

  /// Why a value is not one of this parameter's; nil if it is.
  public func objection(to text: String) -> String? {
    if let choices = categorical?.choices {
      return choices.contains(text) ? nil : "\(text) is not a choice: use \(SpecCheck.list(choices, "or"))"
    }
    if let range = self.int {
      guard let value = Int64(text) else { return "\(text) is not an integer" }
      return (range.min <= value && value <= range.max) ? nil : "\(text) is outside \(range.min) to \(range.max)"
    }
    guard let range = self.double, let low = DecimalText.value(range.min), let high = DecimalText.value(range.max)
    else { return nil }
    guard let value = DecimalText.value(text) else { return "\(text) is not a decimal number" }
    return (low <= value && value <= high) ? nil : "\(text) is outside \(range.min) to \(range.max)"
  }
}
