import CRDTypes
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("An experiment")
struct ExperimentTests {
  @Test("splits users by weight, keeps each with a variant, moves only whom it must, and falls back on the control")
  func splits() async throws {
    let runs = try await Models.runs()
    try await TestNamespace.run("split") { scope in
      for name in ["one", "two"] { try await Self.deploy(name, run: try #require(runs[name]), in: scope) }
      for name in ["one", "two"] {
        try await scope.wait(ModelDeployment.type, name, "Ready", within: .seconds(180))
      }
      let host = "\(scope.name).example.com"
      var experiment = DynamicObject(ABExperiment.type, scope.key("split"))
      experiment.spec = [
        "ingress": ["host": .string(host), "path": "/"], "assignment": ["header": "X-User-Id"],
        "variants": Self.variants(80, 20),
      ]
      try await scope.create(experiment, as: ABExperiment.type)
      let ready = try await scope.wait(ABExperiment.type, "split", "Ready", within: .seconds(120))
      #expect(ready.status["split"]?.string == "80/20")
      let traffic = try Traffic(scope, host: host)
      try await eventually("the Ingress to lead to the router") {
        let answer = try await traffic.ask(user: "first")
        guard answer.status == 200, answer.variant != nil else { throw NotYet("\(answer)") }
      }

      // 500 users: five standard deviations of a share of 80 % are 9 %.
      let users = (0..<500).map { "user-\($0)" }
      let before = try await traffic.variants(of: users, assigned: true)
      #expect((71...89).contains(before.values.count { $0 == "control" } / 5))
      // Where the machine is short of everything a variant may seem not to answer for a moment.
      try await eventually("each user to be answered by the variant that it has") {
        for (user, variant) in try await traffic.variants(of: Array(users.prefix(60))) where before[user] != variant {
          throw NotYet("\(user) has \(before[user] ?? "") and was answered by \(variant)")
        }
      }

      // The weights change in running routers: no process is started anew.
      let routers = try await Self.routers(in: scope)
      try await scope.patch(ABExperiment.type, "split", ["spec": ["variants": Self.variants(50, 50)]])
      try await eventually("the routers to have the new weights") {
        let found = try await scope.client.get(ABExperiment.type, scope.key("split"))
        guard found.isObserved, found.status["split"]?.string == "50/50",
          found.condition("Ready")?["status"]?.string == "True"
        else { throw NotYet(found.conditionText) }
      }
      let after = try await traffic.variants(of: users, assigned: true)
      #expect(users.allSatisfy { before[$0] != "treatment" || after[$0] == "treatment" })
      let moved = users.count { before[$0] != after[$0] }
      #expect((21...39).contains(moved / 5), "\(moved) of 500 users moved, and about 150 must")
      #expect(try await Self.routers(in: scope) == routers)

      try await eventually("status to show what was seen") {
        let found = try await scope.client.get(ABExperiment.type, scope.key("split"))
        let seen = (found.status["variants"]?.array ?? []).compactMap { $0["requests"]?.int }.reduce(0, +)
        guard seen >= 1000 else { throw NotYet("\(seen) requests\n\(found.conditionText)") }
      }

      // A variant whose replicas are all gone: its users are answered by the control, and keep their assignment.
      try await scope.client.setScale(
        ModelDeployment.type, scope.key("two"), replicas: 0, fieldManager: TestNamespace.manager)
      try await scope.waitUntilNone(.pod, selector: .labels(["martlet.dev/model-deployment": "two"]))
      let lost = try #require(users.first { after[$0] == "treatment" })
      try await eventually("the control to answer") {
        let answer = try await traffic.ask(user: lost)
        guard answer.status == 200, answer.variant == "control" else { throw NotYet("\(answer)") }
        #expect(answer.assigned == "treatment")
      }
      let fallen = try await traffic.variants(of: users)
      #expect(fallen.values.allSatisfy { $0 == "control" })
      let partly = try await scope.wait(ABExperiment.type, "split", "Ready", is: "False", reason: "VariantNotReady")
      #expect(partly.condition("Ready")?["message"]?.string?.contains("treatment") == true)
      try await scope.client.setScale(
        ModelDeployment.type, scope.key("two"), replicas: 1, fieldManager: TestNamespace.manager)
      try await scope.wait(ABExperiment.type, "split", "Ready", within: .seconds(120))
      try await eventually("its users to be back") {
        guard try await traffic.variants(of: users) == after else { throw NotYet("not all are") }
      }

      try await scope.client.delete(ABExperiment.type, scope.key("split"))
      try await scope.waitUntilNone(.pod, selector: .labels(["martlet.dev/experiment": "split"]))
      try await scope.waitUntilNone(.ingress)
    }
  }

  private static func variants(_ control: Int, _ treatment: Int) -> JSONValue {
    [
      ["name": "control", "deployment": "one", "weight": JSONValue(control), "control": true],
      ["name": "treatment", "deployment": "two", "weight": JSONValue(treatment)],
    ]
  }

  private static func deploy(_ name: String, run: String, in scope: TestNamespace) async throws {
    var deployment = DynamicObject(ModelDeployment.type, scope.key(name))
    deployment.spec = [
      "model": ["run": .string(run)], "replicas": 1,
      "server": ["image": .string(scope.cluster.stubImage ?? "ghcr.io/mlflow/mlflow:v3.17.2")],
    ]
    try await scope.create(deployment, as: ModelDeployment.type)
  }

  /// The routers' pods with the starts of their containers.
  private static func routers(in scope: TestNamespace) async throws -> [String: JSONValue?] {
    let pods = try await scope.client.list(
      .pod, namespace: scope.name, selector: .labels(["martlet.dev/experiment": "split"])).items
    return Dictionary(
      pods.map { ($0.uid, $0.status["containerStatuses"]?[0]?[path: "state", "running", "startedAt"]) },
      uniquingKeysWith: { first, _ in first })
  }
}
