import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("Registration")
struct RegistrationTests {
  @Test("makes the best run one version with an alias, however often the operator dies meanwhile")
  func registers() async throws {
    try await TestNamespace.run("register") { scope in
      let model = "churn-\(scope.name)"
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "register", in: scope, parameters: [Parameters.choice("quality", ["1", "2"])],
          search: ["algorithm": "Grid"], trials: ["max": 2, "parallel": 1],
          mlflow: """
            class Constant(mlflow.pyfunc.PythonModel):
                def predict(self, context, model_input, params=None):
                    return [1] * len(model_input)

            with mlflow.start_run():
                mlflow.pyfunc.log_model(name="model", python_model=Constant(), pip_requirements=["mlflow"])
                mlflow.log_metric("score", int(os.environ["quality"]))
            """, more: ["register": ["model": .string(model), "alias": "challenger"]]), in: scope)
      // The version is made within moments of the last trial's end: the operator is killed all through them.
      try await eventually("the second trial to run", within: .seconds(120)) {
        guard try await sweep.runs().count == 2 else { throw NotYet(try await sweep.object().conditionText) }
      }
      for _ in 0..<6 {
        try await Task.sleep(for: .milliseconds(1200))
        try await scope.martlet.kill()
        try await scope.martlet.start()
      }
      let end = try await sweep.succeeded(within: .seconds(240))
      try await eventually("the model to be registered") {
        let condition = try await sweep.object().condition("Registered")
        guard condition?["status"]?.string == "True" else { throw NotYet(try await sweep.object().conditionText) }
      }
      let versions = try await scope.mlflow.versions(of: model)
      #expect(versions.count == 1)
      let best = try #require(end.status[path: "best", "runID"]?.string)
      #expect(versions.first?["run_id"]?.string == best)
      let tags = Dictionary(
        uniqueKeysWithValues: (versions.first?["tags"]?.array ?? []).compactMap { tag in
          tag["key"]?.string.map { ($0, tag["value"]?.string ?? "") }
        })
      #expect(tags["martlet.sweep"] == "\(scope.name)/register")
      #expect(tags["martlet.trial"] == "1" && tags["martlet.value"] == "2")
      #expect(try await scope.mlflow.version(of: model, alias: "challenger") == "1")
      let status = try await sweep.object().status
      #expect(status[path: "registered", "version"]?.string == "1")
    }
  }

  @Test("says that the best run has logged no model")
  func noModel() async throws {
    try await TestNamespace.run("nomodel") { scope in
      let sweep = try await Sweep.create(
        Sweep.manifest(
          "nomodel", in: scope, parameters: [Parameters.int("k", 1, 1)], trials: ["max": 1], code: "log(score=1)",
          more: ["register": ["model": "nothing"]]), in: scope)
      try await eventually("the registration to be refused") {
        let condition = try await sweep.object().condition("Registered")
        guard condition?["reason"]?.string == "ModelNotLogged" else {
          throw NotYet(try await sweep.object().conditionText)
        }
        #expect(condition?["message"]?.string?.contains("log_model") == true)
      }
    }
  }
}
