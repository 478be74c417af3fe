/// Lets few tests work at a time: all share a cluster and the machine's processors.
actor Turnstile {
  static let shared = Turnstile(permits: Programs.setting("MARTLET_E2E_PARALLEL").flatMap { Int($0) } ?? 3)

  private let permits: Int
  private var free: Int
  private var waiting: [(needed: Int, resume: CheckedContinuation<Void, Never>)] = []

  init(permits: Int) {
    self.permits = max(1, permits)
    free = max(1, permits)
  }

  /// Runs `body` beside few others, or beside none.
  nonisolated func pass<Value: Sendable>(alone: Bool, _ body: () async throws -> Value) async throws -> Value {
    let needed = await enter(alone: alone)
    do {
      let value = try await body()
      await leave(needed)
      return value
    } catch {
      await leave(needed)
      throw error
    }
  }

  private func enter(alone: Bool) async -> Int {
    let needed = alone ? permits : 1
    if waiting.isEmpty, free >= needed {
      free -= needed
      return needed
    }
    await withCheckedContinuation { waiting.append((needed, $0)) }
    return needed
  }

  private func leave(_ count: Int) {
    free += count
    while let first = waiting.first, free >= first.needed {
      free -= first.needed
      waiting.removeFirst()
      first.resume.resume()
    }
  }
}
