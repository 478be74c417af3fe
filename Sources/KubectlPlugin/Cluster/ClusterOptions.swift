import ArgumentParser
import KubernetesAPI

/// Which cluster and which namespace: kubectl's own options, as a plugin does not inherit them.
struct ClusterOptions: ParsableArguments {
  @Option(name: [.short, .long], help: ArgumentHelp("The namespace; the context's own by default.", valueName: "name"))
  var namespace: String?

  @Option(help: ArgumentHelp("The kubeconfig; found as kubectl finds it by default.", valueName: "file"))
  var kubeconfig: String?

  @Option(help: ArgumentHelp("The context of the kubeconfig; the current one by default.", valueName: "name"))
  var context: String?

  /// Throws `ConfigurationError`.
  func client() throws -> KubernetesClient {
    KubernetesClient(
      try ClusterConfiguration.load(kubeconfig: kubeconfig, context: context),
      userAgent: "kubectl-martlet/\(KubectlMartlet.version)")
  }

  func namespace(of client: KubernetesClient) -> String { namespace ?? client.configuration.defaultNamespace }

  /// Runs `body` with a client and ends its connections, whatever comes of it.
  func withClient(_ body: (KubernetesClient) async throws -> Void) async throws {
    let client = try client()
    do {
      try await body(client)
    } catch {
      await client.shutdown()
      throw error
    }
    await client.shutdown()
  }
}

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}
