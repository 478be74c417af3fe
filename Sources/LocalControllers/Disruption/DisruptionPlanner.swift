import CRDTypes
import FoundationEssentials
import JSON

/// How many pods of a PodDisruptionBudget may be evicted now (pkg/controller/disruption). Pure.
struct DisruptionPlanner: Sendable {
  let budget: DynamicObject
  /// Those of the budget's namespace.
  let pods: [DynamicObject]
  /// How many pods the controller of a pod should have: its ReplicaSet's Deployment, or the ReplicaSet; by the
  /// controller's UID.
  let scale: @Sendable (DynamicObject) -> (uid: String, replicas: Int)?
  let now: Date

  /// An eviction that was let through counts for so long, unless its pod is seen to go.
  static let deletionTime: TimeInterval = 120

  var status: JSONValue {
    let selector = PodSelector(budget.spec["selector"])
    let picked = pods.filter { selector.matches($0.labels) && !$0.isPodOver }
    let evicted = evictions(of: picked)
    let healthy = picked.count { $0.isPodReady && !$0.isDeleting && evicted[$0.name] == nil }
    let (expected, desired) = wanted(of: picked)
    let allowed = expected > 0 ? max(0, healthy - desired) : 0
    return .compact([
      "observedGeneration": .integer(budget.generation), "expectedPods": JSONValue(expected),
      "desiredHealthy": JSONValue(desired), "currentHealthy": JSONValue(healthy),
      "disruptionsAllowed": JSONValue(allowed),
      "disruptedPods": evicted.isEmpty ? nil : JSONValue(evicted),
      "conditions": [condition(allowed > 0)],
    ])
  }

  /// When to look again; nil where nothing runs out.
  var wake: TimeInterval? {
    status["disruptedPods"]?.stringMap?.values.compactMap(Timestamp.date)
      .map { $0.addingTimeInterval(Self.deletionTime).timeIntervalSince(now) }.min()
  }

  private func evictions(of picked: [DynamicObject]) -> [String: String] {
    let names = Set(picked.filter { !$0.isDeleting }.map(\.name))
    return (budget.status["disruptedPods"]?.stringMap ?? [:]).filter { name, time in
      guard names.contains(name), let date = Timestamp.date(time) else { return false }
      return now.timeIntervalSince(date) < Self.deletionTime
    }
  }

  private func wanted(of picked: [DynamicObject]) -> (expected: Int, desired: Int) {
    let controllers = Dictionary(
      picked.compactMap(scale).map { ($0.uid, $0.replicas) }, uniquingKeysWith: { first, _ in first })
    let scaled = controllers.values.reduce(0, +)
    if let most = budget.spec["maxUnavailable"] { return (scaled, max(0, scaled - Self.count(most, of: scaled))) }
    guard let least = budget.spec["minAvailable"] else { return (picked.count, picked.count) }
    return least.int.map { (picked.count, $0) } ?? (scaled, Self.count(least, of: scaled))
  }

  /// Percentages are rounded up.
  private static func count(_ value: JSONValue, of all: Int) -> Int {
    if let number = value.int { return number }
    guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
    return (all * percent + 99) / 100
  }

  private func condition(_ isAllowed: Bool) -> JSONValue {
    let status = isAllowed ? "True" : "False"
    let old = budget.condition("DisruptionAllowed")
    let since = old?["status"]?.string == status ? old?["lastTransitionTime"] : nil
    return [
      "type": "DisruptionAllowed", "status": .string(status), "message": "",
      "reason": isAllowed ? "SufficientPods" : "InsufficientPods",
      "observedGeneration": .integer(budget.generation), "lastTransitionTime": since ?? .string(Timestamp.text(now)),
    ]
  }
}
