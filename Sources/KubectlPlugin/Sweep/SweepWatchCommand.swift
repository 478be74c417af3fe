import ArgumentParser
import CRDTypes
import FoundationEssentials
import KubernetesAPI

struct SweepWatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follows a sweep until it ends.",
    usage: "kubectl martlet sweep watch <sweep> [options]",
    discussion: "Its exit status is 0 where the sweep has succeeded and 1 where it has not.")

  @Argument(help: "The name of a TrainingSweep.")
  var sweep: String

  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    var succeeded = true
    try await cluster.withClient { client in
      let object = try await cluster.sweep(sweep, client)
      succeeded = try await follow(object, client)
    }
    if !succeeded { throw ExitCode(1) }
  }

  private func follow(_ first: DynamicObject, _ client: KubernetesClient) async throws -> Bool {
    let isLive = Terminal.isInteractive
    var screen = Screen()
    var said = ""
    func show(_ object: DynamicObject, _ jobs: [TrialRow]) {
      let view = SweepView(sweep: object, jobs: jobs, now: Date(), width: Terminal.width)
      if isLive {
        Terminal.show(screen.redraw(view.lines))
      } else if view.line != said {
        said = view.line
        Terminal.show(said + "\n")
      }
    }
    let request = WatchRequest(
      TrainingSweep.type, namespace: first.namespace, selector: .name(first.name))
    for await event in client.watch(request) {
      let object: DynamicObject
      switch event {
      case .initial(let one), .applied(let one): object = one
      case .deleted: throw Complaint("the sweep \(sweep) was deleted")
      case .restarted, .synced: continue
      }
      let jobs = isLive ? try await jobs(of: object, client) : []
      show(object, jobs)
      if let end = SweepView.end(of: object) {
        Terminal.show("\(end.message)\n")
        return end.succeeded
      }
    }
    return false
  }

  private func jobs(of object: DynamicObject, _ client: KubernetesClient) async throws -> [TrialRow] {
    let list = try await client.list(
      .job, namespace: object.namespace, selector: .labels(["martlet.dev/sweep": object.name]))
    return list.items.compactMap { TrialRow(job: $0, now: Date()) }.sorted { $0.number < $1.number }
  }
}

/// Lines that are drawn again in their place.
struct Screen: Sendable {
  private var height = 0

  /// What to write so that these lines stand where the last ones did.
  mutating func redraw(_ lines: [String]) -> String {
    var out = height > 0 ? "\u{1B}[\(height)A" : ""
    for line in lines { out += "\u{1B}[2K\(line)\n" }
    // Lines that are no longer needed.
    if height > lines.count { out += "\u{1B}[0J" }
    height = lines.count
    return out
  }
}
