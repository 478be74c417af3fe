import ArgumentParser
import KubernetesAPI

struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Prints the version of this plugin and of the cluster's API server.")

  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    print("kubectl-martlet \(KubectlMartlet.version)")
    // The plugin's own version needs no cluster.
    guard let client = try? cluster.client() else { return }
    let text: String
    do { text = try await client.version().gitVersion } catch { text = "not reachable: \(error)" }
    print("server          \(text)")
    await client.shutdown()
  }
}
