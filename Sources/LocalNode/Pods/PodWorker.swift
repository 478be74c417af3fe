import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import Processes

/// Runs one pod from its start to its end: carries out what `PodMachine` decides, and reports.
actor PodWorker {
  enum Event: Sendable {
    case tick
    case ended(String, ExitStatus, log: String)
    case startupPassed(String)
    case readiness(String, Bool)
    case unhealthy(String, ProbeMachine.Purpose)
    case delete(graceSeconds: Int64)
    case deadline
  }

  let launcher: ContainerLauncher
  let processes: ProcessTable
  let prober: Prober
  private(set) var machine: PodMachine
  private let startTime: Date
  private var failure: (reason: String, message: String)?
  private var stopping: Set<String> = []
  private var reported: JSONValue
  private let events: AsyncStream<Event>
  private let post: AsyncStream<Event>.Continuation

  var pod: DynamicObject { launcher.pod }

  /// Called when nothing of the pod runs any more, before anyone is told: what it held can be given to the next.
  private let letGo: @Sendable () async -> Void

  init(
    launcher: ContainerLauncher, processes: ProcessTable, prober: Prober, now: Date = Date(),
    letGo: @escaping @Sendable () async -> Void = {}
  ) {
    self.launcher = launcher
    self.processes = processes
    self.prober = prober
    self.letGo = letGo
    machine = PodMachine(podSpec: launcher.pod.spec, resuming: launcher.pod.status, at: now)
    startTime = launcher.pod.status["startTime"]?.string.flatMap(Timestamp.date) ?? now
    reported = launcher.pod.status
    (events, post) = AsyncStream.makeStream(bufferingPolicy: .unbounded)  // a handful for each container's life
  }

  /// Asks the pod to end: hooks, SIGTERM, and SIGKILL once the grace period is over.
  nonisolated func delete(graceSeconds: Int64) { post.yield(.delete(graceSeconds: graceSeconds)) }

  /// Runs until every container has ended for good.
  func run() async {
    let post = post
    post.yield(.tick)
    await withDiscardingTaskGroup { group in
      if let seconds = pod.spec["activeDeadlineSeconds"]?.integer {
        let left = max(0, startTime.addingTimeInterval(TimeInterval(seconds)).timeIntervalSinceNow)
        group.addTask {
          if (try? await Task.sleep(for: .seconds(left))) != nil { post.yield(.deadline) }
        }
      }
      for await event in events {
        take(event, &group)
        let over = await act(&group)
        if over { await letGo() }
        await report()
        if over { break }
      }
      group.cancelAll()
    }
    post.finish()
  }

  private func take(_ event: Event, _ group: inout DiscardingTaskGroup) {
    let now = Date()
    switch event {
    case .tick: break
    case .ended(let name, let status, let log):
      stopping.remove(name)
      let container = specification(name)
      let fallback = container?["terminationMessagePolicy"]?.string == "FallbackToLogsOnError"
      let told = terminationMessage(of: name)
      let message =
        !told.isEmpty
        ? told : status.code != 0 && fallback ? LogReader.lastLines(of: log, lines: 80, bytes: 2048) : ""
      machine.ended(name, exitCode: status.code, message: message, at: now)
    case .startupPassed(let name): machine.startupPassed(name)
    case .readiness(let name, let ready): machine.readiness(name, ready)
    case .unhealthy(let name, let purpose):
      let grace = pod.spec["terminationGracePeriodSeconds"]?.integer ?? 30
      tell(
        &group, warning: true, reason: "Unhealthy",
        message: "Container \(name) failed its \(purpose.rawValue) probe, will be restarted")
      stop(name, graceSeconds: grace, &group)
    case .delete(let grace):
      machine.terminate()
      stopAll(graceSeconds: grace, &group)
    case .deadline:
      failure = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline")
      machine.terminate()
      stopAll(graceSeconds: pod.spec["terminationGracePeriodSeconds"]?.integer ?? 30, &group)
    }
  }

  /// What a container wrote to its termination message's file; at most 4,096 bytes count, as with the kubelet.
  private func terminationMessage(of container: String) -> String {
    guard let data = try? Data(contentsOf: URL(filePath: launcher.folder.terminationMessage(container))) else { return "" }
    return String(decoding: data.prefix(4096), as: UTF8.self)
  }

  /// Starts and stops what is due; true once the pod is over.
  private func act(_ group: inout DiscardingTaskGroup) async -> Bool {
    let decision = machine.decide(at: Date())
    for name in decision.stop where !stopping.contains(name) {
      stop(name, graceSeconds: pod.spec["terminationGracePeriodSeconds"]?.integer ?? 30, &group)
    }
    for name in decision.start { await start(name, &group) }
    if let wake = decision.wake ?? (decision.start.isEmpty ? nil : Date().addingTimeInterval(PodMachine.firstBackoff)) {
      let post = post
      group.addTask {
        let seconds = max(0.01, wake.timeIntervalSinceNow)
        if (try? await Task.sleep(for: .seconds(seconds))) != nil { post.yield(.tick) }
      }
    }
    return decision.isOver
  }

  private func start(_ name: String, _ group: inout DiscardingTaskGroup) async {
    guard let container = specification(name) else { return }
    do {
      let launch = try await launcher.prepare(container, restart: machine.states[name]?.nextRun ?? 0)
      let pump = try LogPump.start(file: launch.log)
      let output = pump.writer
      let pid: Int32
      do {
        pid = try await processes.start(try launcher.command(launch, name: name, output: output))
      } catch {
        close(output)
        throw error
      }
      close(output)
      machine.started(name, process: pid, at: Date())
      post.yield(.tick)  // what waited for this container, such as those after a sidecar, may be due
      if machine.isTerminating { processes.signalGroup(pid, SIGKILL) }
      let run = ContainerRun(
        name: name, pid: pid, container: container, podIP: launcher.podIP, launch: launch, pump: pump, launcher: launcher,
        processes: processes, prober: prober, post: post)
      group.addTask { await run.run() }
    } catch let refusal as ImageMap.Refusal {
      machine.couldNotStart(name, reason: refusal.reason, message: refusal.message, at: Date())
      tell(&group, warning: true, reason: "Failed", message: refusal.message)
    } catch let error as ContainerConfigError {
      machine.couldNotStart(name, reason: error.reason, message: error.message, at: Date())
      tell(&group, warning: true, reason: error.reason == "FailedMount" ? error.reason : "Failed", message: error.message)
    } catch {
      machine.couldNotStart(name, reason: "CreateContainerError", message: "\(error)", at: Date())
    }
  }

  private func stopAll(graceSeconds: Int64, _ group: inout DiscardingTaskGroup) {
    for (name, state) in machine.states where state.process != nil { stop(name, graceSeconds: graceSeconds, &group) }
  }

  private func stop(_ name: String, graceSeconds: Int64, _ group: inout DiscardingTaskGroup) {
    guard let pid = machine.states[name]?.process else { return }
    stopping.insert(name)
    let hook = specification(name)?[path: "lifecycle", "preStop"]
    let (processes, launcher, prober) = (processes, launcher, prober)
    group.addTask {
      let clock = ContinuousClock()
      let deadline = clock.now + .seconds(graceSeconds)
      if let hook, graceSeconds > 0 {
        await launcher.run(hook, container: name, prober: prober, timeout: .seconds(graceSeconds))
      }
      processes.signal(pid, SIGTERM)
      if (try? await clock.sleep(until: deadline)) != nil, processes.isRunning(pid) { processes.signalGroup(pid, SIGKILL) }
    }
  }

  private func report() async {
    let status = PodStatus(
      machine: machine, podSpec: pod.spec, podUID: pod.uid, podIP: launcher.podIP, hostIP: launcher.node.hostIP,
      startTime: startTime, reason: failure?.reason, message: failure?.message
    ).json(previous: reported, at: Date())
    guard status != reported else { return }
    reported = status
    await launcher.backend.report(status, of: pod)
  }

  private func tell(_ group: inout DiscardingTaskGroup, warning: Bool, reason: String, message: String) {
    let (backend, pod) = (launcher.backend, pod)
    group.addTask { await backend.event(pod, warning: warning, reason: reason, message: message) }
  }

  private func specification(_ name: String) -> JSONValue? {
    ((pod.spec["initContainers"]?.array ?? []) + (pod.spec["containers"]?.array ?? []))
      .first { $0["name"]?.string == name }
  }
}

extension PodWorker {
  /// The number of a container's last run, or of the one before it; nil where there is no such run.
  func run(of container: String, previous: Bool) -> Int? {
    guard let state = machine.states[container] else { return nil }
    return previous ? state.previousRun : state.restarts
  }

  /// Whether a run of a container has ended.
  func isOver(_ container: String, run: Int) -> Bool {
    guard let state = machine.states[container] else { return true }
    return state.termination != nil || state.isRestartDue || state.restarts > run
  }
}
