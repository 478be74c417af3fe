import ControllerKit

/// Runs tasks until SIGTERM or SIGINT asks the program to end, or one of them fails.
enum UntilSignal {
  static func run(
    _ start: (inout ThrowingTaskGroup<Void, any Error>) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        _ = await TerminationSignal.wait()
        throw CancellationError()
      }
      try await start(&group)
      do {
        // Not `waitForAll`, which would wait for the others before it throws.
        while let _ = try await group.next() {}
      } catch is CancellationError {
        group.cancelAll()
        // What is ending may fail by being cancelled; that is not news.
        while let _ = await group.nextResult() {}
      }
    }
  }
}
