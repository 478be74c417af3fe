import CLinux
import CRDTypes
import ControllerKit
import FoundationEssentials
import JSON
import KubernetesAPI
import Observability

/// The operator's process from its start to its end.
struct OperatorProcess: Sendable {
  private let configuration: OperatorConfiguration
  private let output: LogOutput
  private let runs: (any RunStore)?

  /// - Parameter runs: where the runs of all sweeps are kept, in MLflow's place.
  init(_ configuration: OperatorConfiguration, runs: (any RunStore)? = nil) {
    self.configuration = configuration
    self.runs = runs
    output = LogOutput(level: configuration.logLevel)
  }

  /// Runs until SIGTERM or SIGINT, then ends in an orderly way and returns. Throws what keeps it from running.
  func run() async throws {
    martlet_limit_arenas(2)
    let log = Logger("operator", to: output)
    let metrics = MetricRegistry()
    let process = ProcessMetrics(metrics)
    let requests = ClientMetrics(metrics)
    let environment = ControllerEnvironment(log: log, metrics: metrics)
    log.info("Started", configuration.fields)
    log.info("Is version \(Version.text)")

    let client = KubernetesClient(
      configuration.cluster, userAgent: "martlet/\(Version.text)",
      onWarning: { log.warning("The API server warned", ["warning": .string($0.description)]) },
      onAnswer: { requests.answered(status: $0.status, method: $0.method, host: $0.host, seconds: $0.duration / .seconds(1)) })
    let identity = Self.identity()
    let elector = configuration.elects ? elector(client, identity, environment) : nil
    let events = EventRecorder(client: client, instance: identity, environment: environment)
    let set = ControllerSet(
      configuration, client: client, events: events, elector: elector, environment: environment, runs: runs)
    let health = HealthState()
    let endpoint = ObservationEndpoint(health: health, metrics: metrics, log: output)
    let manager = Manager(
      source: client, probe: client, informers: set.caches.all, controllers: set.controllers,
      services: ProbeService.services(
        probes: configuration.probes, metrics: configuration.metrics, endpoint: endpoint, time: environment.time),
      elector: elector, events: events, health: health, environment: environment)
    let result = await Self.untilSignal(log) { try await manager.run() }
    await set.close()
    await client.shutdown()
    withExtendedLifetime(process) {}
    try result.get()
    log.info("Ended")
  }

  /// Runs `body`, which is cancelled by the first signal to end.
  private static func untilSignal(
    _ log: Logger, _ body: @escaping @Sendable () async throws -> Void
  ) async -> Result<Void, any Error> {
    await withTaskGroup(of: Result<Void, any Error>?.self) { group in
      group.addTask {
        do {
          try await body()
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      group.addTask {
        if let signal = await TerminationSignal.wait() {
          log.info("Was told to end", ["signal": JSONValue(Int(signal))])
        }
        return nil
      }
      var result: Result<Void, any Error> = .success(())
      while let next = await group.next() {
        if let next { result = next }
        group.cancelAll()
      }
      if case .failure(let error) = result, error is CancellationError { return .success(()) }
      return result
    }
  }

  private func elector(
    _ client: KubernetesClient, _ identity: String, _ environment: ControllerEnvironment
  ) -> LeaderElector {
    let key = ObjectKey(namespace: configuration.namespace, name: "martlet-operator")
    let store = KubernetesLeaseStore(client, key: key, fieldManager: "martlet-operator")
    return LeaderElector(
      store: store, identity: identity, time: environment.time, log: environment.log.named("election"),
      metrics: ElectionMetrics(environment.metrics, name: key.name))
  }

  /// The pod's name, or the machine's, and a part that no other process has.
  private static func identity() -> String {
    let environment = ProcessInfo.processInfo.environment
    let host = environment["POD_NAME"] ?? environment["HOSTNAME"] ?? ProcessInfo.processInfo.hostName
    return "\(host)-\(UUID().uuidString.prefix(8).lowercased())"
  }
}
