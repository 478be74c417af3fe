/// What a spec means where it is silent. The API server sets the same values from the schema; these hold for
/// specs that were not read from one.
extension ABExperiment.Spec {
  public var routeProvider: Routing.Provider { route ?? .ingress }
  public var routerReplicas: Int64 { router?.replicas ?? 2 }
  public var isSuspended: Bool { suspend ?? false }
  /// The variant that the others are compared with.
  public var control: ABExperiment.Variant? { variants.first(where: \.isControl) }

  /// The weights to begin with, in the order of the variants: those of the spec, else equal shares of 100 with
  /// the remainder on the first.
  public var initialWeights: [Int64] {
    let given = variants.compactMap(\.weight)
    guard given.count != variants.count, !variants.isEmpty else { return given }
    let share = 100 / Int64(variants.count)
    return variants.indices.map { $0 < Int(100 - share * Int64(variants.count)) ? share + 1 : share }
  }
}

extension ABExperiment.Variant {
  public var isControl: Bool { control ?? false }
}

extension ABExperiment.Metric {
  public var effectiveRole: ABExperiment.Role { role ?? .observe }
  public var effectiveMeasure: ABExperiment.Measure { measure ?? .mean }
}
