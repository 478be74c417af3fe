import ArgumentParser

/// A Kubernetes cluster on one machine, without containers: for trying Martlet out and for its tests.
@main
struct LocalCluster: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "martlet-local",
    abstract: "A Kubernetes cluster on this machine whose pods are processes of the host.",
    discussion: """
      Nothing is isolated: a pod's processes see this machine's files, network and processes. Run only what you would \
      run yourself.
      """,
    subcommands: [UpCommand.self, NodeCommand.self, ContainerInitCommand.self])
}
