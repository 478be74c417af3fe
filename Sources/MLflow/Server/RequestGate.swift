import Threads

/// Lets a limited number of requests to one server through at once; the others wait in the order in which they came.
///
/// MLflow takes its database connections from a pool of 5 and 10 more (SQLAlchemy's; MLFLOW_SQLALCHEMYSTORE_POOL_SIZE and
/// _MAX_OVERFLOW), and some requests hold one while they ask for another: with 16 in flight it happens that each waits for
/// the others' until the pool gives up after 30 s. It is no slower with fewer, as its worker serves one at a time.
public final class RequestGate: Sendable {
  /// Half of what MLflow's pool can have, with room for requests of others.
  public static let standardLimit = 8

  private struct State {
    var free: Int
    var waiting: [(ticket: UInt64, continuation: UnsafeContinuation<Void, any Error>)] = []
    var lastTicket: UInt64 = 0
  }

  private let state: Locked<State>

  /// - Parameter limit: how many requests at once, at least one.
  public init(limit: Int = standardLimit) {
    state = Locked(State(free: max(1, limit)))
  }

  /// Runs `request` when it is its turn.
  ///
  /// - Throws: what `request` throws; `CancellationError` if the task is cancelled while it waits.
  public func pass<Result>(_ request: () async throws -> Result) async throws -> Result {
    try await enter()
    defer { leave() }
    return try await request()
  }

  private func enter() async throws {
    try Task.checkCancellation()
    let ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let isFree = state.withLock { state in
          if state.free == 0 {
            state.waiting.append((ticket, continuation))
            return false
          }
          state.free -= 1
          return true
        }
        if isFree {
          continuation.resume()
        } else if Task.isCancelled {
          // The handler ran before there was something to give up.
          giveUp(ticket)
        }
      }
    } onCancel: {
      giveUp(ticket)
    }
  }

  private func giveUp(_ ticket: UInt64) {
    let waiter = state.withLock { state in
      state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
    }
    waiter?.continuation.resume(throwing: CancellationError())
  }

  private func leave() {
    let next = state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil as UnsafeContinuation<Void, any Error>?
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume()
  }
}
