import ArgumentParser
import ControllerKit
import FoundationEssentials
import Glibc
import JSON
import KubernetesAPI
import LocalAPIServer
import LocalControllers
import LocalNetwork
import LocalNode
import Observability
import Processes

/// A whole cluster: API server, controllers, scheduler, node, Services and Ingresses.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Runs a cluster until it is stopped.",
    discussion: """
      Where KUBEBUILDER_ASSETS names a folder with etcd and kube-apiserver, those serve the API, and \
      kube-controller-manager runs the controllers if it is there too.
      """)

  // Containers start elsewhere, so a relative path would lead them astray.
  @Option(
    help: "Where the cluster's files go; they are made anew.",
    transform: { URL(filePath: $0).absoluteURL.path(percentEncoded: false) })
  var folder: String

  @Option(help: "Where the kubeconfig is written; FOLDER/kubeconfig by default.")
  var kubeconfig: String?

  @Option(help: "The port of the API server; any free one by default.")
  var port = 0

  @Option(help: "The port of the Ingress proxy; any free one by default.")
  var ingressPort: Int?

  @Flag(name: .customLong("node"), inversion: .prefixedNo, help: "Whether there is a node. Without one pods stay pending.")
  var withNode = true

  @Flag(
    name: .customLong("controllers"), inversion: .prefixedNo,
    help: "Whether Jobs, Deployments and owners are acted on. Without it there is an API server and no more.")
  var withControllers = true

  @OptionGroup var node: NodeOptions

  func run() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let claim = try AddressClaim()
    let processes = ProcessTable()
    let log = Logger("martlet-local", to: LogOutput(level: .warning))
    let logs = NodeLogs()
    let place = kubeconfig ?? "\(folder)/kubeconfig"
    let (addresses, ready) = AsyncStream<String>.makeStream()
    try await UntilSignal.run { group in
      if var upstream = UpstreamControlPlane(
        environment: ProcessInfo.processInfo.environment, folder: folder, serviceNetwork: claim.services)
      {
        upstream.withControllers = withControllers
        group.addTask { [upstream] in try await upstream.run(processes, log: log) { ready.yield($0) } }
      } else {
        group.addTask {
          var configuration = LocalAPIServer.Configuration()
          configuration.port = port
          configuration.serviceNetwork = claim.services
          configuration.logProviders = [logs]
          try await LocalAPIServer(configuration: configuration).run { ready.yield($0.kubeconfig()) }
        }
      }
      guard let text = await addresses.first(where: { _ in true }) else { return }
      try Self.write(text, to: place)
      let client = KubernetesClient(
        try ClusterConfiguration.load(kubeconfig: place, context: nil), userAgent: "martlet-local/0.1")
      try await serve(&group, client, processes, logs, log, claim, kubeconfig: place)
    }
    processes.killAll()
  }

  private func serve(
    _ group: inout ThrowingTaskGroup<Void, any Error>, _ client: KubernetesClient, _ processes: ProcessTable,
    _ logs: NodeLogs, _ log: Logger, _ claim: AddressClaim, kubeconfig: String
  ) async throws {
    let upstream = UpstreamControlPlane(
      environment: ProcessInfo.processInfo.environment, folder: folder, serviceNetwork: claim.services)
    if withControllers, upstream?.hasControllerManager != true {
      let environment = ControllerEnvironment(log: log, metrics: MetricRegistry())
      group.addTask { try await LocalControllers(client: client, environment: environment).run() }
    }
    let settings = LocalNetwork.Settings(
      folder: folder, ingressPort: ingressPort ?? FreePort.find(), ingressTLSPort: FreePort.find())
    let state: JSONValue = [
      "kubeconfig": .string(kubeconfig), "ingress": .string("http://127.0.0.1:\(settings.ingressPort)"),
      "ingressTLS": .string("https://127.0.0.1:\(settings.ingressTLSPort)"),
    ]
    let ready: @Sendable () async -> Void = { [folder] in
      try? Self.write(state.text(indent: 2) + "\n", to: "\(folder)/ready.json")
      print(state.text())
      fflush(nil)
    }
    guard withNode else { return await ready() }
    var configuration = try node.configuration(folder: folder, podNetwork: claim.pods)
    if let upstream {
      // A real API server asks the node for logs; the one of this process asks `logs` itself.
      let server = NodeLogServer(logs: logs, clientCertificate: upstream.nodeClientCertificate)
      let (ports, listening) = AsyncStream<Int>.makeStream()
      group.addTask {
        defer { listening.finish() }
        try await server.run { listening.yield($0) }
      }
      configuration.logPort = await ports.first { _ in true }
    }
    let agent = NodeAgent(client: client, configuration: configuration, processes: processes)
    await logs.use(agent)
    group.addTask { try await agent.run(onReady: ready) }
    group.addTask { await Scheduler(client: client).run() }
    group.addTask { await LocalNetwork(client: client, settings: settings, processes: processes, log: log).run() }
  }

  /// Writes a file that only its owner can read, whole.
  private static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + ".new"))
    chmod(path + ".new", 0o600)
    rename(path + ".new", path)
  }
}
