import JSON

/// One probe of a container as a state machine over its results, with the thresholds of the pod's specification.
struct ProbeMachine: Sendable, Hashable {
  enum Purpose: String, Sendable, Hashable { case startup, readiness, liveness }

  /// What a result changed.
  enum Outcome: Sendable, Hashable {
    case unchanged
    case passed
    case failed
  }

  let purpose: Purpose
  let initialDelay: Duration
  let period: Duration
  let timeout: Duration
  let successThreshold: Int
  let failureThreshold: Int

  private var successes = 0
  private var failures = 0
  /// Whether the probe holds: readiness starts as false, the others as true or undecided.
  private(set) var holds: Bool?

  /// Reads a probe's specification; the defaults are Kubernetes' own (1 s, 10 s, 1, 3).
  init(_ purpose: Purpose, _ probe: JSONValue) {
    self.purpose = purpose
    initialDelay = .seconds(probe["initialDelaySeconds"]?.integer ?? 0)
    period = .seconds(max(1, probe["periodSeconds"]?.integer ?? 10))
    timeout = .seconds(max(1, probe["timeoutSeconds"]?.integer ?? 1))
    successThreshold = max(1, probe["successThreshold"]?.int ?? 1)
    failureThreshold = max(1, probe["failureThreshold"]?.int ?? 3)
  }

  /// Takes a result in, and says whether the probe's verdict changed by it.
  mutating func record(success: Bool) -> Outcome {
    if success {
      failures = 0
      successes += 1
      guard successes >= successThreshold, holds != true else { return .unchanged }
      holds = true
      return .passed
    }
    successes = 0
    failures += 1
    guard failures >= failureThreshold, holds != false else { return .unchanged }
    holds = false
    return .failed
  }
}
