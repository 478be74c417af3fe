import CRDTypes
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("A deployment that cannot serve what is asked for says so")
struct ServingTroubleTests {
  /// What is wrong with a deployment, and what its conditions must say within some time.
  struct Trouble: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var says: [String]
    /// The spec, for the runs by name and the tracking server's address.
    var spec: @Sendable ([String: String], TestNamespace) -> JSONValue

    init(
      _ label: String, says: [String], _ spec: @escaping @Sendable ([String: String], TestNamespace) -> JSONValue
    ) {
      testDescription = label
      self.says = says
      self.spec = spec
    }
  }

  private static func server(_ scope: TestNamespace, _ more: JSONObject = [:]) -> JSONValue {
    var server = more
    server["image"] = .string(scope.cluster.stubImage ?? "ghcr.io/mlflow/mlflow:v3.17.2")
    return .object(server)
  }

  static let troubles: [Trouble] = [
    Trouble("a registered model that is not there", says: ["churn-nowhere"]) { _, scope in
      ["model": ["registry": ["name": "churn-nowhere", "alias": "champion"]], "server": server(scope)]
    },
    Trouble("a run that is not there", says: ["0123456789abcdef0123456789abcdef"]) { _, scope in
      ["model": ["run": "0123456789abcdef0123456789abcdef"], "server": server(scope)]
    },
    Trouble("a run without a model", says: ["model", "log"]) { runs, scope in
      ["model": ["run": .string(runs["empty"] ?? "")], "server": server(scope)]
    },
    Trouble("a package that the image lacks", says: ["No module named 'nowhere_to_be_found'"]) { runs, _ in
      ["model": ["run": .string(runs["needy"] ?? "")], "server": ["image": "ghcr.io/mlflow/mlflow:v3.17.2"]]
    },
    Trouble(
      "a port that never opens", says: ["container server runs, but has not answered GET /ping on port http"]
    ) { runs, scope in
      [
        "model": ["run": .string(runs["one"] ?? "")], "rollout": ["deadline": "8s"],
        "server": scope.cluster.isLocal
          ? server(scope, ["env": [["name": "STUB_SILENT", "value": "1"]]])
          : ["image": "ghcr.io/mlflow/mlflow:v3.17.2", "port": 8079, "args": ["--port", "8078"]],
      ]
    },
    Trouble("a Secret of the storage that is not there", says: ["secret", "s3-nowhere", "not found"]) { _, scope in
      ["model": ["uri": "s3://models/churn", "secret": "s3-nowhere"], "server": server(scope)]
    },
    Trouble("an image that cannot be had", says: ["registry.invalid/x:1"]) { runs, _ in
      ["model": ["run": .string(runs["one"] ?? "")], "server": ["image": "registry.invalid/x:1"]]
    },
    Trouble("a runtime that the operator does not have", says: ["no runtime TorchServe", "it has MLflow"]) { runs, _ in
      ["model": ["run": .string(runs["one"] ?? "")], "server": ["runtime": "TorchServe"]]
    },
  ]

  @Test("by what it says", arguments: troubles)
  func saysWhatIsWrong(trouble: Trouble) async throws {
    let runs = try await Models.runs()
    try await TestNamespace.run("trouble") { scope in
      var deployment = DynamicObject(ModelDeployment.type, scope.key("wrong"))
      deployment.spec = trouble.spec(runs, scope)
      deployment.spec["replicas"] = 1
      try await scope.create(deployment, as: ModelDeployment.type)
      let found = try await eventually("the deployment to say what is wrong", within: .seconds(120)) {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("wrong"))
        let message = (found.condition("Ready")?["message"]?.string ?? "").lowercased()
        guard found.condition("Ready")?["status"]?.string == "False",
          trouble.says.allSatisfy({ message.contains($0.lowercased()) })
        else { throw NotYet(found.conditionText) }
        return found
      }
      #expect(found.condition("Available")?["status"]?.string != "True")
      #expect(await scope.martlet.isRunning)
    }
  }

  @Test("where its name is too long for what is made of it: at once, by the API server")
  func name() async throws {
    try await TestNamespace.run("name") { scope in
      var deployment = DynamicObject(ModelDeployment.type, scope.key(String(repeating: "a", count: 41)))
      deployment.spec = ["model": ["run": "0123456789abcdef0123456789abcdef"]]
      let error = await #expect(throws: APIError.self) {
        try await scope.create(deployment, as: ModelDeployment.type)
      }
      #expect(error?.message.contains("40") == true && error?.message.contains("name") == true, "\(error?.message ?? "")")
    }
  }

  @Test("where an alias is not there: what serves goes on, and it is followed once it is")
  func alias() async throws {
    try await TestNamespace.run("noalias") { scope in
      let served = try await Served.start(in: scope, replicas: 1)
      try await scope.patch(
        ModelDeployment.type, "churn", ["spec": ["model": ["registry": ["alias": "challenger"]]]])
      try await eventually("the alias to be named") {
        let found = try await served.object()
        guard found.condition("UpToDate")?["status"]?.string == "False",
          found.condition("UpToDate")?["message"]?.string?.contains("challenger") == true,
          found.condition("Available")?["status"]?.string == "True"
        else { throw NotYet(found.conditionText) }
      }
      let traffic = try Traffic(scope, host: served.host)
      #expect(try await traffic.ask().status == 200)
      let version = try await scope.mlflow.register(served.model, run: try #require(served.runs["two"]))
      try await scope.mlflow.point("challenger", of: served.model, at: version)
      _ = try await served.settles("the new alias to be served") {
        $0.status[path: "stable", "model", "version"]?.string == version
          && $0.condition("UpToDate")?["status"]?.string == "True"
      }
    }
  }

  @Test("where the registry's database is down: what serves goes on, also under a new operator")
  func registryDown() async throws {
    try await TestNamespace.run("noregistry") { scope in
      let served = try await Served.start(in: scope, replicas: 1)
      let traffic = try Traffic(scope, host: served.host)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      await scope.martlet.stop()
      let blind = scope.anotherOperator(
        "blind", databaseURL: "postgresql://mlflow@127.0.0.1:\(try FreePort.next())/mlflow?connect_timeout=2")
      try await blind.start()
      try await eventually("the trouble to be told") {
        let found = try await served.object()
        guard found.condition("UpToDate")?["status"]?.string == "False",
          found.condition("Ready")?["reason"]?.string == "ServingLastKnownModel",
          found.condition("Ready")?["status"]?.string == "True"
        else { throw NotYet(found.conditionText) }
      }
      // It is still looked after.
      try await scope.client.setScale(
        ModelDeployment.type, scope.key("churn"), replicas: 2, fieldManager: TestNamespace.manager)
      try await eventually("two replicas", within: .seconds(90)) {
        guard try await served.object().status["ready"]?.string == "2/2" else { throw NotYet("not yet") }
      }
      await blind.stop()
      try await scope.martlet.start()
      _ = try await served.settles("all to be as before") { $0.condition("UpToDate")?["status"]?.string == "True" }
      users.cancel()
      #expect(await users.value.failures == [])
    }
  }
}
