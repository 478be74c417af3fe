import CRDTypes
import JSON
import KubernetesAPI
import Testing

/// A deployment that follows an alias, and requests that never end.
struct Served: Sendable {
  let scope: TestNamespace
  let model: String
  let host: String
  let runs: [String: String]

  func object() async throws -> DynamicObject { try await scope.client.get(ModelDeployment.type, scope.key("churn")) }

  /// The first revision serves version 1, which predicts that it is model one.
  static func start(
    in scope: TestNamespace, rollout: JSONValue? = nil, server: JSONObject = [:], replicas: Int = 2,
    isReal: Bool = false
  ) async throws -> Served {
    let runs = try await Models.runs()
    let model = "churn-\(scope.name)"
    try await scope.mlflow.register(model, run: try #require(runs["one"]), alias: "champion")
    let host = "\(scope.name).example.com"
    var deployment = DynamicObject(ModelDeployment.type, scope.key("churn"))
    let stub = isReal ? nil : scope.cluster.stubImage
    let image: JSONValue = .string(stub ?? "ghcr.io/mlflow/mlflow:v3.17.2")
    deployment.spec = .compact([
      "model": ["registry": ["name": .string(model), "alias": "champion"]],
      "server": .object(server.merging(["image": image]) { $1 }), "replicas": JSONValue(replicas),
      "ingress": ["host": .string(host)], "rollout": rollout,
    ])
    try await scope.create(deployment, as: ModelDeployment.type)
    let served = Served(scope: scope, model: model, host: host, runs: runs)
    try await scope.wait(ModelDeployment.type, "churn", "Ready", within: .seconds(180))
    let traffic = try Traffic(scope, host: host)
    try await eventually("the Ingress to lead to the model") {
      let answer = try await traffic.ask()
      guard answer.status == 200 else { throw NotYet("\(answer)") }
    }
    return served
  }

  /// Makes the environment of the server another: a revision that behaves in another way.
  func give(_ name: String, _ value: String) async throws {
    try await scope.patch(
      ModelDeployment.type, "churn",
      ["spec": ["server": ["env": [["name": .string(name), "value": .string(value)]]]]])
  }

  /// Waits until the rollout has ended with the given version or revision as the stable one.
  func settles(_ text: String, _ isSo: (DynamicObject) -> Bool) async throws -> DynamicObject {
    try await eventually(text, within: .seconds(120)) {
      let found = try await object()
      guard found.isObserved, found.status["candidate"] == nil, isSo(found) else {
        throw NotYet("\(found.conditionText)\n\(found.status.text())")
      }
      return found
    }
  }
}
