public import ControllerKit
import CRDTypes
public import KubernetesAPI
import Observability

/// The controllers of kube-controller-manager that the local cluster has: Job, ReplicaSet, Deployment, endpoints,
/// disruption and garbage collection. They speak only the Kubernetes API.
public struct LocalControllers: Sendable {
  private let client: KubernetesClient
  private let caches = ControllerCaches()
  private let environment: ControllerEnvironment

  public init(client: KubernetesClient, environment: ControllerEnvironment) {
    self.client = client
    self.environment = environment
  }

  /// Runs until cancelled.
  public func run() async throws {
    let controllers = [
      JobController(client: client, caches: caches).controller(environment),
      ReplicaSetController(client: client, caches: caches).controller(environment),
      DeploymentController(client: client, caches: caches).controller(environment),
      EndpointController(client: client, caches: caches).controller(environment),
      DisruptionController(client: client, caches: caches).controller(environment),
    ]
    let collector = GarbageCollector(client: client, log: environment.log.named("garbage"))
    let manager = Manager(source: client, probe: client, controllers: controllers, environment: environment)
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { await collector.run() }
      group.addTask { try await manager.run() }
    }
  }
}
