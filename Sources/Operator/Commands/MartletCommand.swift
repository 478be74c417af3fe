public import ArgumentParser
import Observability

/// What the program does, by its arguments.
public struct MartletCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "martlet", abstract: "The life of machine-learning models on Kubernetes.", version: Version.text,
    subcommands: [OperatorCommand.self, VersionCommand.self, PermissionsCommand.self])

  public init() {}
}

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

  func run() { print("martlet \(Version.text)") }
}

struct PermissionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "permissions", abstract: "Prints the ClusterRole that the operator needs.", shouldDisplay: false)

  @Option(help: "The name of the ClusterRole.")
  var name = "martlet-operator"

  func run() { print(Permission.clusterRole(named: name), terminator: "") }
}
