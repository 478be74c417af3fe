import FoundationEssentials
import JSON

/// The life of a pod on its node, as a state machine over what happens to its containers.
///
/// Init containers run one after another; those with `restartPolicy: Always` (sidecars, KEP-753) stay and only have
/// to have started, once. Then all containers run, and are started again as the pod's restart policy says, with the
/// kubelet's back-off after the container's end: none, 10 s, 20 s and so on up to 5 minutes, forgotten after a run of
/// more than 10 minutes.
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

  /// - Parameter status: what was reported of the pod before this node started. Its processes are gone: a container
  ///   that was running has ended, and one that had ended is not run again for that.
  init(podSpec: JSONValue, resuming status: JSONValue = .null, at now: Date = .distantPast) {
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
    let known = (status["initContainerStatuses"]?.array ?? []) + (status["containerStatuses"]?.array ?? [])
    for status in known {
      guard let name = status["name"]?.string, let fresh = states[name] else { continue }
      var state = ContainerState(recovering: status, at: now)
      if state.termination == nil { state.phase = fresh.phase }
      states[name] = state
    }
  }

  /// Whether a main container was ever started: then init containers are over for good.
  private var isInitialized: Bool {
    containers.contains { container in
      guard !container.isInit, let state = states[container.name] else { return false }
      return state.isRunning || state.termination != nil || state.previous != nil
    }
  }

  var hasProcesses: Bool { states.values.contains { $0.process != nil } }

  // MARK: What happens

  mutating func started(_ name: String, process: Int32, at now: Date) {
    guard let container = container(name) else { return }
    states[name]?.process = process
    let run = states[name]?.nextRun ?? 0
    states[name]?.restarts = run
    states[name]?.isRestartDue = false
    states[name]?.phase = .running(since: now)
    states[name]?.started = !container.hasStartupProbe
    states[name]?.ready = !container.hasStartupProbe && !container.hasReadinessProbe
  }

  /// A container that could not be created: it waits with the reason, and is tried again after the back-off.
  mutating func couldNotStart(_ name: String, reason: String, message: String, at now: Date) {
    states[name]?.phase = .waiting(reason: reason, message: message)
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
    guard let state = states[name], case .running(let since) = state.phase else { return }
    states[name]?.process = nil
    states[name]?.ready = false
    states[name]?.started = false
    states[name]?.phase = .terminated(
      ContainerState.Termination(
        exitCode: exitCode, reason: exitCode == 0 ? "Completed" : "Error", message: message, startedAt: since,
        finishedAt: now))
    if now.timeIntervalSince(since) > Self.backoffMemory { backoff[name] = nil }
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
      decision.isOver = !hasProcesses
      if decision.isOver { close(at: now) }
      return decision
    }
    let isInitialized = isInitialized
    for container in containers where container.isInit {
      if isInitialized, !container.isSidecar { continue }
      let done = advance(container, at: now, into: &decision)
      // A sidecar that crashes later holds nothing up.
      if isInitialized { continue }
      guard let done else { return decision }
      if !done { return failed(&decision) }
    }
    let main = containers.filter { !$0.isInit }
    for container in main { _ = advance(container, at: now, into: &decision) }
    let over = main.allSatisfy { states[$0.name]?.termination != nil && !restarts($0) }
    if over { return failed(&decision) }
    return decision
  }

  /// The end of a pod that was told to end: nothing waits any more. Containers of a pod that was initialized and of
  /// which nothing is known count as lost.
  private mutating func close(at now: Date) {
    let isInitialized = isInitialized
    for container in containers {
      guard let state = states[container.name], state.termination == nil else { continue }
      states[container.name]?.isRestartDue = false
      if let previous = state.previous, state.isRestartDue {
        states[container.name]?.phase = .terminated(previous)
        states[container.name]?.previous = nil
      } else if isInitialized, !container.isInit {
        states[container.name]?.phase = .terminated(
          ContainerState.Termination(
            exitCode: ContainerState.lostExitCode, reason: ContainerState.lostReason,
            message: "The container could not be located when the pod was terminated", startedAt: now, finishedAt: now))
      }
    }
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
      let delay = nextDelay(container.name)
      let due = termination.finishedAt.addingTimeInterval(delay)
      states[container.name]?.previous = termination
      states[container.name]?.isRestartDue = true
      states[container.name]?.phase = .waiting(
        reason: "CrashLoopBackOff",
        message: "back-off \(Int(delay))s restarting failed container=\(container.name)")
      if due > now {
        notBefore[container.name] = due
        decision.wake = min(decision.wake ?? due, due)
      } else {
        notBefore[container.name] = nil
        decision.start.append(container.name)
      }
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

  /// The delay before a container is started again; the one after that is longer.
  private mutating func nextDelay(_ name: String) -> TimeInterval {
    let delay = backoff[name] ?? 0
    backoff[name] = delay == 0 ? Self.firstBackoff : min(delay * 2, Self.longestBackoff)
    return delay
  }

  private func container(_ name: String) -> Container? { containers.first { $0.name == name } }
}
