import CRDTypes

/// The shares of the traffic that a new revision goes through on its way to all of it.
struct RolloutSchedule: Sendable, Hashable {
  struct Step: Sendable, Hashable {
    var weight: Int
    var hold: Duration = .zero
    var isPause = false
  }

  /// Those before the last, which is always 100.
  let steps: [Step]
  /// Whether the new revision gets copies of requests at the steps, and answers none before the last.
  let mirrors: Bool

  init(_ spec: ModelDeployment.Spec) {
    let hasChecks = spec.rollout?.checks?.isEmpty == false
    mirrors = spec.strategy == .shadow
    switch spec.strategy {
    case .canary where !spec.steps.isEmpty, .shadow where !spec.steps.isEmpty:
      steps = spec.steps.map { Step(weight: Int($0.weight), hold: $0.holdTime, isPause: $0.isPause) }
    case .shadow: steps = [Step(weight: 100)]
    case .canary, .blueGreen:
      // What is to be checked is checked before any traffic moves.
      steps = hasChecks ? [Step(weight: 0)] : []
    }
  }

  /// Who answers at a step, and who gets copies.
  func split(_ index: Int, _ candidate: String, from stable: String) -> TrafficSplit {
    guard mirrors, !isLast(index) else { return TrafficSplit([candidate: weight(index), stable: 100 - weight(index)]) }
    return TrafficSplit([stable: 100], mirror: .init(revision: candidate, share: weight(index)))
  }

  /// The share at a step; 100 from the last on.
  func weight(_ index: Int) -> Int { steps.indices.contains(index) ? steps[index].weight : 100 }

  func isLast(_ index: Int) -> Bool { index >= steps.count }
}

extension ModelDeployment.Spec {
  /// What carries requests from the deployment's address to its revisions.
  enum Entry: Sendable, Hashable {
    /// One Service for the pods of all revisions: a new one takes requests as soon as it is ready.
    case service
    /// A router, which is told the weights.
    case router
    /// The weights of an HTTPRoute.
    case gateway
  }

  /// A router stands only where something is asked for that a Service cannot do.
  var entry: Entry {
    if routeProvider == .gateway { return .gateway }
    let isGated = ingress?.apiKey != nil || ingress?.maxBodySize != nil || ingress?.timeout != nil
    let isStepwise =
      !steps.isEmpty || rollout?.checks?.isEmpty == false || rollout?.warmUp != nil || strategy != .canary
      || warmTime > .zero
    return isGated || isStepwise ? .router : .service
  }

  /// How many pods a new revision needs for a share of the traffic.
  func replicas(for weight: Int, of all: Int64) -> Int64 {
    guard all > 0 else { return 0 }
    if strategy == .blueGreen { return all }
    return min(all, max(1, (all * Int64(weight) + 99) / 100))
  }
}
