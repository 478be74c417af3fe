import ArgumentParser

/// Where the program begins.
@main
enum Program {
  @MainActor static func main() async {
    // Before there is a second thread: the kernel makes a user namespace for a process with one thread only.
    if CommandLine.arguments.dropFirst().first == ContainerInitCommand.configuration.commandName {
      ContainerInitCommand.main(Array(CommandLine.arguments.dropFirst(2)))
    }
    await LocalCluster.main()
  }
}

/// A Kubernetes cluster on one machine, without containers: for trying Martlet out and for its tests.
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
