import ArgumentParser
import Charting
import FoundationEssentials

struct SweepPlotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws how a sweep has got on, or which parameters matter.",
    usage: "kubectl martlet sweep plot <sweep> [--kind convergence|importance] [--file <name>.svg]",
    discussion: "In the terminal, or as an SVG file.")

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case convergence, importance
  }

  @Argument(help: "The name of a TrainingSweep.")
  var sweep: String

  @Option(help: "What to draw: convergence (values and the best so far) or importance (of parameters).")
  var kind = Kind.convergence

  @Option(help: ArgumentHelp("The file to write, whose name ends in .svg; the terminal by default.", valueName: "name"))
  var file: String?

  @OptionGroup var tracking: TrackingOptions
  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    if let file, !file.hasSuffix(".svg") { throw ValidationError("--file: the name must end in .svg, not be \(file)") }
  }

  func run() async throws {
    try await cluster.withClient { client in
      let object = try await cluster.sweep(sweep, client)
      let reading = try await TrialReader(client: client, options: tracking).read(object, now: Date())
      if let gap = reading.gap { Terminal.complain(gap) }
      let plot = SweepPlot(sweep: object, rows: reading.rows)
      let picture: any Picture
      switch kind {
      case .convergence: picture = try plot.convergence()
      case .importance: picture = try plot.importance()
      }
      guard let file else {
        print(picture.text(width: Terminal.width))
        return
      }
      do {
        try Data(picture.svg().utf8).write(to: URL(filePath: file))
      } catch {
        throw Complaint("\(file) cannot be written: \(error)")
      }
      print("wrote \(file)")
    }
  }
}
