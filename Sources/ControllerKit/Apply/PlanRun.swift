import CRDTypes
import Planning
import Threads

/// The steps of one plan under way. They are numbered as they begin, so that lanes side by side share one count.
final class PlanRun<Status: Sendable, Record: Sendable>: Sendable {
  typealias Step = Plan<Status, Record>.Step

  private struct State: Sendable {
    var resource: DynamicObject
    var begun = 0
  }

  private let shell: ApplyShell
  private let type: ResourceType
  private let width: Int
  private let observer: StepObserver
  private let created: @Sendable (DynamicObject) -> Void
  private let record: @Sendable (Record) async throws -> String?
  private let state: Locked<State>

  init(
    shell: ApplyShell, resource: DynamicObject, type: ResourceType, width: Int, observer: StepObserver,
    created: @escaping @Sendable (DynamicObject) -> Void, record: @escaping @Sendable (Record) async throws -> String?
  ) {
    self.shell = shell
    self.type = type
    self.width = width
    self.observer = observer
    self.created = created
    self.record = record
    state = Locked(State(resource: resource))
  }

  /// The resource, with the finalizers that it has by now.
  var resource: DynamicObject { state.withLock { $0.resource } }

  /// How many steps have begun.
  var begun: Int { state.withLock { $0.begun } }

  func carryOut(_ steps: [Step]) async throws {
    for step in steps {
      switch step {
      case .together(let lanes): try await carryOut(lanes: lanes)
      case .make(let change, let then):
        let name = try await numbered { try await self.record(change) }
        guard let name else { throw UnnamedRecord() }
        try await carryOut(then(name))
      default: try await numbered { try await self.carryOut(step) }
      }
    }
  }

  private func carryOut(_ step: Step) async throws {
    switch step {
    case .record(let change): _ = try await record(change)
    case .create(let object): created(try await shell.create(object))
    case .apply(let object): try await shell.apply(object)
    case .patch(let reference, let patch): try await shell.patch(reference, patch)
    case .delete(let reference, let uid): try await shell.delete(reference, uid: uid)
    case .finalizer(let name, let present):
      let changed = try await shell.set(Finalizer(name), present: present, on: resource, type: type)
      state.withLock { $0.resource = changed }
    case .make, .together: try await carryOut([step])
    }
  }

  private func numbered<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    let number = state.withLock { state in
      defer { state.begun += 1 }
      return state.begun
    }
    try await observer.before(number)
    let result = try await body()
    try await observer.after(number)
    return result
  }

  /// Lanes that are under way when one fails come to their end; no other begins after that.
  private func carryOut(lanes: [[Step]]) async throws {
    if lanes.count == 1 { return try await carryOut(lanes[0]) }
    var failures: [Int: any Error] = [:]
    await withTaskGroup(of: (lane: Int, failure: (any Error)?).self) { group in
      var waiting = lanes.indices.makeIterator()
      func begin() {
        guard failures.isEmpty, let lane = waiting.next() else { return }
        group.addTask {
          do {
            try await self.carryOut(lanes[lane])
            return (lane, nil)
          } catch {
            return (lane, error)
          }
        }
      }
      for _ in 0..<width { begin() }
      for await end in group {
        if let failure = end.failure { failures[end.lane] = failure }
        begin()
      }
    }
    if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
  }
}

/// What makes a record did not say what it made, which its step wants to know.
struct UnnamedRecord: ClassifiedError {
  var reconcileErrorClass: ReconcileErrorClass { .terminal }
}
