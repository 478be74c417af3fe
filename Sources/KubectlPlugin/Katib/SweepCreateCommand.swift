import ArgumentParser
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import YAML

struct SweepCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Makes TrainingSweeps of Katib Experiments.",
    usage: "kubectl martlet sweep create -f <experiment.yaml> [--dry-run] [options]",
    discussion: """
      Reads kubeflow.org/v1beta1 Experiments, applies the sweeps that come of them, and lists on standard error what has \
      no counterpart. --dry-run prints the sweeps instead.
      """)

  @Option(
    name: [.customShort("f"), .long], help: ArgumentHelp("A YAML file; - for standard input.", valueName: "name"))
  var filename: String

  @Flag(help: "Prints the sweeps and applies nothing.")
  var dryRun = false

  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    let experiments = try read().map { try KatibExperiment($0) }
    for experiment in experiments {
      let name = experiment.sweep.name
      for note in experiment.notes { Terminal.complain("\(name): \(note)") }
      let spec = try experiment.sweep.typed(as: TrainingSweep.self).spec
      let problems = spec.problems()
      guard problems.isEmpty else {
        throw Complaint(
          "\(name) makes no valid sweep: " + problems.map(\.description).joined(separator: "; "))
      }
    }
    if dryRun {
      print(JSONValue.yaml(documents: experiments.map(\.sweep.json)), terminator: "")
      return
    }
    try await cluster.withClient { client in
      for experiment in experiments {
        var sweep = experiment.sweep
        sweep.namespace = cluster.namespace ?? sweep.namespace ?? cluster.namespace(of: client)
        try await client.apply(sweep, as: TrainingSweep.type, fieldManager: "kubectl-martlet")
        print("trainingsweep.martlet.dev/\(sweep.name) applied in namespace \(sweep.namespace ?? "")")
      }
    }
  }

  private func read() throws -> [JSONValue] {
    let data: Data
    do {
      data = filename == "-" ? Data(Self.standardInput()) : try Data(contentsOf: URL(filePath: filename))
    } catch {
      throw Complaint("\(filename) cannot be read: \(error)")
    }
    let documents: [JSONValue]
    do {
      documents = try JSONValue.documents(yaml: Array(data)).filter { !$0.isNull }
    } catch {
      throw Complaint("\(filename): \(error)")
    }
    guard !documents.isEmpty else { throw Complaint("\(filename) has no document") }
    return documents
  }

  private static func standardInput() -> [UInt8] {
    var out: [UInt8] = []
    while let line = readLine(strippingNewline: false) { out += Array(line.utf8) }
    return out
  }
}
