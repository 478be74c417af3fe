import CRDTypes
import Glibc
import JSON
import Processes

/// One run of a container: waits for its process and probes it meanwhile.
struct ContainerRun: Sendable {
  let name: String
  let pid: Int32
  let container: JSONValue
  let podIP: String
  let launch: ContainerLauncher.Launch
  let pump: LogPump.Handle
  let launcher: ContainerLauncher
  let processes: ProcessTable
  let prober: Prober
  let post: AsyncStream<PodWorker.Event>.Continuation

  /// Returns when the process has ended; what it left running in its group is killed.
  func run() async {
    await withTaskGroup(of: ExitStatus?.self) { group in
      group.addTask { await processes.exitStatus(of: pid) }
      group.addTask {
        if let hook = container[path: "lifecycle", "postStart"] {
          await launcher.run(hook, container: name, prober: prober, timeout: .seconds(60))
        }
        await probe()
        return nil
      }
      while let next = await group.next() {
        guard let status = next else { continue }
        group.cancelAll()
        processes.signalGroup(pid, SIGKILL)
        // The last lines may be what is told of its end.
        await pump.finish(within: .seconds(2))
        post.yield(.ended(name, status, log: launch.log))
      }
    }
  }

  private func probe() async {
    if let startup = container["startupProbe"] {
      guard await observe(.startup, startup) else { return }
    }
    await withDiscardingTaskGroup { group in
      if let readiness = container["readinessProbe"] {
        group.addTask { _ = await observe(.readiness, readiness) }
      }
      if let liveness = container["livenessProbe"] {
        group.addTask { _ = await observe(.liveness, liveness) }
      }
    }
  }

  /// Probes until cancelled, until startup has passed (true) or until the container has to be restarted (false).
  private func observe(_ purpose: ProbeMachine.Purpose, _ probe: JSONValue) async -> Bool {
    guard let target = ProbeTarget(probe, container: container, podIP: podIP) else { return true }
    var machine = ProbeMachine(purpose, probe)
    let launcher = launcher
    let name = name
    guard (try? await Task.sleep(for: machine.initialDelay)) != nil else { return false }
    while !Task.isCancelled {
      let success = await prober.check(target, timeout: machine.timeout) { launcher.hookCommand($0, container: name) }
      if Task.isCancelled { return false }
      switch (purpose, machine.record(success: success)) {
      case (_, .unchanged): break
      case (.startup, .passed):
        post.yield(.startupPassed(name))
        return true
      case (.readiness, .passed): post.yield(.readiness(name, true))
      case (.readiness, .failed): post.yield(.readiness(name, false))
      case (.liveness, .passed): break
      case (.startup, .failed), (.liveness, .failed):
        post.yield(.unhealthy(name, purpose))
        return false
      }
      guard (try? await Task.sleep(for: machine.period)) != nil else { return false }
    }
    return false
  }
}

extension ContainerLauncher {
  /// Runs a lifecycle hook: `exec`, `httpGet`, `tcpSocket` or `sleep`. Its failure is not the container's.
  func run(_ hook: JSONValue, container name: String, prober: Prober, timeout: Duration) async {
    if let seconds = hook[path: "sleep", "seconds"]?.integer {
      try? await Task.sleep(for: min(.seconds(seconds), timeout))
      return
    }
    guard let container = pod.spec["containers"]?.array?.first(where: { $0["name"]?.string == name }),
      let target = ProbeTarget(hook, container: container, podIP: podIP)
    else { return }
    let launcher = self
    _ = await prober.check(target, timeout: timeout) { launcher.hookCommand($0, container: name) }
  }

  /// A command that runs as the container does, with its volumes and variables.
  func hookCommand(_ words: [String], container name: String) -> ProcessTable.Command {
    ProcessTable.Command(
      executable: node.initProgram, arguments: ["container-init", folder.specification(name), "--"] + words,
      environment: ["PATH": node.images.hostFolders.joined(separator: ":")], output: nil)
  }
}
