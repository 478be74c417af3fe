import Testing
import Threads

@testable import MLflow

@Suite("A gate for requests", .timeLimit(.minutes(1)))
struct RequestGateTests {
  @Test("lets no more than its limit through at once, and all in the end", arguments: [1, 3, 8])
  func limit(_ limit: Int) async throws {
    let gate = RequestGate(limit: limit)
    let seen = Locked((now: 0, most: 0, all: 0))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<60 {
        group.addTask {
          try await gate.pass {
            seen.withLock { seen in
              seen.now += 1
              seen.most = max(seen.most, seen.now)
            }
            for _ in 0..<5 { await Task.yield() }
            seen.withLock { seen in
              seen.now -= 1
              seen.all += 1
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(seen.withLock { $0.most } <= limit)
    #expect(seen.withLock { $0.all } == 60)
  }

  @Test("goes on after a request that failed, and after waits that were cancelled")
  func failures() async throws {
    struct Failure: Error {}
    let gate = RequestGate(limit: 1)
    await #expect(throws: Failure.self) { try await gate.pass { throw Failure() } }

    let (opened, opener) = AsyncStream.makeStream(of: Void.self)
    let (entered, entry) = AsyncStream.makeStream(of: Void.self)
    let first = Task {
      try await gate.pass {
        entry.finish()
        for await _ in opened {}
      }
    }
    for await _ in entered {}
    let cancelled = (0..<20).map { _ in Task { try await gate.pass { Issue.record("it was not its turn") } } }
    for task in cancelled {
      await Task.yield()
      task.cancel()
    }
    for task in cancelled { await #expect(throws: CancellationError.self) { try await task.value } }
    opener.finish()
    try await first.value
    #expect(try await gate.pass { 7 } == 7)
  }
}
