import ArgumentParser

/// `kubectl martlet`: what `kubectl get` does not show in one look.
@main
struct KubectlMartlet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kubectl-martlet",
    abstract: "Shows Martlet's objects, what is wrong with them and what to do about it.",
    usage: "kubectl martlet <subcommand>",
    version: version,
    subcommands: [StatusCommand.self, SweepCommand.self, DeployCommand.self, FeaturesCommand.self, VersionCommand.self])

  static let version = "0.1.0"
}
