extension ABExperiment.Spec: ValidatedSpec {
  public func problems() -> [ValidationProblem] {
    var check = SpecCheck()
    ingress?.check(&check, at: "spec.ingress", provider: route)
    check.exactlyOne(
      ["header": assignment.header != nil, "cookie": assignment.cookie != nil], at: "spec.assignment")
    checkVariants(&check)
    checkMetrics(&check)
    analysis?.check(&check)
    bandit?.check(&check, variants: variants.count)
    if onDecision != nil, analysis == nil {
      check.report("spec.onDecision", "needs a way to decide: set analysis")
    }
    return check.problems
  }

  private func checkVariants(_ check: inout SpecCheck) {
    let path = "spec.variants"
    check.unique(variants.map(\.name), at: path)
    if !(2...16).contains(variants.count) {
      check.report(path, "takes 2 to 16 variants, and there are \(variants.count)")
    }
    let weights = variants.compactMap(\.weight)
    if weights.count == variants.count {
      let sum = weights.reduce(0, +)
      if sum != 100 { check.report(path, "the weights sum to \(sum), not 100: change weight") }
    } else if bandit == nil || !weights.isEmpty {
      for variant in variants where variant.weight == nil {
        let hint = bandit == nil ? "set weight" : "set weight on all variants or on none"
        check.report("\(path)[\(variant.name)].weight", "is missing: \(hint)")
      }
    }
    for variant in variants where !(0...100).contains(variant.weight ?? 0) {
      check.report("\(path)[\(variant.name)].weight", "must be from 0 to 100")
    }
    let controls = variants.filter(\.isControl).map(\.name)
    if controls.count != 1 {
      let found = controls.isEmpty ? "none is" : "\(SpecCheck.list(controls, "and")) are"
      check.report(path, "exactly one variant must be the control, and \(found): set control: true on one of them")
    }
  }

  private func checkMetrics(_ check: inout SpecCheck) {
    let metrics = metrics ?? []
    check.unique(metrics.map(\.name), at: "spec.metrics")
    for metric in metrics { metric.check(&check) }
    if analysis != nil || bandit != nil, !metrics.contains(where: { $0.role == .decision }) {
      check.report("spec.metrics", "analysis and bandit need a metric that decides: give one the role Decision")
    }
  }
}

extension ABExperiment.Metric {
  fileprivate func check(_ check: inout SpecCheck) {
    let path = "spec.metrics[\(name)]"
    if sql != nil, prometheus != nil {
      check.report(path, "comes from sql or prometheus: remove one of them")
    } else if sql == nil, prometheus == nil, ABExperiment.RouterMeasure(rawValue: name) == nil {
      let names = SpecCheck.list(ABExperiment.RouterMeasure.allCases.map(\.rawValue), "or")
      check.report(path, "needs a source: set sql or prometheus, or name what the router measures: \(names)")
    }
    if role == .guardrail, min == nil, max == nil, margin == nil {
      check.report(path, "a Guardrail needs a limit: set min, max or margin")
    }
    check.bounds(min: min, max: max, at: path)
    check.decimal(margin, at: "\(path).margin")
  }
}

extension ABExperiment.Analysis {
  fileprivate func check(_ check: inout SpecCheck) {
    let path = "spec.analysis"
    check.decimal(alpha, at: "\(path).alpha", within: 0...1, open: true)
    check.decimal(power, at: "\(path).power", within: 0...1, open: true)
    if let effect = check.decimal(minEffect, at: "\(path).minEffect"), effect <= 0 {
      check.report("\(path).minEffect", "must be above 0: raise it")
    }
    if method == .fixedHorizon, minEffect == nil {
      check.report("\(path).minEffect", "is missing: FixedHorizon needs the effect to plan for")
    }
    check.duration(maxDuration, at: "\(path).maxDuration", positive: true)
    check.duration(every, at: "\(path).every", positive: true)
  }
}

extension ABExperiment.Bandit {
  fileprivate func check(_ check: inout SpecCheck, variants: Int) {
    let path = "spec.bandit"
    check.decimal(epsilon, at: "\(path).epsilon", within: 0...1)
    check.duration(every, at: "\(path).every", positive: true)
    let least = minWeight ?? 1
    if least * Int64(variants) > 100 {
      check.report("\(path).minWeight", "\(variants) variants with \(least) each are more than 100: lower it")
    }
  }
}
