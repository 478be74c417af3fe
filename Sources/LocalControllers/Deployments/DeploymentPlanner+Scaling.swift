import CRDTypes
import JSON

extension DeploymentPlanner {
  /// Whether the Deployment's size was changed since its ReplicaSets were last sized.
  var isScaled: Bool {
    replicaSets.contains { replicaSet in
      guard size(replicaSet) > 0, let known = replicaSet.annotations[Self.desired].flatMap({ Int($0) }) else { return false }
      return known != replicas
    }
  }

  /// Sizes for a new size of the Deployment: a rollout that is under way, or paused, keeps its proportions
  /// (`scale` in pkg/controller/deployment/sync.go).
  func proportional() -> [(DynamicObject, Int)] {
    let current = current
    let active = replicaSets.filter { size($0) > 0 }
    if active.count <= 1 {
      let newest = replicaSets.max { ($0.creationTimestamp ?? "", $0.name) < ($1.creationTimestamp ?? "", $1.name) }
      guard let only = active.first ?? current ?? newest, size(only) != replicas else { return [] }
      return [(only, replicas)]
    }
    if let current, isSaturated(current) { return active.filter { $0.uid != current.uid }.map { ($0, 0) } }
    guard !isRecreate else { return [] }
    let change = (replicas > 0 ? replicas + surge : 0) - active.reduce(0) { $0 + size($1) }
    guard change != 0 else { return [] }
    // The largest takes what rounding leaves: the newer of equals where there is more, the older where there is less.
    let sorted = active.sorted { left, right in
      if size(left) != size(right) { return size(left) > size(right) }
      let (a, b) = (left.creationTimestamp ?? "", right.creationTimestamp ?? "")
      return change > 0 ? a > b : a < b
    }
    var added = 0
    var sizes = sorted.map { replicaSet in
      let share = self.share(of: replicaSet)
      let part = change > 0 ? max(0, min(share, change - added)) : min(0, max(share, change - added))
      added += part
      return size(replicaSet) + part
    }
    sizes[0] = max(0, sizes[0] + change - added)
    return zip(sorted, sizes).filter { size($0) != $1 }.map { ($0, $1) }
  }

  private func isSaturated(_ replicaSet: DynamicObject) -> Bool {
    size(replicaSet) == replicas && replicaSet.annotations[Self.desired] == String(replicas)
      && replicaSet.status["availableReplicas"]?.int == replicas
  }

  /// How many replicas a ReplicaSet gains, or loses, to keep its part of the whole.
  private func share(of replicaSet: DynamicObject) -> Int {
    if replicas == 0 { return -size(replicaSet) }
    let before =
      replicaSet.annotations[Self.maximum].flatMap { Int($0) } ?? deployment.status["replicas"]?.int ?? replicas + surge
    guard before > 0 else { return 0 }
    let size = self.size(replicaSet)
    return Int((Double(size) * Double(replicas + surge) / Double(before)).rounded()) - size
  }
}
