extension TrainingSweep.Spec: ValidatedSpec {
  public func problems() -> [ValidationProblem] {
    var check = SpecCheck()
    checkObjectives(&check)
    checkParameters(&check)
    checkSearch(&check)
    checkLimits(&check)
    checkEarlyStopping(&check)
    if priorityClass != nil, queue == nil {
      check.report(
        "spec.priorityClass",
        "is a Kueue priority and needs queue: set queue, or use priorityClassName in the template")
    }
    check.podTemplate(template, at: "spec.template", restartPolicy: "Never")
    if register != nil, objectives != nil {
      check.report("spec.register", "needs a single best run: use objective instead of objectives, or remove register")
    }
    check.duration(keepJobs, at: "spec.keepJobs")
    return check.problems
  }

  private func checkObjectives(_ check: inout SpecCheck) {
    check.exactlyOne(["objective": objective != nil, "objectives": objectives != nil], at: "spec")
    check.decimal(objective?.target, at: "spec.objective.target")
    check.unique((objectives ?? []).map(\.metric), at: "spec.objectives")
    for objective in objectives ?? [] {
      check.decimal(objective.target, at: "spec.objectives[\(objective.metric)].target")
    }
    if let objectives, !(2...3).contains(objectives.count) {
      check.report("spec.objectives", "takes two or three metrics: use objective for one")
    }
    check.unique((constraints ?? []).map(\.metric), at: "spec.constraints")
    for constraint in constraints ?? [] {
      let path = "spec.constraints[\(constraint.metric)]"
      if constraint.min == nil, constraint.max == nil { check.report(path, "needs min, max or both: set at least one") }
      check.bounds(min: constraint.min, max: constraint.max, at: path)
    }
  }

  private func checkLimits(_ check: inout SpecCheck) {
    if crossValidation != nil, nodeCount > 1 {
      check.report("spec.nodes", "cannot be combined with crossValidation: remove one of them")
    }
    check.duration(trials?.timeout, at: "spec.trials.timeout", positive: true)
    check.duration(trials?.metricGracePeriod, at: "spec.trials.metricGracePeriod")
    guard let budget else { return }
    if budget.gpuHours == nil, budget.wallClock == nil, budget.noProgressTrials == nil {
      check.report("spec.budget", "needs gpuHours, wallClock or noProgressTrials: set at least one, or remove budget")
    }
    if let hours = check.decimal(budget.gpuHours, at: "spec.budget.gpuHours") {
      if hours <= 0 { check.report("spec.budget.gpuHours", "must be above 0: raise it") }
      if gpusPerPod == 0 {
        check.report("spec.budget.gpuHours", "counts the GPUs of gpus.perTrial, and there are none: set gpus")
      }
    }
    check.duration(budget.wallClock, at: "spec.budget.wallClock", positive: true)
  }

  private func checkEarlyStopping(_ check: inout SpecCheck) {
    guard let rule = earlyStopping else { return }
    let path = "spec.earlyStopping"
    check.exactlyOne(
      ["asha": rule.asha != nil, "median": rule.median != nil, "patience": rule.patience != nil], at: path)
    if objectives != nil {
      check.report(path, "follows one metric: use objective instead of objectives, or remove earlyStopping")
    }
    if algorithm == .hyperband {
      check.report(path, "cannot be combined with algorithm Hyperband, which stops trials itself: remove one of them")
    }
    if let delta = check.decimal(rule.patience?.minDelta, at: "\(path).patience.minDelta"), delta < 0 {
      check.report("\(path).patience.minDelta", "must not be below 0: raise it")
    }
  }
}
