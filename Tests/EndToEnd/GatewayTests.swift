import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("Behind a Gateway")
struct GatewayTests {
  /// The kind of the Gateway API, as far as a test needs it where the cluster has none.
  private static func install(in scope: TestNamespace) async throws {
    let name = "httproutes.gateway.networking.k8s.io"
    let key = ObjectKey(namespace: nil, name: name)
    if try await scope.client.find(.customResourceDefinition, key) == nil {
      var definition = DynamicObject(.customResourceDefinition, key)
      definition.annotations = ["api-approved.kubernetes.io": "unapproved, for a test"]
      definition.spec = [
        "group": "gateway.networking.k8s.io", "scope": "Namespaced",
        "names": ["kind": "HTTPRoute", "plural": "httproutes", "singular": "httproute", "listKind": "HTTPRouteList"],
        "versions": [
          [
            "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
            "schema": ["openAPIV3Schema": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]],
          ]
        ],
      ]
      try await scope.create(definition, as: .customResourceDefinition)
    }
    try await eventually("routes to be served") {
      let found = try await scope.client.get(.customResourceDefinition, key)
      guard found.condition("Established")?["status"]?.string == "True" else { throw NotYet(found.conditionText) }
      _ = try await scope.client.list(.httpRoute, namespace: scope.name)
    }
  }

  /// What a Gateway's controller says of the route as it is now.
  private static func answer(_ scope: TestNamespace, accepted: Bool) async throws {
    let route = try await scope.client.get(.httpRoute, scope.key("churn"))
    func condition(_ type: String, _ holds: Bool, _ reason: String) -> JSONValue {
      [
        "type": .string(type), "status": .string(holds ? "True" : "False"), "reason": .string(reason),
        "message": "said by the test", "observedGeneration": .integer(route.generation),
        "lastTransitionTime": "2026-01-01T00:00:00Z",
      ]
    }
    let parent: JSONValue = [
      "parentRef": ["name": "public"], "controllerName": "martlet.test/gateway",
      "conditions": [
        condition("Accepted", accepted, accepted ? "Accepted" : "NoMatchingParent"),
        condition("ResolvedRefs", true, "ResolvedRefs"),
      ],
    ]
    _ = try await scope.client.patch(
      .httpRoute, scope.key("churn"), .merge(["status": ["parents": [parent]]]), subresource: "status",
      fieldManager: TestNamespace.manager)
  }

  private static func weights(_ scope: TestNamespace) async throws -> [String: Int] {
    let route = try await scope.client.get(.httpRoute, scope.key("churn"))
    let backends = route.spec["rules"]?[0]?["backendRefs"]?.array ?? []
    return Dictionary(
      backends.map { ($0["name"]?.string ?? "", $0["weight"]?.int ?? -1) }, uniquingKeysWith: { first, _ in first })
  }

  @Test("the weights of an HTTPRoute move by the steps, and count only once the Gateway has taken them")
  func weights() async throws {
    let runs = try await Models.runs()
    try await TestNamespace.run("gateway") { scope in
      try await Self.install(in: scope)
      let model = "churn-\(scope.name)"
      try await scope.mlflow.register(model, run: try #require(runs["one"]), alias: "champion")
      var deployment = DynamicObject(ModelDeployment.type, scope.key("churn"))
      deployment.spec = [
        "model": ["registry": ["name": .string(model), "alias": "champion"]], "replicas": 1, "route": "Gateway",
        "server": ["image": .string(scope.cluster.stubImage ?? "ghcr.io/mlflow/mlflow:v3.17.2")],
        "ingress": ["host": "churn.example.com", "gateway": ["name": "public"]],
        "rollout": ["steps": [["weight": 30, "hold": "1s"]]],
      ]
      try await scope.create(deployment, as: ModelDeployment.type)
      try await eventually("a route", within: .seconds(90)) { _ = try await scope.client.get(.httpRoute, scope.key("churn")) }
      try await Self.answer(scope, accepted: false)
      let refused = try await scope.wait(
        ModelDeployment.type, "churn", "Ready", is: "False", reason: "RouteRefused", within: .seconds(90))
      #expect(refused.condition("Ready")?["message"]?.string?.contains("NoMatchingParent") == true)
      try await Self.answer(scope, accepted: true)
      let ready = try await scope.wait(ModelDeployment.type, "churn", "Ready", within: .seconds(90))
      let first = try #require(ready.status[path: "stable", "name"]?.string)
      #expect(try await Self.weights(scope) == [first: 100])
      for type in [ResourceType.ingress, .configMap] {
        #expect(try await scope.client.list(type, namespace: scope.name).items.allSatisfy(\.ownerReferences.isEmpty))
      }

      let version = try await scope.mlflow.register(model, run: try #require(runs["two"]), alias: "champion")
      try await eventually("30 percent for the new revision", within: .seconds(90)) {
        let weights = try await Self.weights(scope)
        guard weights[first] == 70, weights.values.reduce(0, +) == 100 else { throw NotYet("\(weights)") }
      }
      // Nobody has taken them yet.
      try await Task.sleep(for: .seconds(3))
      #expect(try await Self.weights(scope)[first] == 70)
      try await eventually("all for the new revision", within: .seconds(90)) {
        try await Self.answer(scope, accepted: true)
        let found = try await scope.client.get(ModelDeployment.type, scope.key("churn"))
        guard found.status[path: "stable", "model", "version"]?.string == version,
          found.condition("Ready")?["status"]?.string == "True"
        else { throw NotYet(found.conditionText) }
      }
      let second = try #require(
        try await scope.client.get(ModelDeployment.type, scope.key("churn")).status[path: "stable", "name"]?.string)
      #expect(try await Self.weights(scope) == [second: 100])
    }
  }
}
