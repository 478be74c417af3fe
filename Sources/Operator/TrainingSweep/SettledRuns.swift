import CRDTypes
import Locking
import Observability
import Planning

/// The runs of sweeps that will not change any more, kept so that each is read once.
final class SettledRuns: Sendable {
  private struct Entry: Sendable {
    let uid: String
    let metrics: Set<String>
    var runs: [String: RunRecord]
  }

  private let entries = Locked<[ObjectKey: Entry]>([:])

  /// The settled runs of a sweep by id; none where they were kept for another sweep of the name or other metrics.
  func runs(of key: ObjectKey, uid: String, metrics: Set<String>) -> [String: RunRecord] {
    entries.withLock { entries in
      guard let entry = entries[key], entry.uid == uid, entry.metrics == metrics else { return [:] }
      return entry.runs
    }
  }

  /// Keeps those of a sweep's runs that are settled, with no metrics but the named ones.
  func keep(_ runs: [RunRecord], of key: ObjectKey, uid: String, metrics: Set<String>) {
    var settled: [String: RunRecord] = [:]
    for run in runs where run.isSettled {
      var run = run
      run.metrics = run.metrics.filter { metrics.contains($0.key) }
      settled[run.id] = run
    }
    entries.withLock { $0[key] = Entry(uid: uid, metrics: metrics, runs: settled) }
  }

  func forget(_ key: ObjectKey) { entries.withLock { $0[key] = nil } }
}
