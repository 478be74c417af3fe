import FoundationEssentials
import MLflow
import Postgres
import TestSupport
import Transport

/// A server, its database and an experiment of a test's own.
struct Tracking {
  let mlflow: MLflowServer
  let server: TrackingServer
  let database: TrackingDatabase
  let experiment: String

  static let start = Date(timeIntervalSince1970: 1_795_000_000)

  init(_ name: String, on mlflow: MLflowServer? = nil) async throws {
    self.mlflow = if let mlflow { mlflow } else { try await MLflowServer.shared() }
    server = TrackingServer(TrackingServerConfiguration(uri: self.mlflow.url), client: HTTPClient())
    database = TrackingDatabase(try PostgresPool(PostgresConfiguration(self.mlflow.databaseURL)))
    experiment = try await server.experiment(named: name)
  }

  /// Makes a run with the values and ends it.
  func run(
    _ name: String, metrics: [String: Double] = [:], parameters: [String: String] = [:], tags: [String: String] = [:],
    status: RunStatus = .finished, end: Double = 60
  ) async throws -> String {
    let run = try await server.createRun(experiment: experiment, name: name, start: Self.start, tags: tags)
    try await server.log(
      run: run.id, metrics: metrics.map { MetricRecord($0.key, $0.value, step: 1, time: Self.start) },
      parameters: parameters)
    if status != .running {
      try await server.updateRun(run.id, status: status, end: Self.start + end)
    }
    return run.id
  }
}
