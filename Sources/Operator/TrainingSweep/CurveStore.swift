import CRDTypes
import MLflow
import Observability
import Planning
import Search
import Threads

/// The objective's curves of sweeps that stop trials early, as far as they were read. What is lost with the process is
/// read again from MLflow.
final class CurveStore: Sendable {
  /// A sweep whose curves are followed.
  struct Followed: Sendable {
    let uid: String
    let metric: String
    let profile: TrackingProfile
    /// By run.
    var curves: [String: Curve] = [:]
  }

  /// The curve of one run.
  struct Curve: Sendable {
    var values: [Int64: Double] = [:]
    /// Whether the run goes on.
    var isOpen = true
    /// Whether it was read after the run had ended: nothing more comes.
    var isComplete = false
    /// Made of `values` when they change.
    var learning = LearningCurve([])
  }

  /// So many of the last steps are read again: metrics that several threads log arrive out of order.
  private static let overlap = 50

  private let followed = Locked<[ObjectKey: Followed]>([:])

  /// Says which runs a sweep has now, and gives what is to be read before its trials are judged: all of a run that is
  /// new, and the end of one that is over.
  func follow(
    _ key: ObjectKey, uid: String, metric: String, profile: TrackingProfile, runs: [RunRecord]
  ) -> [HistoryCursor] {
    followed.withLock { followed in
      var sweep = followed[key] ?? Followed(uid: uid, metric: metric, profile: profile)
      if sweep.uid != uid || sweep.metric != metric || sweep.profile != profile {
        sweep = Followed(uid: uid, metric: metric, profile: profile)
      }
      var cursors: [HistoryCursor] = []
      for run in runs {
        var curve = sweep.curves[run.id] ?? Curve()
        curve.isOpen = !run.status.isOver
        if curve.isOpen { curve.isComplete = false }
        if sweep.curves[run.id] == nil || (!curve.isOpen && !curve.isComplete) {
          cursors.append(HistoryCursor(runID: run.id, metric: metric))
        }
        sweep.curves[run.id] = curve
      }
      followed[key] = sweep
      return cursors
    }
  }

  /// What is to be read of the runs that go on, by where it is to be read.
  func open() -> [TrackingProfile: [ObjectKey: [HistoryCursor]]] {
    followed.withLock { followed in
      var out: [TrackingProfile: [ObjectKey: [HistoryCursor]]] = [:]
      for (key, sweep) in followed {
        let cursors = sweep.curves.filter(\.value.isOpen).map { id, curve in
          let steps = curve.values.keys.sorted()
          let after = steps.count > Self.overlap ? steps[steps.count - Self.overlap] : nil
          return HistoryCursor(runID: id, metric: sweep.metric, after: after)
        }
        if !cursors.isEmpty { out[sweep.profile, default: [:]][key] = cursors }
      }
      return out
    }
  }

  /// Takes in what was read for cursors. True if anything is new.
  @discardableResult
  func add(_ points: [HistoryCursor: [MetricPoint]], read cursors: [HistoryCursor], to key: ObjectKey) -> Bool {
    followed.withLock { followed in
      guard var sweep = followed[key] else { return false }
      var isNew = false
      for cursor in cursors {
        guard var curve = sweep.curves[cursor.runID] else { continue }
        var changed = false
        for point in points[cursor] ?? [] {
          if let known = curve.values[point.step], known == point.value || (known.isNaN && point.value.isNaN) {
            continue
          }
          curve.values[point.step] = point.value
          changed = true
        }
        if changed { curve.learning = LearningCurve(curve.values.map { ($0.key, $0.value) }) }
        if !curve.isOpen, cursor.after == nil { curve.isComplete = true }
        sweep.curves[cursor.runID] = curve
        isNew = isNew || changed
      }
      followed[key] = sweep
      return isNew
    }
  }

  /// The curves of a sweep's trials: each of its last attempt, and with cross-validation the mean over the folds at
  /// those steps that all of them have.
  func curves(of key: ObjectKey, runs: [RunRecord], folds: Int?) -> [Int: LearningCurve] {
    let known = followed.withLock { $0[key]?.curves ?? [:] }
    var last: [Int: Int] = [:]
    for run in runs {
      if let place = run.place { last[place.trial] = max(last[place.trial] ?? 0, place.attempt) }
    }
    var single: [Int: LearningCurve] = [:]
    var folded: [Int: [Curve]] = [:]
    for run in runs {
      guard let place = run.place, last[place.trial] == place.attempt, let curve = known[run.id] else { continue }
      if folds == nil {
        single[place.trial] = curve.learning
      } else if run.fold != nil {
        folded[place.trial, default: []].append(curve)
      }
    }
    guard let folds else { return single }
    return folded.compactMapValues { $0.count == folds ? Self.mean($0) : nil }
  }

  private static func mean(_ curves: [Curve]) -> LearningCurve {
    guard let first = curves.first else { return LearningCurve([]) }
    let points = first.values.keys.compactMap { step -> (step: Int64, value: Double)? in
      let values = curves.compactMap { $0.values[step] }
      guard values.count == curves.count else { return nil }
      return (step, values.reduce(0, +) / Double(values.count))
    }
    return LearningCurve(points)
  }

  func forget(_ key: ObjectKey) { followed.withLock { $0[key] = nil } }
}
