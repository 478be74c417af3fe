import CRDTypes
import Observability
import Planning
import Threads

/// The runs of sweeps before others that will not change any more, kept so that each is read once.
final class SettledRuns: Sendable {
  private struct Entry: Sendable {
    let metrics: Set<String>
    var runs: [String: RunRecord]
  }

  /// By the sweep that reads, and then by the UID of the sweep whose runs they are.
  private let entries = Locked<[ObjectKey: [String: Entry]]>([:])

  /// The settled runs of a sweep by id; none where they were kept for other metrics.
  func runs(of key: ObjectKey, uid: String, metrics: Set<String>) -> [String: RunRecord] {
    entries.withLock { entries in
      guard let entry = entries[key]?[uid], entry.metrics == metrics else { return [:] }
      return entry.runs
    }
  }

  /// Keeps those of a sweep's runs that are settled, with no metrics but the named ones. A fold's run is settled with
  /// the run that it belongs to.
  func keep(_ runs: [RunRecord], of key: ObjectKey, uid: String, metrics: Set<String>) {
    var settled: [String: RunRecord] = [:]
    let parents = Set(runs.lazy.filter { $0.fold == nil && $0.isSettled }.map(\.id))
    for run in runs {
      let isSettled = run.fold == nil ? run.isSettled : run.status.isOver && run.parent.map(parents.contains) == true
      guard isSettled else { continue }
      var run = run
      run.metrics = run.metrics.filter { metrics.contains($0.key) }
      settled[run.id] = run
    }
    let kept = settled
    entries.withLock { $0[key, default: [:]][uid] = Entry(metrics: metrics, runs: kept) }
  }

  func forget(_ key: ObjectKey) { entries.withLock { $0[key] = nil } }
}
