import ArgumentParser
import FoundationEssentials
import JSON

struct SweepTrialsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trials", abstract: "Lists a sweep's trials.",
    usage: "kubectl martlet sweep trials <sweep> [--sort-by <order>] [--state <state>] [options]")

  @Argument(help: "The name of a TrainingSweep.")
  var sweep: String

  @Option(help: "The order: number, value (best first), duration (longest first) or state.")
  var sortBy = TrialOrder.number

  @Option(help: "Only trials in this state, such as failed. May be repeated.")
  var state: [String] = []

  @Option(help: "So many at most.")
  var limit: Int?

  @Flag(help: "Shows runs and reasons too.")
  var wide = false

  @Option(name: [.short, .long], help: "How to print: table or json.")
  var output = OutputFormat.table

  @OptionGroup var tracking: TrackingOptions
  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    for name in state where !TrialTable.states.contains(name.capitalized) {
      throw ValidationError(
        "--state: there is no state \(name); there are \(TrialTable.states.map { $0.lowercased() }.joined(separator: ", "))"
      )
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  func run() async throws {
    try await cluster.withClient { client in
      let object = try await cluster.sweep(sweep, client)
      let reading = try await TrialReader(client: client, options: tracking).read(object, now: Date())
      if let gap = reading.gap { Terminal.complain(gap) }
      let table = TrialTable(goal: SweepGoal(object), rows: reading.rows)
        .keeping(states: state.map(\.capitalized)).sorted(by: sortBy).limited(to: limit)
      switch output {
      case .table: print(table.text(wide: wide))
      case .json: print(table.json.text(indent: 2))
      }
    }
  }
}

/// The orders of trials.
enum TrialOrder: String, ExpressibleByArgument, CaseIterable {
  case number, value, duration, state
}
