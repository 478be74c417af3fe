#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A load of a fixed number of operations in flight: each begins the next when it has ended.
public enum ClosedLoop {
  /// Runs operations until the time is over, after a warm-up that is not counted.
  ///
  /// - Parameters:
  ///   - inFlight: how many are under way at any time.
  ///   - seconds: for how long they are counted.
  public static func run(
    inFlight: Int, seconds: Double, warmUp: Double = 0.5,
    _ operation: @escaping @Sendable () async throws -> Void
  ) async throws -> Figures {
    _ = try await samples(inFlight, warmUp, operation)
    let clock = ContinuousClock()
    let cpu = cpuSeconds()
    let start = clock.now
    let samples = try await samples(inFlight, seconds, operation)
    return Figures(
      samples: samples, seconds: (clock.now - start).seconds, cpuSeconds: cpuSeconds() - cpu)
  }

  private static func samples(
    _ inFlight: Int, _ seconds: Double, _ operation: @escaping @Sendable () async throws -> Void
  ) async throws -> [Duration] {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    return try await withThrowingTaskGroup(of: [Duration].self) { group in
      for _ in 0..<inFlight {
        group.addTask {
          var samples: [Duration] = []
          samples.reserveCapacity(1 << 16)
          var before = clock.now
          while before < end {
            try await operation()
            let after = clock.now
            samples.append(after - before)
            before = after
          }
          return samples
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// What this process has used of all processors so far.
  public static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
