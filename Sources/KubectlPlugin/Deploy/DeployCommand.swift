import ArgumentParser
import CRDTypes
import JSON
import KubernetesAPI

/// `kubectl martlet deploy`: a rollout's state, and the changes of its spec that people make by hand. The same changes can
/// be made in Git: each command prints the one that it makes.
struct DeployCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Shows a model's rollout, and promotes, pauses, aborts or rolls it back.",
    subcommands: [
      DeployStatusCommand.self, DeployPromoteCommand.self, DeployPauseCommand.self, DeployResumeCommand.self,
      DeployAbortCommand.self, DeployRollbackCommand.self,
    ], defaultSubcommand: DeployStatusCommand.self)
}

/// The deployment that a command is about.
struct DeploymentOptions: ParsableArguments {
  @Argument(help: "The name of a ModelDeployment.")
  var deployment: String

  @OptionGroup var cluster: ClusterOptions

  /// Reads the deployment, and hands it to `body`.
  func withDeployment(_ body: (KubernetesClient, DynamicObject) async throws -> Void) async throws {
    try await cluster.withClient { client in
      let key = ObjectKey(namespace: cluster.namespace(of: client), name: deployment)
      guard let found = try await client.find(ModelDeployment.type, key) else {
        throw Complaint("there is no ModelDeployment \(deployment) in namespace \(key.namespace ?? "")")
      }
      try await body(client, found)
    }
  }

  /// Makes the change that `decide` gives, and says it.
  func change(_ decide: (RolloutView) throws -> RolloutChange) async throws {
    try await withDeployment { client, object in
      let change = try decide(RolloutView(object))
      _ = try await client.patch(
        ModelDeployment.type, object.key, .merge(change.patch), fieldManager: "kubectl-martlet")
      print(change.text)
    }
  }
}

struct DeployStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows the revisions, their traffic, the step and the checks.",
    usage: "kubectl martlet deploy status <deployment> [-o table|json]")

  @OptionGroup var options: DeploymentOptions

  @Option(name: [.short, .long], help: "How to print: table or json.")
  var output = OutputFormat.table

  func run() async throws {
    try await options.withDeployment { _, object in
      let view = RolloutView(object)
      print(output == .json ? object.status.text(indent: 2) : view.text)
    }
  }
}

struct DeployPromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Moves all traffic to the new revision, whatever steps, pauses or checks are left.",
    usage: "kubectl martlet deploy promote <deployment>")

  @OptionGroup var options: DeploymentOptions

  func run() async throws { try await options.change { try RolloutChange.promote($0) } }
}

struct DeployPauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Keeps the rollout at the share of the traffic that it has.",
    usage: "kubectl martlet deploy pause <deployment>")

  @OptionGroup var options: DeploymentOptions

  func run() async throws { try await options.change { _ in RolloutChange.pause } }
}

struct DeployResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Lets a paused or aborted rollout go on.",
    usage: "kubectl martlet deploy resume <deployment>")

  @OptionGroup var options: DeploymentOptions

  func run() async throws { try await options.change { _ in RolloutChange.resume } }
}

struct DeployAbortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abort", abstract: "Puts all traffic back on the stable revision, and keeps it there.",
    usage: "kubectl martlet deploy abort <deployment>")

  @OptionGroup var options: DeploymentOptions

  func run() async throws { try await options.change { _ in RolloutChange.abort } }
}

struct DeployRollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback", abstract: "Returns to a kept revision, and stays there; --undo follows the source again.",
    usage: "kubectl martlet deploy rollback <deployment> [--to <revision>] [--undo]")

  @OptionGroup var options: DeploymentOptions

  @Option(help: "The revision; the one before by default.")
  var to: String?

  @Flag(help: "Follows the model's source again.")
  var undo = false

  func run() async throws {
    try await options.change { undo ? RolloutChange.follow : try RolloutChange.rollback($0, to: to) }
  }
}
