import Observability
import Threads

/// Wakes one waiting task. Rings while nobody waits are remembered as one.
final class Bell: Sendable {
  private struct State: Sendable {
    var rung = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Locked(State())

  func ring() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard let waiter = state.waiter else {
        state.rung = true
        return nil
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  /// Returns at the next ring (at once if there was one since the last wait), or when the task is cancelled. For one
  /// task at a time.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if state.rung || Task.isCancelled {
            state.rung = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if ready { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume()
    }
  }

  /// As `wait()`, but returns no later than `deadline`.
  func wait(until deadline: Duration?, by time: any TimeSource) async {
    guard let deadline else { return await wait() }
    if deadline <= time.now { return }
    await firstOf(
      { try? await time.sleep(until: deadline) },
      { await self.wait() })
  }
}

/// Runs both and returns when the first is done, after the other, cancelled, has ended too.
func firstOf(_ left: @escaping @Sendable () async -> Void, _ right: @escaping @Sendable () async -> Void) async {
  await withTaskGroup(of: Void.self) { group in
    group.addTask { await left() }
    group.addTask { await right() }
    await group.next()
    group.cancelAll()
  }
}
