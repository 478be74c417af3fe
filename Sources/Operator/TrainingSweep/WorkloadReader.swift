import ControllerKit
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import Planning
import Threads

/// Reads what Kueue says of Jobs that it has not admitted. Where Kueue is not installed there is nothing to read, and
/// that is no error.
final class WorkloadReader: Sendable {
  typealias List = @Sendable (_ type: ResourceType, _ namespace: String?) async throws -> [DynamicObject]

  /// The versions that Kueue has served, the newest first.
  static let types = ["v1beta2", "v1beta1"].map {
    ResourceType(group: "kueue.x-k8s.io", version: $0, kind: "Workload", plural: "workloads")
  }

  private struct Entry: Sendable {
    let workloads: [String: QueuedWorkload]
    let readAt: Duration
  }

  /// How long what was read counts.
  static let lifetime: Duration = .seconds(5)
  /// How long Kueue counts as not installed.
  private static let absence: Duration = .seconds(60)

  private struct State: Sendable {
    var entries: [String: Entry] = [:]
    var type: ResourceType?
    var missingSince: Duration?
  }

  private let list: List
  private let time: any TimeSource
  private let state = Locked(State())

  init(time: any TimeSource, list: @escaping List) {
    self.list = list
    self.time = time
  }

  /// The workloads of a namespace by the UID of their Job.
  func workloads(in namespace: String?) async throws -> [String: QueuedWorkload] {
    let now = time.now
    let known = state.withLock { state -> [String: QueuedWorkload]? in
      if let missing = state.missingSince, now - missing < Self.absence { return [:] }
      guard let entry = state.entries[namespace ?? ""], now - entry.readAt < Self.lifetime else { return nil }
      return entry.workloads
    }
    if let known { return known }
    let candidates = state.withLock { $0.type.map { [$0] } ?? Self.types }
    for type in candidates {
      do {
        var out: [String: QueuedWorkload] = [:]
        for object in try await list(type, namespace) {
          guard let workload = QueuedWorkload(reading: object) else { continue }
          out[workload.jobUID] = workload
        }
        let workloads = out
        state.withLock { state in
          state.type = type
          state.missingSince = nil
          state.entries = state.entries.filter { now - $0.value.readAt < Self.lifetime }
          state.entries[namespace ?? ""] = Entry(workloads: workloads, readAt: now)
        }
        return workloads
      } catch let error as APIError where error.isNotFound || error.isForbidden {
        // A right that is missing costs only the reason why trials wait.
        continue
      }
    }
    state.withLock { state in
      state.type = nil
      state.missingSince = now
    }
    return [:]
  }
}
