import CRDTypes
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("A model deployment")
struct ServingTests {
  /// A trial of ordinary training code: a model that predicts the trial's own value.
  private static let training = """
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"
    import mlflow


    class Constant(mlflow.pyfunc.PythonModel):
        def __init__(self, answer):
            self.answer = answer

        def predict(self, context, model_input, params=None):
            return [self.answer] * len(model_input)


    with mlflow.start_run():
        mlflow.pyfunc.log_model(
            name="model", python_model=Constant("model " + os.environ["quality"]), pip_requirements=["mlflow"])
        mlflow.log_metric("score", int(os.environ["quality"]))
    """

  @Test("serves the sweep's best model and rolls a better one out without a request that fails")
  func followsTheSweep() async throws {
    try await TestNamespace.run("serve") { scope in
      var manifest = try Sweep.manifest(
        "quality", in: scope, parameters: [Parameters.choice("quality", ["1", "2"])],
        search: ["algorithm": "Random", "points": [["quality": "1"], ["quality": "2"]]],
        // Its training code loads a great deal, and may fail where the machine is short of everything.
        trials: ["max": 1, "retries": 2],
        code: Self.training)
      let image: JSONValue = "ghcr.io/mlflow/mlflow:v3.17.2"
      let code = manifest.spec[path: "template", "spec", "containers"]?[0]?["command"] ?? .null
      manifest.json[path: "spec", "template", "spec", "containers"] = [
        ["name": "train", "image": image, "command": code]
      ]
      let sweep = try await Sweep.create(manifest, in: scope)
      try await sweep.succeeded(within: .seconds(240))

      let host = "\(scope.name).example.com"
      var deployment = DynamicObject(ModelDeployment.type, scope.key("best"))
      deployment.spec = [
        "model": ["sweep": ["name": .string(sweep.name)]], "server": ["image": image], "replicas": 2,
        "ingress": ["host": .string(host), "path": "/"],
      ]
      try await scope.create(deployment, as: ModelDeployment.type)
      let ready = try await scope.wait(ModelDeployment.type, "best", "Ready", within: .seconds(240))
      #expect(ready.status["readyReplicas"]?.int == 2)
      #expect(ready.status[path: "model", "runID"]?.string == (try await sweep.runs().first?.id))
      #expect(ready.status["url"]?.string == "http://\(host)/")
      for condition in ["Available", "UpToDate"] { #expect(ready.condition(condition)?["status"]?.string == "True") }

      let traffic = try Traffic(scope, host: host)
      try await eventually("the Ingress to lead to the model") {
        let answer = try await traffic.ask()
        guard answer.prediction == "model 1" else { throw NotYet("\(answer)") }
      }
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      try await scope.patch(TrainingSweep.type, sweep.name, ["spec": ["trials": ["max": 2]]])
      try await eventually("the better model to answer, and to be up to date", within: .seconds(300)) {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("best"))
        guard found.condition("UpToDate")?["status"]?.string == "True",
          try await sweep.object().status[path: "best", "runID"] == found.status[path: "model", "runID"],
          try await traffic.ask().prediction == "model 2"
        else { throw NotYet(found.conditionText) }
      }
      // The last pods of the old model are gone, and none of their requests with them.
      try await eventually("the old pods to be gone") {
        let pods = try await scope.client.list(.pod, namespace: scope.name).items.filter {
          $0.labels["martlet.dev/model-deployment"] == "best"
        }
        guard pods.count == 2 else { throw NotYet("there are \(pods.map(\.name))") }
      }
      users.cancel()
      let seen = await users.value
      #expect(seen.failures == [])
      #expect(seen.requests > 20)
      #expect(seen.predictions == ["model 1", "model 2"])

      try await scope.client.delete(ModelDeployment.type, scope.key("best"))
      for type in [ResourceType.deployment, .service, .ingress] { try await scope.waitUntilNone(type) }
      try await scope.waitUntilNone(.pod, selector: .labels(["martlet.dev/model-deployment": "best"]))
    }
  }

  @Test("follows its spec: replicas, the source that is gone while it serves on, and a source that never was")
  func followsItsSpec() async throws {
    let runs = try await Models.runs()
    try await TestNamespace.run("spec") { scope in
      let image = scope.cluster.stubImage ?? "ghcr.io/mlflow/mlflow:v3.17.2"
      var deployment = DynamicObject(ModelDeployment.type, scope.key("one"))
      deployment.spec = [
        "model": ["run": .string(try #require(runs["one"]))], "server": ["image": .string(image)], "replicas": 1,
      ]
      try await scope.create(deployment, as: ModelDeployment.type)
      try await scope.wait(ModelDeployment.type, "one", "Ready", within: .seconds(180))
      try await scope.client.setScale(
        ModelDeployment.type, scope.key("one"), replicas: 3, fieldManager: TestNamespace.manager)
      try await eventually("three replicas", within: .seconds(180)) {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("one"))
        guard found.status["ready"]?.string == "3/3" else { throw NotYet(found.conditionText) }
      }
      let pods = try await scope.client.list(.pod, namespace: scope.name).items.map(\.uid)

      let absent = "0123456789abcdef0123456789abcdef"
      try await scope.patch(ModelDeployment.type, "one", ["spec": ["model": ["run": .string(absent)]]])
      try await eventually("the run that is not there to be named") {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("one"))
        guard found.isObserved, found.condition("UpToDate")?["status"]?.string == "False",
          found.condition("UpToDate")?["message"]?.string?.contains(absent) == true
        else { throw NotYet(found.conditionText) }
      }
      #expect(try await Set(scope.client.list(.pod, namespace: scope.name).items.map(\.uid)) == Set(pods))
    }
  }
}
