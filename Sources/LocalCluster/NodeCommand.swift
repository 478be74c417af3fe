import ArgumentParser
import ControllerKit
import FoundationEssentials
import JSON
import KubernetesAPI
import LocalNetwork
import LocalNode
import Observability
import Processes

/// Joins any cluster as a node that runs pods as processes of this machine.
struct NodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Joins a cluster as a node whose pods are processes of this machine.")

  @Option(help: "The kubeconfig of the cluster.")
  var kubeconfig: String?

  @Option(help: "The context of the kubeconfig.")
  var context: String?

  @Option(help: "Where pods' files go; a folder under /tmp by default.")
  var folder: String?

  @Flag(help: "Also bind pods that have no node: for a cluster without a scheduler.")
  var schedule = false

  @Flag(help: "Also serve cluster addresses and Ingresses on this machine.")
  var network = false

  @Option(help: "The port of the Ingress proxy, for --network; any free one by default.")
  var ingressPort: Int?

  @OptionGroup var node: NodeOptions

  func run() async throws {
    let configuration = try ClusterConfiguration.discover(kubeconfig: kubeconfig, context: context)
    let client = KubernetesClient(configuration, userAgent: "martlet-local/0.1")
    let place = folder ?? FileManager.default.temporaryDirectory.appending(path: "martlet-node-\(node.nodeName)").path()
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let processes = ProcessTable()
    let agent = NodeAgent(
      client: client, configuration: try node.configuration(folder: place, podNetwork: try AddressClaim().pods),
      processes: processes)
    let log = Logger("martlet-local", to: LogOutput(level: .info))
    let settings = LocalNetwork.Settings(
      folder: place, ingressPort: ingressPort ?? FreePort.find(), ingressTLSPort: FreePort.find())
    try await UntilSignal.run { group in
      group.addTask {
        try await agent.run { log.info("Registered the node", ["node": .string(node.nodeName)]) }
      }
      if schedule { group.addTask { await Scheduler(client: client).run() } }
      if network {
        group.addTask { await LocalNetwork(client: client, settings: settings, processes: processes, log: log).run() }
      }
    }
    processes.killAll()
    await client.shutdown()
  }
}
