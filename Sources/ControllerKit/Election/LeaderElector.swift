import JSON
public import Observability
import Threads

/// Takes part in the election of the one process that writes.
///
/// Use: `acquire`, then `hold` beside the work; when `hold` throws, the work must stop at once; when the work has
/// stopped in an orderly way, `release` lets another take over within its next look.
public final class LeaderElector: Sendable {
  private let store: any LeaseStore
  private let time: any TimeSource
  private let timing: LeaseTiming
  private let identity: String
  private let log: Logger
  private let metrics: ElectionMetrics?
  private let random: @Sendable () -> Double
  private let machine: Locked<ElectionMachine>

  /// - Parameter identity: unique among the candidates, such as the pod's name with a random suffix.
  public init(
    store: any LeaseStore, identity: String, timing: LeaseTiming = LeaseTiming(), time: any TimeSource = SystemTime(),
    log: Logger, metrics: ElectionMetrics? = nil,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.store = store
    self.identity = identity
    self.timing = timing
    self.time = time
    self.log = log
    self.metrics = metrics
    self.random = random
    machine = Locked(ElectionMachine(identity: identity, timing: timing))
  }

  /// Whether this process may write now. Turns false by itself when renewals fail, before another can lead.
  public var mayWrite: Bool {
    machine.withLock { $0.mayActUntil }.map { time.now < $0 } ?? false
  }

  /// Throws where this process may not write now: a guard for writes that come late.
  public func checkMayWrite() throws {
    if !mayWrite { throw LeadershipLost(identity: identity, leader: machine.withLock { $0.leader }) }
  }

  /// Returns when this process leads; throws `CancellationError` when the task is cancelled first.
  public func acquire() async throws {
    var known: String?
    while true {
      try Task.checkCancellation()
      switch await attempt(until: time.now + patience) {
      case .leads:
        log.info("Became the leader", ["identity": .string(identity)])
        metrics?.leads(true)
        return
      case .follows(let leader):
        if leader != known { log.info("Waits for the lease", ["leader": .string(leader)]) }
        known = leader
      case .failed(let text):
        try Task.checkCancellation()
        log.warning("Could not take the lease", ["error": .string(text)])
      }
      // Shortened at random, so that candidates do not move in step and a released lease is taken in time.
      try await time.sleep(for: timing.retryPeriod * (1 - 0.25 * random()))
    }
  }

  /// Renews the lease for as long as that succeeds, then throws `LeadershipLost`. Returns when the task is cancelled.
  public func hold() async throws {
    while !Task.isCancelled {
      guard let deadline = machine.withLock({ $0.mayActUntil }) else { throw lost(to: nil) }
      let next = min(time.now + timing.retryPeriod, deadline)
      do { try await time.sleep(until: next) } catch { return }
      if time.now >= deadline { throw lost(to: nil) }
      switch await attempt(until: min(deadline, time.now + patience)) {
      case .leads: continue
      case .follows(let leader): throw lost(to: leader)
      case .failed(let text):
        if Task.isCancelled { return }
        log.warning("Could not renew the lease", ["error": .string(text)])
      }
    }
  }

  /// Gives the lease back. Call it only when everything that writes has stopped. Failing to is no error: the lease
  /// then expires.
  public func release() async {
    metrics?.leads(false)
    let date = time.date
    guard let record = machine.withLock({ $0.release(date: date) }) else { return }
    let failure = await bounded(until: time.now + timing.retryPeriod) {
      do {
        return try await self.store.write(record) == nil ? "another candidate was first" : ""
      } catch {
        return String(describing: error)
      }
    }
    if failure == "" {
      log.info("Released the lease")
    } else {
      log.warning("Could not release the lease", ["error": .string(failure ?? "no answer in time")])
    }
  }

  /// How long one look may take: a request that hangs leaves time for another (controller-runtime gives each request
  /// half of the renew deadline).
  private var patience: Duration { timing.renewDeadline / 2 }

  private enum Attempt: Sendable {
    case leads
    case follows(leader: String)
    case failed(String)
  }

  /// One look and, if it calls for one, one write, ended at `deadline`.
  private func attempt(until deadline: Duration) async -> Attempt {
    let result = await bounded(until: deadline) { () async -> Attempt in
      do { return try await self.attempt() } catch { return .failed(String(describing: error)) }
    }
    return result ?? .failed("no answer from the API server in time")
  }

  private func attempt() async throws -> Attempt {
    let read = try await store.read()
    let start = time.now
    let date = time.date
    switch machine.withLock({ $0.decide(read, at: start, date: date) }) {
    case .wait(let leader), .lost(let leader): return .follows(leader: leader)
    case .write(let record):
      guard let written = try await store.write(record) else { return .failed("another candidate was first") }
      machine.withLock { $0.wrote(written, begunAt: start) }
      return .leads
    }
  }

  private func lost(to leader: String?) -> LeadershipLost {
    metrics?.leads(false)
    return LeadershipLost(identity: identity, leader: leader)
  }

  private func bounded<Value: Sendable>(
    until deadline: Duration, _ body: @escaping @Sendable () async -> Value
  ) async -> Value? {
    let time = time
    return await withTaskGroup(of: Value?.self) { group in
      group.addTask { await body() }
      group.addTask {
        try? await time.sleep(until: deadline)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}

/// This process no longer leads. It must stop writing and end, so that it begins again as a standby.
public struct LeadershipLost: Error, Sendable, Hashable, CustomStringConvertible {
  public let identity: String
  /// Who leads now, where that is known.
  public let leader: String?

  public var description: String {
    let now = leader.map { $0.isEmpty ? "nobody holds it" : "\($0) holds it" } ?? "it could not be renewed in time"
    return "\(identity) lost the leader lease: \(now)"
  }
}
