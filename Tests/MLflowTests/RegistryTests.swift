import FoundationEssentials
import JSON
import MLflow
import TestSupport
import Testing
import Transport

@Suite("Registered models, and which model a source means")
struct RegistryTests {
  /// Trains and logs a model in a run that was made over REST, as a trial's container does.
  static let training = """
    import mlflow, numpy
    from sklearn.linear_model import LinearRegression
    with mlflow.start_run():
        model = LinearRegression().fit(numpy.array([[1.0], [2.0]]), numpy.array([2.0, 4.0]))
        mlflow.sklearn.log_model(model, NAME, pip_requirements=["scikit-learn"])
    """

  /// Loads the models that are named by their URIs and prints what each predicts for 3.
  static let loading = """
    import os, mlflow.pyfunc, numpy
    for uri in os.environ["URIS"].split():
        print("predicts", round(float(mlflow.pyfunc.load_model(uri).predict(numpy.array([[3.0]]))[0]), 6))
    """

  @Test("a logged model is found, registered, served by its alias, and gone when it is deleted")
  func versionThree() async throws {
    let tracking = try await Tracking("registry")
    try await check(tracking, logged: "name=\"model\"", serves: true)
  }

  @Test("the same holds for MLflow 2", .enabled(if: MLflowServer.testsVersionTwo))
  func versionTwo() async throws {
    let mlflow = try await MLflowServer.start(.two, database: "mlflow_two", on: PostgreSQL.shared())
    let tracking = try await Tracking("registry", on: mlflow)
    #expect(try await tracking.server.version().hasPrefix("2."))
    #expect(try await tracking.database.schema().hasLoggedModels == false)
    try await check(tracking, logged: "artifact_path=\"model\"", serves: false)
    mlflow.stop()
  }

  private func check(_ tracking: Tracking, logged: String, serves: Bool) async throws {
    let (server, database) = (tracking.server, tracking.database)
    let run = try await tracking.run("trained", status: .running)
    let empty = await #expect(throws: MLflowError.self) { try await database.resolve(.run(id: run)) }
    #expect(empty?.message == "run \(run) logged no model")

    let code = Self.training.split(separator: "NAME", omittingEmptySubsequences: false).joined(separator: logged)
    _ = try await tracking.mlflow.python(
      code, environment: ["MLFLOW_RUN_ID": run, "MLFLOW_EXPERIMENT_ID": tracking.experiment])
    #expect(try await database.runs([run])[run]?.status == .finished)
    let model = try #require(try await database.loggedModels(of: run).first)
    #expect(model.name == "model")
    let resolved = try await database.resolve(.run(id: run))
    #expect(resolved.uri == model.uri && resolved.runID == run)
    let wrong = await #expect(throws: MLflowError.self) { try await database.resolve(.run(id: run, name: "nosuch")) }
    #expect(wrong?.message == "run \(run) logged no model nosuch; it logged model")

    try await server.registeredModel(named: "churn", tags: ["team": "a"])
    try await server.registeredModel(named: "churn")
    let absent = await #expect(throws: MLflowError.self) {
      try await server.createModelVersion(of: "nosuch", from: model)
    }
    #expect(absent?.code == .notFound)
    let tags = ["sweep": "ns/it"]
    let version = try await server.createModelVersion(of: "churn", from: model, tags: tags)
    #expect(version.version == 1 && version.runID == run && version.status == "READY")
    #expect(try await server.searchModelVersions(of: "churn", tags: tags).map(\.version) == [1])
    #expect(try await server.searchModelVersions(of: "churn", tags: ["sweep": "other"]).isEmpty)

    #expect(try await database.modelVersion(of: "churn", alias: "champion") == nil)
    let noAlias = await #expect(throws: MLflowError.self) {
      try await server.modelVersion(of: "churn", alias: "champion")
    }
    #expect(noAlias?.code == .notFound)
    try await server.setAlias("champion", of: "churn", to: 1)
    try await server.setTag(model: "churn", version: 1, "validated", "yes")
    let byREST = try await server.modelVersion(of: "churn", alias: "champion")
    let bySQL = try #require(try await database.modelVersion(of: "churn", alias: "champion"))
    #expect(bySQL == byREST)
    #expect(bySQL.aliases == ["champion"] && bySQL.tags == ["sweep": "ns/it", "validated": "yes"])
    let served = try await database.resolve(.alias(model: "churn", alias: "champion"))
    #expect(served.uri == "models:/churn/1" && served.runID == run && served.version == 1)
    #expect(try await database.resolve(.latest(model: "churn")) == served)
    #expect(try await database.resolve(.version(model: "churn", version: 1)) == served)

    let output = try await tracking.mlflow.python(Self.loading, environment: ["URIS": "\(resolved.uri) \(served.uri)"])
    #expect(output.split(separator: "predicts 6.0", omittingEmptySubsequences: false).count == 3, "\(output)")
    if serves { try await expectServed(tracking.mlflow, served.uri) }

    try await server.deleteAlias("champion", of: "churn")
    try await server.deleteModelVersion(of: "churn", version: 1)
    #expect(try await database.latestModelVersion(of: "churn") == nil)
    let gone = await #expect(throws: MLflowError.self) {
      try await database.resolve(.alias(model: "churn", alias: "champion"))
    }
    #expect(gone?.code == .notFound && gone?.message == "the registered model churn has no alias champion")
  }

  private func expectServed(_ mlflow: MLflowServer, _ uri: String) async throws {
    let (process, port) = try await mlflow.serve(uri)
    let response = try await HTTPClient().send(
      HTTPRequest(
        "POST", url: "http://127.0.0.1:\(port)/invocations", headers: ["Content-Type": "application/json"],
        body: JSONValue.object(["inputs": [[3.0]]]).bytes()))
    #expect(response.status == 200)
    let prediction = try JSONValue(parsing: response.body)["predictions"]?[0]?.double ?? .nan
    #expect(abs(prediction - 6) < 1e-9)
    process.stop()
  }
}
