import FoundationEssentials
import JSON

/// The life of a pod on its node, as a state machine over what happens to its containers.
///
/// Init containers run one after another; those with `restartPolicy: Always` (sidecars, KEP-753) stay and only have
/// to have started. Then all containers run, and are started again as the pod's restart policy says, with the
/// kubelet's back-off: 10 s, doubled up to 5 minutes, forgotten after 10 minutes of running.
struct PodMachine: Sendable {
  struct Container: Sendable, Hashable {
    var name: String
    var isInit: Bool
    var isSidecar: Bool
    var hasStartupProbe: Bool
    var hasReadinessProbe: Bool
  }

  /// What is to be done now.
  struct Decision: Sendable, Hashable {
    var start: [String] = []
    /// Running containers that are no longer wanted, since the pod has run to its end.
    var stop: [String] = []
    /// When to decide again though nothing has happened.
    var wake: Date?
    /// Whether every container has ended for good.
    var isOver = false
  }

  static let firstBackoff: TimeInterval = 10
  static let longestBackoff: TimeInterval = 300
  static let backoffMemory: TimeInterval = 600

  let containers: [Container]
  let restartPolicy: String
  private(set) var states: [String: ContainerState]
  private(set) var isTerminating = false
  private var backoff: [String: TimeInterval] = [:]

  init(podSpec: JSONValue) {
    restartPolicy = podSpec["restartPolicy"]?.string ?? "Always"
    func read(_ value: JSONValue, isInit: Bool) -> Container {
      Container(
        name: value["name"]?.string ?? "", isInit: isInit,
        isSidecar: isInit && value["restartPolicy"]?.string == "Always",
        hasStartupProbe: value["startupProbe"] != nil, hasReadinessProbe: value["readinessProbe"] != nil)
    }
    containers =
      (podSpec["initContainers"]?.array ?? []).map { read($0, isInit: true) }
      + (podSpec["containers"]?.array ?? []).map { read($0, isInit: false) }
    let initial = containers.contains(where: \.isInit) ? "PodInitializing" : "ContainerCreating"
    states = Dictionary(
      containers.map { ($0.name, ContainerState(phase: .waiting(reason: initial, message: ""))) },
      uniquingKeysWith: { first, _ in first })
  }

  // MARK: What happens

  mutating func started(_ name: String, process: Int32, at now: Date) {
    guard let container = container(name) else { return }
    states[name]?.process = process
    states[name]?.phase = .running(since: now)
    states[name]?.started = !container.hasStartupProbe
    states[name]?.ready = !container.hasStartupProbe && !container.hasReadinessProbe
  }

  /// A container that could not be created: it waits with the reason, and is tried again after the back-off.
  mutating func couldNotStart(_ name: String, reason: String, message: String, at now: Date) {
    states[name]?.phase = .waiting(reason: reason, message: message)
    _ = delay(name, at: now)
    notBefore[name] = now.addingTimeInterval(Self.firstBackoff)
  }

  mutating func startupPassed(_ name: String) {
    guard let container = container(name), states[name]?.isRunning == true else { return }
    states[name]?.started = true
    if !container.hasReadinessProbe { states[name]?.ready = true }
  }

  mutating func readiness(_ name: String, _ ready: Bool) {
    guard states[name]?.isRunning == true else { return }
    states[name]?.ready = ready
  }

  mutating func ended(_ name: String, exitCode: Int32, message: String, at now: Date) {
    guard let state = states[name] else { return }
    var since = now
    if case .running(let start) = state.phase { since = start }
    states[name]?.process = nil
    states[name]?.ready = false
    states[name]?.started = false
    states[name]?.phase = .terminated(
      ContainerState.Termination(
        exitCode: exitCode, reason: exitCode == 0 ? "Completed" : "Error", message: message, startedAt: since,
        finishedAt: now))
    if now.timeIntervalSince(since) >= Self.backoffMemory { backoff[name] = nil }
  }

  mutating func terminate() {
    isTerminating = true
    for name in states.keys { states[name]?.ready = false }
  }

  // MARK: What is to be done

  private var notBefore: [String: Date] = [:]

  mutating func decide(at now: Date) -> Decision {
    var decision = Decision()
    if isTerminating {
      decision.isOver = !states.values.contains { $0.process != nil }
      return decision
    }
    for container in containers where container.isInit {
      guard let done = advance(container, at: now, into: &decision) else { return decision }
      if !done { return failed(&decision) }
    }
    let main = containers.filter { !$0.isInit }
    for container in main { _ = advance(container, at: now, into: &decision) }
    let over = main.allSatisfy { states[$0.name]?.termination != nil && !restarts($0) }
    if over { return failed(&decision) }
    return decision
  }

  /// Stops whatever still runs; the pod is over once nothing does.
  private func failed(_ decision: inout Decision) -> Decision {
    decision.start = []
    decision.wake = nil
    decision.stop = containers.map(\.name).filter { states[$0]?.process != nil }
    decision.isOver = decision.stop.isEmpty
    return decision
  }

  /// Starts a container where it is due. For an init container: true where the next may start, false where the
  /// pod has failed with it, nil where it is to be waited for.
  private mutating func advance(_ container: Container, at now: Date, into decision: inout Decision) -> Bool? {
    guard let state = states[container.name] else { return true }
    switch state.phase {
    case .running: return container.isSidecar && state.started ? true : nil
    case .waiting:
      if let date = notBefore[container.name], date > now {
        decision.wake = min(decision.wake ?? date, date)
      } else {
        notBefore[container.name] = nil
        decision.start.append(container.name)
      }
      return nil
    case .terminated(let termination):
      if !restarts(container) { return termination.exitCode == 0 }
      let due = termination.finishedAt.addingTimeInterval(delay(container.name, at: now))
      states[container.name]?.previous = termination
      states[container.name]?.restarts += 1
      states[container.name]?.phase = .waiting(
        reason: "CrashLoopBackOff",
        message: "back-off \(Int(due.timeIntervalSince(termination.finishedAt)))s restarting failed container=\(container.name)")
      notBefore[container.name] = due
      decision.wake = min(decision.wake ?? due, due)
      return nil
    }
  }

  private func restarts(_ container: Container) -> Bool {
    guard let exitCode = states[container.name]?.termination?.exitCode else { return false }
    if container.isSidecar { return true }
    switch restartPolicy {
    case "Always": return !container.isInit || exitCode != 0
    case "OnFailure": return exitCode != 0
    default: return false
    }
  }

  private mutating func delay(_ name: String, at now: Date) -> TimeInterval {
    let next = backoff[name].map { min($0 * 2, Self.longestBackoff) } ?? Self.firstBackoff
    backoff[name] = next
    return next
  }

  private func container(_ name: String) -> Container? { containers.first { $0.name == name } }
}
