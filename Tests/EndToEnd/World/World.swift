import FoundationEssentials
import TestSupport

/// What all tests share: a cluster, a PostgreSQL server and an MLflow server on it.
final class World: Sendable {
  let cluster: Cluster
  let postgres: PostgreSQL
  let mlflow: MLflow

  private init(cluster: Cluster, postgres: PostgreSQL, mlflow: MLflow) {
    self.cluster = cluster
    self.postgres = postgres
    self.mlflow = mlflow
  }

  /// The world of this run, started by the first test that asks.
  static func shared() async throws -> World { try await sharedWorld.value }

  private static let sharedWorld = Task {
    async let cluster = Cluster.start()
    let postgres = try await PostgreSQL.shared()
    // Pods on other machines reach this one by an address that only its owner knows.
    let address = Programs.setting("MARTLET_E2E_ADDRESS")
    let server = try await MLflowServer.start(
      database: "mlflow_e2e", on: postgres,
      arguments: address == nil ? [] : ["--host", "0.0.0.0", "--allowed-hosts", "*"])
    let mlflow = MLflow(server: server, url: address.map { "http://\($0):\(server.port)" } ?? server.url)
    return World(cluster: try await cluster, postgres: postgres, mlflow: mlflow)
  }
}
