import Threads

/// Whether the process lives and whether it is ready: what the two kinds of Kubernetes probe ask.
///
/// Liveness looks only at the process's own loops, never at the API server or a database: restarting a process
/// does not repair them. Readiness looks at what the process needs before it can do its work.
public final class HealthState: Sendable {
  private struct Loop: Sendable {
    var lastBeat: Duration
    let tolerance: Duration
  }

  private struct State: Sendable {
    var loops: [String: Loop] = [:]
    /// Nil where the condition holds, otherwise why it does not.
    var conditions: [String: String?] = [:]
  }

  private let state = Locked(State())

  public init() {}

  /// Notes that a loop goes round. `now` is monotonic; a loop is dead when its last beat is older than `tolerance`.
  public func beat(_ loop: String, at now: Duration, tolerance: Duration = .seconds(60)) {
    state.withLock { $0.loops[loop] = Loop(lastBeat: now, tolerance: tolerance) }
  }

  /// Forgets a loop that has ended on purpose.
  public func endLoop(_ loop: String) { state.withLock { $0.loops[loop] = nil } }

  /// Says that a part of readiness is missing, and why.
  public func notReady(_ condition: String, because reason: String) {
    state.withLock { $0.conditions[condition] = .some(reason) }
  }

  /// Says that a part of readiness holds.
  public func ready(_ condition: String) { state.withLock { $0.conditions[condition] = .some(nil) } }

  public func liveness(at now: Duration) -> HealthReport {
    let loops = state.withLock { $0.loops }
    return HealthReport(
      checks: loops.sorted { $0.key < $1.key }.map { name, loop in
        let age = now - loop.lastBeat
        let failure = age > loop.tolerance ? "no sign of life for \(age.components.seconds) s" : nil
        return HealthReport.Check(name: name, failure: failure)
      })
  }

  public func readiness() -> HealthReport {
    let conditions = state.withLock { $0.conditions }
    return HealthReport(
      checks: conditions.sorted { $0.key < $1.key }.map { HealthReport.Check(name: $0.key, failure: $0.value) })
  }
}

/// The answer to a probe.
public struct HealthReport: Sendable, Hashable {
  public struct Check: Sendable, Hashable {
    public let name: String
    /// Nil where the check passes.
    public let failure: String?
  }

  public let checks: [Check]

  public var passes: Bool { checks.allSatisfy { $0.failure == nil } }

  /// A line a check, in the form that the API server's own health endpoints have.
  public var text: String {
    let lines = checks.map { check in
      check.failure.map { "[-]\(check.name) failed: \($0)\n" } ?? "[+]\(check.name) ok\n"
    }
    return lines.joined() + (passes ? "ok\n" : "failed\n")
  }
}
