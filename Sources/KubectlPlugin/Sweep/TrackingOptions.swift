import ArgumentParser
import CRDTypes
import FoundationEssentials
import JSON
import KubernetesAPI
import MLflow
import Transport

/// Where MLflow is, for the person at the terminal.
struct TrackingOptions: ParsableArguments {
  @Option(
    name: .customLong("tracking-uri"),
    help: """
      MLflow's tracking server as this machine reaches it; MLFLOW_TRACKING_URI, and then the sweep's tracking Secret, by \
      default.
      """)
  var trackingURI: String?

  /// The Secret that a namespace may have.
  private static let secretName = "martlet-tracking"

  /// Throws a complaint where nothing says where the server is.
  func server(for sweep: DynamicObject, _ client: KubernetesClient) async throws -> TrackingServer {
    let environment = ProcessInfo.processInfo.environment
    let name = sweep.spec[path: "tracking", "secret"]?.string ?? Self.secretName
    let secret = try? await client.find(Core.Secret.self, ObjectKey(namespace: sweep.namespace, name: name))
    func field(_ key: String) -> String? { secret?.value(key).map { $0.filter { !$0.isNewline } } }
    guard let uri = trackingURI ?? environment["MLFLOW_TRACKING_URI"] ?? field("uri") else {
      throw Complaint("no tracking server is named, and there is no readable Secret \(name) in the sweep's namespace")
    }
    var credentials = TrackingServerConfiguration.Credentials.none
    if let token = environment["MLFLOW_TRACKING_TOKEN"] ?? field("token") {
      credentials = .token(token)
    } else if let user = environment["MLFLOW_TRACKING_USERNAME"] ?? field("username") {
      credentials = .basic(user: user, password: environment["MLFLOW_TRACKING_PASSWORD"] ?? field("password") ?? "")
    }
    return TrackingServer(
      TrackingServerConfiguration(uri: uri, credentials: credentials),
      client: HTTPClient(HTTPClientConfiguration(userAgent: "kubectl-martlet/\(KubectlMartlet.version)")))
  }
}
