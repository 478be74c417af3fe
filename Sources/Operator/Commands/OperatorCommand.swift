public import ArgumentParser
import ControllerKit
import KubernetesAPI
import Observability

/// `martlet operator`: runs the controllers until it is told to stop.
public struct OperatorCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "operator", abstract: "Runs the controllers.",
    discussion: """
      Without --kubeconfig and KUBECONFIG, a pod uses its service account, and any other process ~/.kube/config. \
      Credentials of MLflow come from the environment: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or \
      MLFLOW_TRACKING_TOKEN. SIGTERM and SIGINT stop it in an orderly way.
      """)

  @OptionGroup(title: "Cluster") var cluster: ClusterFlags
  @OptionGroup(title: "Tracking") var tracking: TrackingFlags
  @OptionGroup(title: "Process") var process: ProcessFlags

  public init() {}

  public func run() async throws { try await run(keepingRunsIn: nil) }

  /// Runs the controllers with the runs of all sweeps kept in another place than MLflow, where one is given.
  public func run(keepingRunsIn runs: (any RunStore)?) async throws {
    do {
      let configuration = try OperatorConfiguration(cluster, tracking, process)
      try await OperatorProcess(configuration, runs: runs).run()
    } catch let error as ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      StandardErrorSink().write(Array("martlet: \(Self.sentence(error))\n".utf8))
      throw ExitCode(1)
    }
  }

  /// What to say of an error that ends the program.
  static func sentence(_ error: any Error) -> String {
    switch error {
    case let error as ConfigurationError: "cannot reach a cluster: \(error)"
    default: String(describing: error)
    }
  }
}

struct ClusterFlags: ParsableArguments {
  @Option(help: "The kubeconfig to use.")
  var kubeconfig: String?

  @Option(help: "The context of the kubeconfig; its current one by default.")
  var context: String?

  @Option(help: "The namespace of the lease; the operator's own by default.")
  var namespace: String?

  @Option(help: "The namespaces whose resources are acted on, separated by commas; all by default.")
  var watchNamespaces: String?

  @Flag(help: "Takes part in the election of a leader: for more than one replica.")
  var leaderElect = false
}

struct TrackingFlags: ParsableArguments {
  @Option(
    name: .customLong("tracking-uri"), help: "The URL of MLflow's tracking server; MLFLOW_TRACKING_URI by default.")
  var trackingURI: String?

  @Option(
    name: .customLong("tracking-database-url"),
    help: "The connection string of MLflow's PostgreSQL database; MARTLET_TRACKING_DATABASE_URL by default.")
  var trackingDatabaseURL: String?

  @Option(
    name: .customLong("tracking-database-url-file"), help: "A file that holds the connection string.")
  var trackingDatabaseURLFile: String?

  @Option(
    name: .customLong("pod-tracking-uri"), help: "The tracking server's URL as pods reach it, if that is another.")
  var podTrackingURI: String?

  @Option(help: "The image of model servers that name none.")
  var mlflowImage = "ghcr.io/mlflow/mlflow:v3.17.2"

  @Option(help: "A YAML file with more runtimes of model servers than MLflow's.")
  var runtimes: String?

  @Option(help: "The image of routers: HAProxy 2.6 or later.")
  var routerImage = "haproxy:2.8"

  @Option(name: .customLong("prometheus-url"), help: "The address of Prometheus for checks of rollouts that name none.")
  var prometheusURL: String?
}

struct ProcessFlags: ParsableArguments {
  @Option(help: "Where probes are answered: HOST:PORT, :PORT, or 0 for nowhere.")
  var healthProbeBindAddress = ":8081"

  @Option(help: "Where metrics are served: HOST:PORT, :PORT, or 0 for nowhere.")
  var metricsBindAddress = ":8080"

  @Option(help: "How many objects of a kind are worked on at a time.")
  var maxConcurrentReconciles = 4

  @Option(help: "How often the metrics of running trials are read for early stopping, in seconds.")
  var earlyStoppingInterval = 5.0

  @Option(help: "The least level that is logged: debug, info, warn or error.")
  var logLevel = "info"
}
