import ArgumentParser
import LocalNode

/// What a container's process runs first. The node starts it; nobody else should.
struct ContainerInitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "container-init", abstract: "Becomes a pod's container.", shouldDisplay: false)

  @Argument(help: "The container's specification, a JSON file.")
  var specification: String

  @Argument(parsing: .postTerminator, help: "A command to run instead of the container's, in the same surroundings.")
  var instead: [String] = []

  func run() throws {
    throw ExitCode(ContainerInit.run(specificationAt: specification, instead: instead))
  }
}
