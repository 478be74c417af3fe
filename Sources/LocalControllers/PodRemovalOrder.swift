import CRDTypes
import FoundationEssentials
import JSON

/// Which pods are the smallest loss where there are too many: without a node before bound, pending before running,
/// not ready before ready, the lower `pod-deletion-cost`, ready for a shorter time, restarted more often, younger
/// (the order of `ActivePodsWithRanks` in Kubernetes' controllers).
struct PodRemovalOrder: Sendable, Comparable {
  private let rank: [Int64]
  private let name: String

  static let cost = "controller.kubernetes.io/pod-deletion-cost"

  init(_ pod: DynamicObject) {
    func seconds(_ text: String?) -> Int64 {
      text.flatMap(Timestamp.date).map { Int64($0.timeIntervalSince1970) } ?? 0
    }
    let isReady = pod.isPodReady
    rank = [
      (pod.spec["nodeName"]?.string ?? "").isEmpty ? 0 : 1,
      pod.podPhase == "Pending" ? 0 : pod.podPhase == "Unknown" ? 1 : 2,
      isReady ? 1 : 0,
      pod.annotations[Self.cost].flatMap { Int64($0) } ?? 0,
      isReady ? -seconds(pod.condition("Ready")?["lastTransitionTime"]?.string) : 0,
      -Int64(pod.podRestarts),
      -seconds(pod.creationTimestamp),
    ]
    name = pod.name
  }

  static func < (left: PodRemovalOrder, right: PodRemovalOrder) -> Bool {
    for (a, b) in zip(left.rank, right.rank) where a != b { return a < b }
    return left.name < right.name
  }

  /// The first `count` of the pods to go.
  static func first(_ count: Int, of pods: [DynamicObject]) -> [DynamicObject] {
    guard count > 0 else { return [] }
    return pods.map { (PodRemovalOrder($0), $0) }.sorted { $0.0 < $1.0 }.prefix(count).map(\.1)
  }
}
