import FoundationEssentials
import MLflow
import Postgres
import TestSupport
import Testing
import Transport

@Suite("What MLflow's server and database refuse")
struct RefusalTests {
  @Test("a host name that the server does not allow is an error that names the flag to set")
  func hostCheck() async throws {
    let mlflow = try await MLflowServer.shared()
    // A name that curl resolves by itself to loopback, and that the server does not know.
    let server = server("http://mlflow.localhost:\(mlflow.port)")
    try await server.health()
    let error = await #expect(throws: MLflowError.self) { try await server.experiment(named: "x") }
    #expect(error?.code == .hostNotAllowed)
    let flag = "--allowed-hosts 'mlflow.localhost,mlflow.localhost:*,localhost,localhost:*'"
    #expect(error?.hint?.contains(flag) == true)
  }

  @Test("the server's version is read, and something else in its place is noticed")
  func otherServers() async throws {
    let mlflow = try await MLflowServer.shared()
    #expect(try await server(mlflow.url + "/").version().hasPrefix("3."))
    let elsewhere = await #expect(throws: MLflowError.self) {
      try await server(mlflow.url + "/some/prefix").experiment(named: "x")
    }
    #expect(elsewhere?.code == .unexpectedResponse)
    let closed = await #expect(throws: MLflowError.self) {
      try await server("http://127.0.0.1:\(FreePort.next())").experiment(named: "x")
    }
    #expect(closed?.code == .unreachable && closed?.isTransient == true)
    let postgres = try await PostgreSQL.shared()
    let wrong = await #expect(throws: MLflowError.self) {
      try await server("http://127.0.0.1:\(postgres.port)").experiment(named: "x")
    }
    #expect(wrong?.code == .unreachable)
  }

  @Test("credentials are never printed")
  func secrets() {
    let place = TrackingServerConfiguration(
      uri: "http://ann:s3cret@mlflow:5000/", credentials: .basic(user: "ann", password: "s3cret"))
    var dumped = ""
    dump(place, to: &dumped)
    for text in ["\(place)", String(reflecting: place), dumped] { #expect(!text.contains("s3cret")) }
  }

  @Test("a database without MLflow's tables, or with other ones, says what is missing")
  func unknownSchema() async throws {
    let postgres = try await PostgreSQL.shared()
    let empty = TrackingDatabase(try PostgresPool(PostgresConfiguration(postgres.makeDatabase("not_mlflow"))))
    let error = await #expect(throws: MLflowError.self) { try await empty.latestMetrics(of: ["x"]) }
    #expect(error?.code == .unknownSchema)
    #expect(error?.message == "the database has none of MLflow's tables")
    try postgres.run("CREATE TABLE runs (run_uuid text, name text)", database: "not_mlflow")
    let partly = await #expect(throws: MLflowError.self) { try await empty.schema() }
    #expect(partly?.message.contains("missing: table experiments") == true)
    #expect(partly?.message.contains("column runs.status") == true)
  }

  @Test("a role that may only read is enough; one that may not is told what to grant")
  func roles() async throws {
    let tracking = try await Tracking("roles")
    let run = try await tracking.run("r", metrics: ["loss": 1])
    let postgres = try await PostgreSQL.shared()
    let tables = "experiments, runs, metrics, latest_metrics, params, tags, model_versions, model_version_tags, "
      + "registered_model_aliases, inputs, logged_models"
    try postgres.run(
      "CREATE ROLE reader LOGIN PASSWORD 'reader-secret'; ALTER ROLE reader SET default_transaction_read_only = on",
      database: "mlflow_shared")
    let place = try PostgresConfiguration(tracking.mlflow.databaseURL)
      .signingIn(user: "reader", password: "reader-secret")
    let database = TrackingDatabase(try PostgresPool(place))
    let refused = await #expect(throws: MLflowError.self) { try await database.runs([run]) }
    #expect(refused?.code == .notReadable)
    #expect(refused?.hint?.hasPrefix("GRANT SELECT ON experiments, ") == true)
    try postgres.run("GRANT SELECT ON \(tables) TO reader", database: "mlflow_shared")
    #expect(try await database.runs([run]).count == 1)
    #expect(try await database.best(BestRunQuery(metric: "loss", goal: .minimize, scope: .runs([run])))?.value == 1)
    #expect(try await database.loggedModels(of: run).isEmpty)
    let write = await #expect(throws: PostgresError.self) { try await database.pool.query("DELETE FROM runs") }
    #expect(write?.code == .permissionDenied || write?.code == .readOnly)
  }

  @Test("a database that goes away is an error that passes, and reading goes on when it is back")
  func databaseDown() async throws {
    let postgres = try await PostgreSQL.start()
    let schema = try await PostgreSQL.shared()
    _ = try await MLflowServer.shared()
    let dump = try TemporaryFolder()
    try ServerProcess.run("pg_dump", ["-O", "-f", dump.file("sql"), "-d", schema.url(database: "mlflow_shared")])
    let url = try postgres.makeDatabase("copy")
    try ServerProcess.run("psql", ["-q", "-f", dump.file("sql"), url])
    let database = TrackingDatabase(try PostgresPool(PostgresConfiguration(url)))
    #expect(try await database.runs(["x"]).isEmpty)
    await postgres.stop()
    let down = await #expect(throws: PostgresError.self) { try await database.runs(["x"]) }
    #expect(down?.isTransient == true)
    try await postgres.start()
    #expect(try await database.runs(["x"]).isEmpty)
    let wrong = try PostgresConfiguration(url).signingIn(user: "postgres", password: "wrong-secret")
    let refused = await #expect(throws: PostgresError.self) { try await TrackingDatabase(PostgresPool(wrong)).schema() }
    #expect(refused?.code == .authenticationFailed)
    await postgres.stop()
  }

  private func server(_ uri: String) -> TrackingServer {
    TrackingServer(TrackingServerConfiguration(uri: uri, timeout: .seconds(20)), client: HTTPClient())
  }
}
