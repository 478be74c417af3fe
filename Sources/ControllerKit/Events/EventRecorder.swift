public import CRDTypes
import JSON
import KubernetesAPI
import Observability
public import Planning
import Threads

/// Writes events (`events.k8s.io/v1`) in the background, repeats folded into series.
///
/// Recording never waits and never fails: events that come faster than they can be written are dropped and counted
/// (`martlet_events_dropped_total`), and one that the server refuses is logged. `run()` must be running.
public final class EventRecorder: Sendable {
  private struct State: Sendable {
    var pending: [EventOccurrence] = []
    var isClosed = false
  }

  private let client: any ObjectClient
  private let instance: String
  private let capacity: Int
  private let time: any TimeSource
  private let log: Logger
  private let dropped: Counter
  private let state = Locked(State())
  private let bell = Bell()
  private let ended = Latch()

  /// - Parameters:
  ///   - instance: which process reports, such as the pod's name.
  ///   - capacity: how many events may wait to be written.
  public init(
    client: any ObjectClient, instance: String, capacity: Int = 1000, environment: ControllerEnvironment
  ) {
    self.client = client
    self.instance = instance
    self.capacity = capacity
    time = environment.time
    log = environment.log.named("events")
    dropped = environment.metrics.counter(
      "martlet_events_dropped_total", help: "Events that were not written because too many waited")
  }

  /// Records an event about an object.
  ///
  /// - Parameter controller: who reports, a qualified name such as `martlet.dev/training-sweep`.
  public func record(_ draft: EventDraft, about object: DynamicObject, of type: ResourceType, from controller: String) {
    let occurrence = EventOccurrence(
      draft: draft, regarding: ObjectReference(type, object.key), regardingUID: object.uid,
      reportingController: controller, reportingInstance: instance)
    let accepted = state.withLock { state in
      guard !state.isClosed, state.pending.count < capacity else { return false }
      state.pending.append(occurrence)
      return true
    }
    if accepted {
      bell.ring()
    } else {
      dropped.increment()
    }
  }

  /// Takes no more events; `run()` returns when it has written those that wait.
  public func close() {
    state.withLock { $0.isClosed = true }
    bell.ring()
  }

  /// Returns when `run()` has returned, or when the task is cancelled.
  func waitForEnd() async { await ended.wait() }

  /// Writes events until the recorder is closed or the task is cancelled.
  public func run() async {
    defer { ended.open() }
    var folder = EventFolder()
    while !Task.isCancelled {
      let (batch, closed) = state.withLock { state in
        defer { state.pending = [] }
        return (state.pending, state.isClosed)
      }
      for occurrence in batch {
        if let write = folder.record(occurrence, at: time.now, date: time.date) { await perform(write, &folder) }
      }
      for write in folder.flush(at: time.now, final: closed) { await perform(write, &folder) }
      if closed { return }
      await bell.wait(until: folder.nextFlush, by: time)
    }
  }

  private func perform(_ write: EventFolder.Write, _ folder: inout EventFolder) async {
    do {
      switch write {
      case .create(let event):
        _ = try await client.create(event, as: .event, fieldManager: "martlet-events")
      case .patch(let occurrence, let key, let patch):
        do {
          _ = try await client.patch(
            .event, key, .merge(patch), subresource: nil, fieldManager: "martlet-events")
        } catch let error as APIError where error.isNotFound {
          // The server keeps events for an hour.
          folder.forget(occurrence)
        }
      }
    } catch {
      log.warning("Could not write an event", ["error": .string(String(describing: error))])
    }
  }
}
