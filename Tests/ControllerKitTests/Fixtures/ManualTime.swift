import ControllerKit
import FoundationEssentials
import Observability
import Threads

/// Clocks that stand still until a test moves them.
final class ManualTime: TimeSource {
  private struct Sleeper: Sendable {
    let deadline: Duration
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State: Sendable {
    var now: Duration = .seconds(1000)
    var lastID = 0
    var sleepers: [Int: Sleeper] = [:]
  }

  private let state = Locked(State())

  var now: Duration { state.withLock { $0.now } }
  var date: Date {
    let (seconds, attoseconds) = now.components
    return Date(timeIntervalSince1970: 1_700_000_000 + Double(seconds) + Double(attoseconds) * 1e-18)
  }

  /// The deadlines that tasks sleep until.
  var deadlines: [Duration] { state.withLock { $0.sleepers.values.map(\.deadline).sorted() } }

  func sleep(until deadline: Duration) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enum Start { case sleeps, due, cancelled }
        let start = state.withLock { state -> Start in
          if Task.isCancelled { return .cancelled }
          if deadline <= state.now { return .due }
          state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
          return .sleeps
        }
        switch start {
        case .sleeps: break
        case .due: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
    }
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.deadline < $1.deadline }
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Waits until a task sleeps until `deadline`, so that moving the clock is sure to wake it.
  func waitForSleeper(until deadline: Duration) async { await eventually { self.deadlines.contains(deadline) } }
}

/// Lets other tasks go on until a condition holds. A test's time limit ends one that never does.
func eventually(_ condition: () async -> Bool) async {
  while await !condition() { await Task.yield() }
}

/// A random number generator with a seed: the same seed, the same numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
