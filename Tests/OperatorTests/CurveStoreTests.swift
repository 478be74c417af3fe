import CRDTypes
import FoundationEssentials
import MLflow
import Planning
import Search
import Testing

@testable import Operator

@Suite("Curves of running trials")
struct CurveStoreTests {
  private let key = ObjectKey(namespace: "ml", name: "churn")

  private func profile(_ uri: String = "http://mlflow:5000") throws -> TrackingProfile {
    try TrackingDefaults(uri: uri, databaseURL: "postgresql://h/d").profile()
  }

  private func run(_ id: String, trial: Int, attempt: Int = 0, fold: Int? = nil, over: Bool = false) -> RunRecord {
    var tags = [SweepKeys.Tag.trial: "\(trial)", SweepKeys.Tag.attempt: "\(attempt)"]
    if let fold { tags[SweepKeys.Tag.fold] = "\(fold)" }
    return RunRecord(
      id: id, status: over ? .finished : .running, startTime: Date(timeIntervalSince1970: 0), tags: tags)
  }

  private func points(_ values: [Int64: Double]) -> [MetricPoint] {
    values.map { MetricPoint(value: $0.value, step: $0.key, time: Date(timeIntervalSince1970: 0)) }
  }

  private func follow(_ store: CurveStore, _ runs: [RunRecord]) throws -> [HistoryCursor] {
    store.follow(key, uid: "uid", metric: "loss", profile: try profile(), runs: runs)
  }

  @Test("a run that is new is read whole, once; one that has ended is read whole once more")
  func cursors() throws {
    let store = CurveStore()
    let first = try follow(store, [run("a", trial: 0)])
    #expect(first == [HistoryCursor(runID: "a", metric: "loss")])
    store.add([first[0]: points([1: 0.5])], read: first, to: key)
    #expect(try follow(store, [run("a", trial: 0)]).isEmpty)
    let last = try follow(store, [run("a", trial: 0, over: true)])
    #expect(last == [HistoryCursor(runID: "a", metric: "loss")])
    store.add([last[0]: points([1: 0.5, 2: 0.4])], read: last, to: key)
    #expect(try follow(store, [run("a", trial: 0, over: true)]).isEmpty)
    #expect(store.open().isEmpty)
    #expect(store.curves(of: key, runs: [run("a", trial: 0, over: true)], folds: nil)[0]?.points.map(\.value) == [0.5, 0.4])
  }

  @Test("open runs are read on from a cursor that leaves room for steps that come out of order")
  func overlap() throws {
    let store = CurveStore()
    let first = try follow(store, [run("a", trial: 0)])
    store.add(
      [first[0]: points(Dictionary(uniqueKeysWithValues: (1...80).map { (Int64($0), 1.0) }))], read: first, to: key)
    let open = try #require(store.open()[try profile()]?[key])
    #expect(open == [HistoryCursor(runID: "a", metric: "loss", after: 31)])
    #expect(store.add([open[0]: points([80: 1])], read: open, to: key) == false, "nothing new")
    #expect(store.add([open[0]: points([81: 0.9])], read: open, to: key))
  }

  @Test("runs of several sweeps and servers are asked for apart")
  func profiles() throws {
    let store = CurveStore()
    _ = try follow(store, [run("a", trial: 0)])
    let other = ObjectKey(namespace: "ml", name: "other")
    _ = store.follow(
      other, uid: "uid-2", metric: "auc", profile: try profile("http://elsewhere:5000"), runs: [run("b", trial: 0)])
    #expect(store.open().count == 2)
    store.forget(other)
    #expect(store.open().count == 1)
    // A namesake that was made anew begins anew.
    _ = store.follow(key, uid: "uid-3", metric: "loss", profile: try profile(), runs: [])
    #expect(store.open().isEmpty)
  }

  @Test("the curve of a cross-validated trial is the mean at the steps that all folds have, of its last attempt")
  func folds() throws {
    let store = CurveStore()
    let runs = [
      run("a0", trial: 0, fold: 0), run("a1", trial: 0, fold: 1), run("old", trial: 1, attempt: 0, fold: 0),
      run("b0", trial: 1, attempt: 1, fold: 0),
    ]
    let cursors = try follow(store, runs)
    store.add(
      [cursors[0]: points([1: 1, 2: 2, 3: 9]), cursors[1]: points([1: 3, 2: 4]), cursors[3]: points([1: 7])],
      read: cursors, to: key)
    let curves = store.curves(of: key, runs: runs, folds: 2)
    #expect(curves[0]?.points.map(\.value) == [2, 3])
    #expect(curves[1] == nil, "a fold is missing")
  }
}
