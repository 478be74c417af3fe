import FoundationEssentials
import MLflow
import Measuring
import Operator
import Planning
import Synchronization

/// Runs in memory, in MLflow's place: what is left of a sweep is its orchestration. Training takes no time: a run has
/// its metric, and has ended, from the moment that it is made.
final class RunRecorder: RunStore {
  private struct Recorded {
    var run: Run
    var sweep: String
    var tags: [String: String]
    var parameters: [String: String] = [:]
    var metrics: [String: Double]

    var tagged: TaggedRun {
      TaggedRun(run: run, content: RunContent(tags: tags, parameters: parameters, metrics: metrics))
    }
  }

  private struct Store {
    /// By name.
    var experiments: [String: String] = [:]
    var runs: [String: Recorded] = [:]
    /// The ids of runs, in the order in which they were made.
    var order: [String] = []
  }

  private let metric: String
  private let store = Mutex(Store())

  init(metric: String) { self.metric = metric }

  func experiment(named name: String) async throws -> String? { store.withLock { $0.experiments[name] } }

  func isReplica() async throws -> Bool { false }

  func runs(_ ids: [String], extremesOf metrics: [String]) async throws -> [TaggedRun] {
    store.withLock { store in ids.compactMap { store.runs[$0]?.tagged } }
  }

  func runs(ofSweep uid: String, extremesOf metrics: [String], known: [String]) async throws -> [TaggedRun] {
    let known = Set(known)
    return store.withLock { store in
      store.order.compactMap { id in
        guard let recorded = store.runs[id], recorded.sweep == uid else { return nil }
        return known.contains(id) ? TaggedRun(run: recorded.run, content: nil) : recorded.tagged
      }
    }
  }

  /// No training code logs curves here, or models.
  func histories(_ cursors: [HistoryCursor]) async throws -> [HistoryCursor: [MetricPoint]] { [:] }
  func loggedModels(of run: String) async throws -> [LoggedModel] { [] }
  func modelVersion(of model: String, tagged tags: [String: String]) async throws -> ModelVersion? { nil }

  func carryOut(_ record: SweepRecord, for sweep: String, looksFirst: Bool) async throws -> String? {
    try store.withLock { store in
      switch record {
      case .createExperiment(let name):
        let id = store.experiments[name] ?? "\(store.experiments.count + 1)"
        store.experiments[name] = id
        return id
      case .createRun(let wanted):
        let id = UUID().uuidString.filter { $0 != "-" }.lowercased()
        let run = Run(
          id: id, experimentID: wanted.experimentID, name: wanted.name, status: .finished, isDeleted: false,
          startTime: wanted.startTime, endTime: wanted.startTime, artifactURI: "")
        store.runs[id] = Recorded(
          run: run, sweep: wanted.tags[SweepKeys.Tag.sweepUID] ?? "", tags: wanted.tags,
          metrics: [metric: NoOpTrial.value(wanted.trial)])
        store.order.append(id)
        return id
      case .log(let id, let metrics, let parameters, let tags):
        store.runs[id]?.metrics.merge(metrics) { $1 }
        store.runs[id]?.parameters.merge(parameters) { $1 }
        store.runs[id]?.tags.merge(tags) { $1 }
        return nil
      case .updateRun, .register: throw Unexpected(record: record)
      }
    }
  }

  /// A change that no sweep of this benchmark asks for.
  struct Unexpected: Error { let record: SweepRecord }
}
