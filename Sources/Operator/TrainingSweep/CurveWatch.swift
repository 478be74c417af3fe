import CRDTypes
import ControllerKit
import MLflow
import Observability
import Planning

/// Reads the new metrics of all running trials of all sweeps, with one query a tick for each tracking database, and
/// has the sweeps looked at whose trials have got on.
struct CurveWatch: Sendable {
  let store: CurveStore
  let stores: RunStores
  let time: any TimeSource
  let interval: Duration

  /// Until it is cancelled.
  func run(_ enqueue: @escaping @Sendable (ObjectKey) -> Void) async throws {
    while true {
      try await time.sleep(for: interval)
      for (profile, sweeps) in store.open() {
        do {
          let points = try await stores(profile).histories(sweeps.values.flatMap { $0 })
          for (key, cursors) in sweeps where store.add(points, read: cursors, to: key) { enqueue(key) }
        } catch is CancellationError {
          throw CancellationError()
        } catch {
          // The sweeps' own reading of MLflow says so in their conditions; trials go on until it is back.
          for key in sweeps.keys { enqueue(key) }
        }
      }
    }
  }
}
