import CRDTypes
import FoundationEssentials
import Glibc
import JSON
import KubernetesAPI
import Observability
import Processes

/// What kube-proxy does on a cluster: makes cluster addresses lead to ready pods. HAProxy does the forwarding.
struct ServiceProxy: Sendable {
  let folder: String
  let program: String
  let processes: ProcessTable
  let log: Logger

  private var configuration: String { "\(folder)/services.cfg" }
  private var socket: String { "\(folder)/services.sock" }

  /// Follows tables until they end or the task is cancelled; then the proxy is stopped.
  func run(_ tables: AsyncStream<ServiceTable>) async {
    var process: Int32?
    var current: ServiceTable?
    var slots = ServiceSlots()
    for await table in tables {
      var changes: [ServiceSlots.Change] = []
      for frontend in table.frontends { changes += slots.update(frontend.name, endpoints: frontend.endpoints) }
      slots.keepOnly(Set(table.frontends.map(\.name)))
      await own(table.foreignAddresses.subtracting(current?.foreignAddresses ?? []), "add")
      do {
        if let ended = process, !processes.isRunning(ended) {
          log.error("The service proxy has ended and is started again", ["configuration": .string(configuration)])
          process = nil
        }
        if let process, let current, table.hasSameFrontends(as: current) {
          if await !apply(changes) { try await reload(process, table, slots) }
        } else if let process {
          try await reload(process, table, slots)
        } else if !table.frontends.isEmpty {
          try write(table, slots)
          process = try await start()
        }
        current = table
      } catch {
        log.error("Could not update the service proxy", ["error": .string(String(describing: error))])
      }
    }
    await own(current?.foreignAddresses ?? [], "del")
    if let process {
      processes.signalGroup(process, SIGKILL)
      _ = await processes.exitStatus(of: process)
    }
  }

  /// Puts addresses on the loopback interface, or takes them off. One that cannot be put there (which needs
  /// CAP_NET_ADMIN) cannot be served, which the proxy then logs.
  private func own(_ addresses: Set<String>, _ verb: String) async {
    for address in addresses.sorted() {
      let command = ProcessTable.Command(
        executable: "/usr/sbin/ip", arguments: ["address", verb, "\(address)/32", "dev", "lo"])
      guard let pid = try? await processes.start(command) else { continue }
      let status = await processes.exitStatus(of: pid)
      if status != .exited(0) {
        log.warning("Could not change the loopback interface", ["address": .string(address), "verb": .string(verb)])
      }
    }
  }

  private func write(_ table: ServiceTable, _ slots: ServiceSlots) throws {
    let text = ProxyConfiguration.text(table, slots: slots, socket: socket)
    try Data(text.utf8).write(to: URL(filePath: configuration), options: .atomic)
  }

  /// Starts the proxy and waits until it answers: a signal that comes before it has set its handlers would end it.
  private func start() async throws -> Int32 {
    unlink(socket)
    let process = try await processes.start(
      ProcessTable.Command(
        executable: OwnedProgram.launcher, arguments: OwnedProgram.arguments(program, ["-W", "-f", configuration]),
        environment: ["PATH": "/usr/sbin:/usr/bin:/bin"]))
    for _ in 0..<400 where processes.isRunning(process) {
      if await ControlSocket.send("show version\n", to: socket) != nil { break }
      try await Task.sleep(for: .milliseconds(25))
    }
    return process
  }

  /// A reload hands the listening sockets over: no connection is refused by it. Returns when the new worker has the
  /// control socket: what was told to the old one later would be forgotten.
  private func reload(_ process: Int32, _ table: ServiceTable, _ slots: ServiceSlots) async throws {
    try write(table, slots)
    let before = await worker()
    // A signal is lost on a master that has not come up again since the last one.
    for patience in [8, 16, 40, 80, 160] where processes.isRunning(process) {
      processes.signal(process, SIGUSR2)
      for _ in 0..<patience {
        if let now = await worker(), now != before { return }
        try await Task.sleep(for: .milliseconds(25))
      }
    }
    log.warning("The service proxy has not read its configuration anew", ["configuration": .string(configuration)])
  }

  /// The process that answers on the control socket.
  private func worker() async -> Substring? {
    await ControlSocket.send("show info\n", to: socket)?.split(separator: "\n").first { $0.hasPrefix("Pid:") }
  }

  /// Changes servers in the running proxy; false where that did not work.
  private func apply(_ changes: [ServiceSlots.Change]) async -> Bool {
    for change in changes {
      let server = "\(ProxyConfiguration.identifier(change.frontend))/e\(change.slot)"
      var commands = "set server \(server) state maint\n"
      if let endpoint = change.endpoint {
        let parts = endpoint.split(separator: ":")
        guard parts.count == 2 else { return false }
        commands = "set server \(server) addr \(parts[0]) port \(parts[1]); set server \(server) state ready\n"
      }
      guard let answer = await ControlSocket.send(commands, to: socket) else { return false }
      // An address change answers with what it did; anything else is a refusal.
      let lines = answer.split(separator: "\n").filter { !$0.isEmpty }
      if lines.contains(where: { !$0.contains("changed from") && !$0.contains("no need to change") }) {
        log.warning("The service proxy refused a change", ["answer": .string(answer), "server": .string(server)])
        return false
      }
    }
    return true
  }
}
