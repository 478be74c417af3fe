extension ModelDeployment.Spec: ValidatedSpec {
  public func problems() -> [ValidationProblem] {
    var check = SpecCheck()
    model.check(&check)
    if server != nil, template != nil {
      check.report("spec.template", "the pod is described by server or template: remove one of them")
    }
    for variable in server?.env ?? [] where variable.value != nil && variable.valueFrom != nil {
      check.report("spec.server.env[\(variable.name)]", "has value and valueFrom: remove one of them")
    }
    check.unique((server?.env ?? []).map(\.name), at: "spec.server.env")
    if let template { check.podTemplate(template, at: "spec.template", restartPolicy: "Always") }
    if replicas != nil, autoscaling != nil {
      check.report("spec.replicas", "the number of pods is set by replicas or autoscaling: remove one of them")
    }
    if let cache { check.exactlyOne(["claim": cache.claim != nil, "nodePath": cache.nodePath != nil], at: "spec.cache") }
    autoscaling?.check(&check)
    ingress?.check(&check, at: "spec.ingress", provider: route)
    if routeProvider == .gateway, ingress == nil {
      check.report("spec.ingress", "route Gateway needs the Gateway to attach to: set ingress.gateway")
    }
    rollout?.check(&check)
    return check.problems
  }
}

extension ModelDeployment.ModelSource {
  fileprivate func check(_ check: inout SpecCheck) {
    let path = "spec.model"
    check.exactlyOne(
      [
        "sweep": sweep != nil, "registry": registry != nil, "run": run != nil, "loggedModel": loggedModel != nil,
        "uri": uri != nil,
      ], at: path)
    if let registry {
      check.exactlyOne(
        ["alias": registry.alias != nil, "version": registry.version != nil], at: "\(path).registry")
    }
  }
}

extension ModelDeployment.Autoscaling {
  fileprivate func check(_ check: inout SpecCheck) {
    if minimum > max { check.report("spec.autoscaling.min", "is above max: lower min or raise max") }
    if cpu == nil, memory == nil, metrics?.isEmpty ?? true {
      check.report("spec.autoscaling", "needs a metric: set cpu, memory or metrics")
    }
  }
}

extension ModelDeployment.Rollout {
  fileprivate func check(_ check: inout SpecCheck) {
    let path = "spec.rollout"
    for (index, step) in (steps ?? []).enumerated() {
      check.duration(step.hold, at: "\(path).steps[\(index)].hold")
      if index > 0, let before = steps?[index - 1].weight, before >= step.weight {
        check.report(
          "\(path).steps[\(index)].weight",
          "must be above the \(before) of the step before: order the steps by rising weight")
      }
    }
    if strategy == .shadow, steps?.isEmpty ?? true, checks?.isEmpty ?? true {
      check.report("\(path).strategy", "Shadow needs steps or checks: without them nothing is compared")
    }
    check.unique((checks ?? []).map(\.name), at: "\(path).checks")
    for each in checks ?? [] {
      each.check(&check, at: "\(path).checks[\(each.name)]")
      if let router = each.router { self.check(router, at: "\(path).checks[\(each.name)].router", &check) }
    }
    check.duration(deadline, at: "\(path).deadline", positive: true)
    check.duration(drain, at: "\(path).drain")
    check.duration(keepWarm, at: "\(path).keepWarm")
  }
}

extension ModelDeployment.Rollout {
  /// A router can count only what it is asked, at every step.
  private func check(_ router: ModelDeployment.RouterCheck, at path: String, _ check: inout SpecCheck) {
    guard (strategy ?? .canary) != .shadow else { return }
    let weights = strategy == .blueGreen ? [] : (steps ?? []).map(\.weight)
    if weights.isEmpty || weights.contains(0) {
      check.report(
        path, "a new revision has no requests to count: use the strategy Canary with steps of a weight above 0, or Shadow")
    } else if router.maxErrorShareAboveStable != nil, weights.contains(100) {
      check.report(
        "\(path).maxErrorShareAboveStable", "at a step of weight 100 nothing is left to compare with: remove that step")
    }
  }
}

extension ModelDeployment.Check {
  fileprivate func check(_ check: inout SpecCheck, at path: String) {
    check.exactlyOne(
      ["prometheus": prometheus != nil, "sql": sql != nil, "router": router != nil, "metric": metric != nil],
      at: path)
    if let query = prometheus { Self.bounds(query.min, query.max, at: "\(path).prometheus", &check) }
    if let query = sql { Self.bounds(query.min, query.max, at: "\(path).sql", &check) }
    if let router {
      let path = "\(path).router"
      if router.maxErrorShare == nil, router.maxErrorShareAboveStable == nil, router.maxMeanLatency == nil {
        check.report(path, "needs a limit: set maxErrorShare, maxErrorShareAboveStable or maxMeanLatency")
      }
      check.decimal(router.maxErrorShare, at: "\(path).maxErrorShare", within: 0...1)
      check.decimal(router.maxErrorShareAboveStable, at: "\(path).maxErrorShareAboveStable", within: 0...1)
      check.duration(router.maxMeanLatency, at: "\(path).maxMeanLatency", positive: true)
    }
    if let metric {
      let path = "\(path).metric"
      if metric.min == nil, metric.max == nil, metric.notBelowStable == nil, metric.notAboveStable == nil {
        check.report(path, "needs a limit: set min, max, notBelowStable or notAboveStable")
      }
      check.bounds(min: metric.min, max: metric.max, at: path)
    }
  }

  private static func bounds(_ min: String?, _ max: String?, at path: String, _ check: inout SpecCheck) {
    if min == nil, max == nil { check.report(path, "needs min, max or both: set at least one") }
    check.bounds(min: min, max: max, at: path)
  }
}
