import Planning
import Threads

/// What routers have counted since a step of a rollout began.
///
/// The counts at its beginning are kept in memory: an operator that is started anew counts from then, and checks wait
/// until there were requests enough again.
final class TrafficWindow: Sendable {
  private struct Window: Sendable {
    let start: String
    var base: [String: [String: TrafficCounts]]
  }

  private let windows = Locked<[String: Window]>([:])

  /// - Parameters:
  ///   - uid: the deployment's.
  ///   - start: what differs from one step of a rollout to the next; nil where no step is under way.
  func counts(of uid: String, since start: String?, _ pods: [RouterPod]) -> [String: TrafficCounts] {
    windows.withLock { windows in
      guard let start else {
        windows[uid] = nil
        return [:]
      }
      let now = Dictionary(pods.map { ($0.pod, $0.traffic) }, uniquingKeysWith: { first, _ in first })
      if windows[uid]?.start != start { windows[uid] = Window(start: start, base: now) }
      let base = windows[uid]?.base ?? [:]
      var out: [String: TrafficCounts] = [:]
      for (pod, traffic) in now {
        for (variant, counts) in traffic {
          let since = base[pod]?[variant].map(counts.since) ?? counts
          out[variant] = (out[variant] ?? TrafficCounts()) + since
        }
      }
      return out
    }
  }
}
