import ArgumentParser
import FoundationEssentials
import JSON
import KubernetesAPI
import MLflow
import Observability
import Planning
import Postgres
import YAML

/// What the operator runs with, from flags, environment and files.
struct OperatorConfiguration: Sendable {
  let cluster: ClusterConfiguration
  let namespace: String
  /// Empty for all.
  let watchNamespaces: [String]
  let elects: Bool
  let tracking: TrackingDefaults
  let modelImage: String
  let routerImage: String
  /// The servers that deployments may name, beside MLflow's.
  let runtimes: [ServingRuntime]
  /// The address of Prometheus for checks that name none.
  let prometheus: String?
  /// Nil where it is turned off.
  let probes: BindAddress?
  let metrics: BindAddress?
  let workers: Int
  /// How often the metrics of running trials are read for early stopping.
  let curveInterval: Duration
  let logLevel: LogLevel

  /// Throws `ConfigurationError` where no cluster can be made out, and `ValidationError` for flags.
  init(
    _ cluster: ClusterFlags, _ tracking: TrackingFlags, _ process: ProcessFlags,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    guard let level = LogLevel(rawValue: process.logLevel) else {
      let names = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--log-level must be one of \(names)")
    }
    guard process.maxConcurrentReconciles > 0 else {
      throw ValidationError("--max-concurrent-reconciles must be at least 1")
    }
    guard process.earlyStoppingInterval >= 0.1, process.earlyStoppingInterval <= 3600 else {
      throw ValidationError("--early-stopping-interval must be between 0.1 and 3600 seconds")
    }
    curveInterval = .milliseconds(Int64(process.earlyStoppingInterval * 1000))
    logLevel = level
    workers = process.maxConcurrentReconciles
    probes = try Self.address(process.healthProbeBindAddress, "--health-probe-bind-address")
    metrics = try Self.address(process.metricsBindAddress, "--metrics-bind-address")
    self.tracking = try Self.tracking(tracking, environment)
    modelImage = tracking.mlflowImage
    routerImage = tracking.routerImage
    runtimes = try tracking.runtimes.map(Self.runtimes) ?? []
    prometheus = tracking.prometheusURL.flatMap { $0.isEmpty ? nil : $0 }
    self.cluster = try ClusterConfiguration.discover(
      kubeconfig: cluster.kubeconfig, context: cluster.context, environment: environment)
    namespace = cluster.namespace ?? environment["POD_NAMESPACE"] ?? self.cluster.defaultNamespace
    watchNamespaces = (cluster.watchNamespaces ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
    elects = cluster.leaderElect
  }

  private static func address(_ text: String, _ flag: String) throws -> BindAddress? {
    if text == "0" || text.isEmpty { return nil }
    guard let address = BindAddress(text) else {
      throw ValidationError("\(flag) must be HOST:PORT, :PORT, or 0 for nowhere; \(text) is none of these")
    }
    return address
  }

  private static func runtimes(_ file: String) throws -> [ServingRuntime] {
    guard let bytes = try? Data(contentsOf: URL(filePath: file)) else {
      throw ValidationError("--runtimes: \(file) cannot be read")
    }
    do {
      return try ServingRuntime.list(JSONValue(yaml: Array(bytes)))
    } catch {
      throw ValidationError("--runtimes: \(file): \(error)")
    }
  }

  private static func tracking(
    _ flags: TrackingFlags, _ environment: [String: String]
  ) throws -> TrackingDefaults {
    var database = flags.trackingDatabaseURL ?? environment["MARTLET_TRACKING_DATABASE_URL"]
    if let file = flags.trackingDatabaseURLFile {
      guard let bytes = try? Data(contentsOf: URL(filePath: file)),
        let text = String(validating: bytes, as: UTF8.self)
      else {
        throw ValidationError("--tracking-database-url-file: \(file) cannot be read")
      }
      database = text.filter { !$0.isNewline }
    }
    if let database, !database.isEmpty {
      do {
        _ = try PostgresConfiguration(database)
      } catch {
        throw ValidationError("the tracking database's URL cannot be used: \(error.message)")
      }
    }
    var credentials = TrackingServerConfiguration.Credentials.none
    if let token = environment["MLFLOW_TRACKING_TOKEN"], !token.isEmpty {
      credentials = .token(token)
    } else if let user = environment["MLFLOW_TRACKING_USERNAME"], !user.isEmpty {
      credentials = .basic(user: user, password: environment["MLFLOW_TRACKING_PASSWORD"] ?? "")
    }
    func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    return TrackingDefaults(
      uri: nonEmpty(flags.trackingURI ?? environment["MLFLOW_TRACKING_URI"]), databaseURL: nonEmpty(database),
      credentials: credentials, podURI: nonEmpty(flags.podTrackingURI))
  }

  /// The configuration for the log, without secrets.
  var fields: KeyValuePairs<String, JSONValue> {
    [
      "server": .string(cluster.server), "configuredBy": .string(cluster.origin), "namespace": .string(namespace),
      "watchNamespaces": JSONValue(watchNamespaces), "leaderElect": .bool(elects),
      "trackingURI": .string(tracking.uri.map { TrackingServerConfiguration(uri: $0).description } ?? "none"),
      "trackingDatabase": .string(
        tracking.databaseURL.flatMap { try? PostgresConfiguration($0) }?.description ?? "none"),
      "trackingCredentials": .string(tracking.credentialKind), "mlflowImage": .string(modelImage),
      "routerImage": .string(routerImage), "runtimes": JSONValue(runtimes.map(\.name)), "prometheus": .string(prometheus ?? "none"), "workers": JSONValue(workers),
    ]
  }
}

extension TrackingDefaults {
  /// How the operator logs in, without the secret.
  fileprivate var credentialKind: String {
    switch credentials {
    case .none: "none"
    case .basic: "user and password"
    case .token: "token"
    }
  }
}
