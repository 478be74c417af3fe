import FoundationEssentials
import MLflow
import Measuring
import Operator
import Planning
import Synchronization

/// Runs, in MLflow's place: what is left of a sweep is its orchestration. Training takes no time: a run has
/// its metric, and has ended, from the moment that it is made.
final class RunRecorder: RunStore {
  private struct Recorded {
    var run: Run
    var sweep: String
    var content: Content
  }

  /// The operator's memory is measured, not the recorder's: what is known of runs whose outcome is recorded is on disk.
  private enum Content {
    case open(RunContent)
    case closed(Archive.Place)
  }

  private struct Store {
    /// By name.
    var experiments: [String: String] = [:]
    var runs: [String: Recorded] = [:]
    /// The ids of runs, in the order in which they were made.
    var order: [String] = []
    let archive = Archive()

    func content(of recorded: Recorded) -> RunContent {
      switch recorded.content {
      case .open(let content): content
      case .closed(let place): archive.content(at: place)
      }
    }

    func tagged(_ recorded: Recorded) -> TaggedRun { TaggedRun(run: recorded.run, content: content(of: recorded)) }
  }

  private let metric: String
  private let store = Mutex(Store())

  init(metric: String) { self.metric = metric }

  func experiment(named name: String) async throws -> String? { store.withLock { $0.experiments[name] } }

  func isReplica() async throws -> Bool { false }

  func runs(_ ids: [String], extremesOf metrics: [String]) async throws -> [TaggedRun] {
    store.withLock { store in ids.compactMap { store.runs[$0].map(store.tagged) } }
  }

  func runs(ofSweep uid: String, extremesOf metrics: [String], known: [String]) async throws -> [TaggedRun] {
    let known = Set(known)
    return store.withLock { store in
      store.order.compactMap { id in
        guard let recorded = store.runs[id], recorded.sweep == uid else { return nil }
        return known.contains(id) ? TaggedRun(run: recorded.run, content: nil) : store.tagged(recorded)
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
          run: run, sweep: wanted.tags[SweepKeys.Tag.sweepUID] ?? "",
          content: .open(
            RunContent(tags: wanted.tags, parameters: [:], metrics: [metric: NoOpTrial.value(wanted.trial)])))
        store.order.append(id)
        return id
      case .log(let id, let metrics, let parameters, let tags):
        guard let recorded = store.runs[id] else { return nil }
        let known = store.content(of: recorded)
        let content = RunContent(
          tags: known.tags.merging(tags) { $1 }, parameters: known.parameters.merging(parameters) { $1 },
          metrics: known.metrics.merging(metrics) { $1 })
        let isOver = content.tags[SweepKeys.Tag.outcome] != nil
        store.runs[id]?.content = isOver ? .closed(store.archive.add(content)) : .open(content)
        return nil
      case .updateRun, .register: throw Unexpected(record: record)
      }
    }
  }

  /// A change that no sweep of this benchmark asks for.
  struct Unexpected: Error { let record: SweepRecord }
}
