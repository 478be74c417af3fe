import ControllerKit
import KubernetesAPI
import Observability
import Planning
import Transport

/// The controllers of all kinds, with what they share.
struct ControllerSet: Sendable {
  let caches: Caches
  let controllers: [Controller]
  let pools: DatabasePools
  private let tracking: HTTPClient
  private let routers: HTTPClient

  /// - Parameter runs: where the runs of all sweeps are kept, in MLflow's place.
  init(
    _ configuration: OperatorConfiguration, client: KubernetesClient, events: EventRecorder,
    elector: LeaderElector?, environment: ControllerEnvironment, runs: (any RunStore)? = nil
  ) {
    caches = Caches(namespaces: configuration.watchNamespaces)
    pools = DatabasePools(time: environment.time)
    let agent = "martlet/\(Version.text)"
    tracking = HTTPClient(HTTPClientConfiguration(userAgent: agent))
    // Routers are asked again every few seconds, so one that is silent is not worth waiting for.
    routers = HTTPClient(HTTPClientConfiguration(userAgent: agent, retry: .never))
    let time = environment.time
    let secrets = SecretReader(client, time: time)
    let directory = TrackingDirectory(defaults: configuration.tracking, secrets: secrets)
    let connections = TrackingConnections(pools: pools, client: tracking)
    let children = ChildReader(caches: caches, client: client, secrets: secrets)
    let pacing = StatusPacing(interval: .seconds(1), time: time)
    func shell(_ name: String) -> ApplyShell {
      ApplyShell(
        client: client, controller: name, events: events, observer: elector.map { .leading($0) } ?? StepObserver(),
        pacing: pacing)
    }
    let stores: RunStores = { profile in
      if let runs { return runs }
      return MLflowRuns(connection: try await connections.connection(to: profile), date: { time.date })
    }
    let workloads = WorkloadReader(time: time) { type, namespace in
      try await client.list(type, namespace: namespace).items
    }
    let sweep = SweepController(
      gather: SweepGather(
        caches: caches, directory: directory, stores: stores, settled: SettledRuns(),
        trials: TrialReader(caches: caches, views: TrialViews(), time: time), curves: CurveStore(),
        workloads: workloads),
      planner: SweepPlanner(), shell: shell(SweepController.name), time: time,
      curveInterval: configuration.curveInterval)
    let router = RouterGather(caches: caches, client: RouterClient(client: routers))
    let serving = ServingPlanner(
      .init(
        image: configuration.modelImage, routerImage: configuration.routerImage, runtimes: configuration.runtimes))
    let deployment = ServingController(
      gather: ServingGather(
        caches: caches, children: children, directory: directory, connections: connections, router: router,
        window: TrafficWindow(),
        measurer: CheckMeasurer(
          client: tracking, pools: pools, secrets: secrets, prometheus: configuration.prometheus, time: time),
        warmUps: WarmUpSender(routers), planner: serving),
      planner: serving, shell: shell(ServingController.name), secrets: secrets, time: time)
    let experiment = ExperimentController(
      gather: ExperimentGather(caches: caches, children: children, router: router),
      planner: ExperimentPlanner(.init(image: configuration.routerImage)), shell: shell(ExperimentController.name),
      secrets: secrets, time: time)
    let databases = FeatureDatabases(pools: pools, secrets: DatabaseSecret(secrets: secrets))
    let journal = AttemptJournal()
    let features = FeatureSetController(
      sets: caches.featureSets, gather: FeatureSetGather(databases: databases, journal: journal),
      records: FeatureSetRecords(databases: databases, journal: journal, date: { time.date }),
      planner: FeatureSetPlanner(), shell: shell(FeatureSetController.name), time: time)
    let workers = configuration.workers
    controllers = [
      Controller(
        SweepController.name, primary: caches.sweeps.type, sources: sweep.sources(), workers: workers,
        environment: environment, reconcile: { try await sweep.reconcile($0, $1) }),
      Controller(
        ServingController.name, primary: caches.modelDeployments.type, sources: deployment.sources(), workers: workers,
        environment: environment, reconcile: { try await deployment.reconcile($0, $1) }),
      Controller(
        ExperimentController.name, primary: caches.experiments.type, sources: experiment.sources(), workers: workers,
        environment: environment, reconcile: { try await experiment.reconcile($0, $1) }),
      Controller(
        FeatureSetController.name, primary: caches.featureSets.type, sources: features.sources(), workers: workers,
        environment: environment, reconcile: { try await features.reconcile($0, $1) }),
    ]
  }

  /// Ends connections to databases, MLflow and routers.
  func close() async {
    await pools.closeAll()
    await tracking.shutdown()
    await routers.shutdown()
  }
}
