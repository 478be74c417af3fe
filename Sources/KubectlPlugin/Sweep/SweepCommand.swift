import ArgumentParser
import CRDTypes
import KubernetesAPI

/// `kubectl martlet sweep`: what a sweep has tried, found and is doing.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Shows what a sweep has tried and found, follows it, and makes one of Katib's.",
    subcommands: [
      SweepTrialsCommand.self, SweepBestCommand.self, SweepWatchCommand.self, SweepPlotCommand.self,
      SweepCreateCommand.self,
    ])
}

extension ClusterOptions {
  /// Throws a complaint where there is no sweep of the name.
  func sweep(_ name: String, _ client: KubernetesClient) async throws -> DynamicObject {
    let namespace = namespace(of: client)
    guard let sweep = try await client.find(TrainingSweep.type, ObjectKey(namespace: namespace, name: name)) else {
      throw Complaint("there is no TrainingSweep \(name) in namespace \(namespace)")
    }
    return sweep
  }
}
