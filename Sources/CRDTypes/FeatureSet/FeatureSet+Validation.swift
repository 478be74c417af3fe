extension FeatureSet.Spec: ValidatedSpec {
  public func problems() -> [ValidationProblem] {
    var check = SpecCheck()
    let keys = entity.keys.map(\.name)
    if keys.isEmpty { check.report("spec.entity.keys", "is empty: name the columns that name an entity") }
    check.unique(keys, at: "spec.entity.keys")
    if features.isEmpty { check.report("spec.features", "is empty: name at least one feature") }
    check.unique(features.map(\.name), at: "spec.features")
    for feature in features where keys.contains(feature.name) {
      check.report(
        "spec.features[\(feature.name)].name",
        "is a key of the entity: rename the feature and give the column as sql")
    }
    for feature in features where FeatureSet.reservedColumns.contains(feature.name) {
      let names = SpecCheck.list(FeatureSet.reservedColumns.sorted(), "and")
      check.report(
        "spec.features[\(feature.name)].name", "\(names) are columns of the online table: rename the feature")
    }
    for key in keys where FeatureSet.reservedColumns.contains(key) {
      check.report("spec.entity.keys[\(key)].name", "is a column of the online table: rename it in a view")
    }
    check.duration(ttl, at: "spec.ttl", positive: true)
    checkOnline(&check)
    checkChecks(&check)
    return check.problems
  }

  private func checkOnline(_ check: inout SpecCheck) {
    check.duration(maxLag, at: "spec.maxLag", positive: true)
    guard let online else {
      if maxLag != nil { check.report("spec.maxLag", "is about the online store: set online or remove maxLag") }
      return
    }
    check.exactlyOne(["postgres": online.postgres != nil, "redis": online.redis != nil], at: "spec.online")
    check.duration(online.every, at: "spec.online.every", positive: true)
  }

  private func checkChecks(_ check: inout SpecCheck) {
    check.unique((checks ?? []).map(\.feature), at: "spec.checks")
    for each in checks ?? [] {
      let path = "spec.checks[\(each.feature)]"
      guard let feature = features.first(where: { $0.name == each.feature }) else {
        let names = SpecCheck.list(features.map(\.name), "and")
        check.report("\(path).feature", "there is no such feature: the set has \(names)")
        continue
      }
      if each.nullFraction == nil, each.min == nil, each.max == nil {
        check.report(path, "needs a limit: set nullFraction, min or max")
      }
      check.decimal(each.nullFraction, at: "\(path).nullFraction", within: 0...1)
      check.bounds(min: each.min, max: each.max, at: path)
      if each.min != nil || each.max != nil, !feature.type.isNumeric {
        check.report(path, "\(feature.name) is a \(feature.type.rawValue), which has no min and max: remove them")
      }
    }
  }
}
