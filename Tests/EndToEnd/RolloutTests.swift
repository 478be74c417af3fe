import CRDTypes
import JSON
import KubernetesAPI
import Testing

@Suite("A rollout")
struct RolloutTests {
  private static let steps: JSONValue = [["weight": 25, "hold": "2s"], ["weight": 50, "hold": "2s"]]
  private static let errors: JSONValue = [
    "name": "errors", "router": ["maxErrorShareAboveStable": "0.05", "minRequests": 20],
  ]

  @Test("follows a moved alias by steps, back and forth, with the operator killed meanwhile, and loses no request")
  func alias() async throws {
    try await TestNamespace.run("alias") { scope in
      let served = try await Served.start(in: scope, rollout: ["steps": Self.steps, "checks": [Self.errors]])
      let traffic = try Traffic(scope, host: served.host)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      let first = try #require(try await served.object().status[path: "stable", "name"]?.string)
      let selectors = try await Self.selectors(in: scope)

      let version = try await scope.mlflow.register(served.model, run: try #require(served.runs["two"]))
      try await scope.mlflow.point("champion", of: served.model, at: version)
      for _ in 0..<3 {
        try await Task.sleep(for: .milliseconds(Int.random(in: 500...2500)))
        try await scope.martlet.kill()
        try await scope.client.deleteAll(.lease, namespace: scope.name)
        try await scope.martlet.start()
      }
      let second = try await served.settles("version 2 to be the stable one") {
        $0.status[path: "stable", "model", "version"]?.string == version
          && $0.condition("UpToDate")?["status"]?.string == "True"
      }
      #expect(second.status["history"]?[0]?["name"]?.string == first)
      for (name, selector) in try await Self.selectors(in: scope) where selectors[name] != nil {
        #expect(selectors[name] == selector, "\(name)")
      }

      // The way back is a change of weights, asked for with the plugin.
      let rollback = try ProgramRun.of(
        Programs.path("kubectl-martlet"),
        ["deploy", "rollback", "churn", "--kubeconfig", scope.cluster.kubeconfig, "--namespace", scope.name])
      #expect(rollback.status == 0 && rollback.output.contains(first), "\(rollback.output)")
      _ = try await served.settles("the first revision to be back") {
        $0.status[path: "stable", "name"]?.string == first
      }
      try await eventually("its answers alone") {
        for _ in 0..<20 { if try await traffic.ask().prediction?.hasSuffix("/1") != true { throw NotYet("not all") } }
      }
      // Up and down under load.
      for replicas in [4, 1] {
        try await scope.client.setScale(
          ModelDeployment.type, scope.key("churn"), replicas: replicas, fieldManager: TestNamespace.manager)
        try await eventually("\(replicas) replicas", within: .seconds(120)) {
          let found = try await served.object()
          guard found.status["ready"]?.string == "\(replicas)/\(replicas)" else { throw NotYet(found.conditionText) }
        }
      }
      users.cancel()
      let seen = await users.value
      #expect(seen.failures == [])
      #expect(seen.requests > 100)
      #expect(seen.predictions.count == 2)
    }
  }

  @Test("of a revision that errs is given up, and no request fails but those that it has answered")
  func errors() async throws {
    try await TestNamespace.run("errs") { scope in
      let served = try await Served.start(in: scope, rollout: ["steps": Self.steps, "checks": [Self.errors]])
      let traffic = try Traffic(scope, host: served.host)
      let stable = try #require(try await served.object().status[path: "stable", "name"]?.string)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      // MLflow's server answers 400 where a model raises.
      try await served.give("STUB_STATUS", "400")
      let failed = try await served.settles("the revision to be given up") { $0.status["failedRevision"] != nil }
      #expect(failed.status[path: "stable", "name"]?.string == stable)
      #expect(failed.status[path: "lastFailure", "reason"]?.string == "CheckFailed")
      #expect(failed.condition("Stalled")?["message"]?.string?.contains("answers were 4xx or 5xx") == true)
      #expect(failed.condition("Available")?["status"]?.string == "True")
      try await eventually("only the stable revision to answer") {
        for _ in 0..<50 { if try await traffic.ask().status != 200 { throw NotYet("an error") } }
      }
      let counted = failed.status[path: "failedRevision", "clientErrors"]?.int ?? 0
      #expect(counted >= 20)
      // It is not tried again, until something changes; then another is, and passes.
      #expect(try await served.object().status["candidate"] == nil)
      try await served.give("STUB_STATUS", "200")
      let passed = try await served.settles("a good revision to be the stable one") {
        $0.status[path: "stable", "name"]?.string != stable
      }
      #expect(passed.status["failedRevision"] == nil)
      users.cancel()
      let seen = await users.value
      #expect(seen.failures.allSatisfy { $0.hasPrefix("400") }, "\(Set(seen.failures))")
      // Answers between the look that decided and the change of the weights are the difference.
      #expect(seen.failures.count >= counted / 2 && !seen.failures.isEmpty)
    }
  }

  @Test("of a model that raises is given up by the errors that MLflow's own server answers, and one that works takes over")
  func realModels() async throws {
    try await TestNamespace.run("real") { scope in
      let served = try await Served.start(
        in: scope, rollout: ["steps": Self.steps, "checks": [Self.errors], "drain": "2s"], isReal: true)
      let traffic = try Traffic(scope, host: served.host)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      let stable = try #require(try await served.object().status[path: "stable", "name"]?.string)
      _ = try await scope.mlflow.register(served.model, run: try #require(served.runs["raising"]), alias: "champion")
      let failed = try await served.settles("the model that raises to be given up") { $0.status["failedRevision"] != nil }
      #expect(failed.status[path: "stable", "name"]?.string == stable)
      let counted = failed.status[path: "failedRevision", "clientErrors"]?.int ?? 0
      #expect(failed.status[path: "lastFailure", "reason"]?.string == "CheckFailed" && counted > 0)
      let version = try await scope.mlflow.register(
        served.model, run: try #require(served.runs["two"]), alias: "champion")
      _ = try await served.settles("the model that works to be the stable one") {
        $0.status[path: "stable", "model", "version"]?.string == version
      }
      #expect(try await traffic.ask().prediction == "two")
      users.cancel()
      let seen = await users.value
      #expect(seen.predictions == ["one", "two"])
      #expect(!seen.failures.isEmpty && seen.failures.allSatisfy { $0.hasPrefix("400") }, "\(Set(seen.failures))")
    }
  }

  @Test("of a revision that is slow, that crashes, or that never comes up is given up without a failed request")
  func slowAndCrashing() async throws {
    try await TestNamespace.run("slow") { scope in
      let slow: JSONValue = ["name": "latency", "router": ["maxMeanLatency": "100ms", "minRequests": 20]]
      let served = try await Served.start(
        in: scope, rollout: ["steps": [["weight": 50, "hold": "1m"]], "checks": [slow], "deadline": "60s", "drain": "2s"])
      let traffic = try Traffic(scope, host: served.host)
      let stable = try #require(try await served.object().status[path: "stable", "name"]?.string)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      for (variable, value, reason) in [
        ("STUB_DELAY", "0.3", "CheckFailed"), ("STUB_CRASH", "3", "CrashLoop"),
      ] {
        try await served.give(variable, value)
        let failed = try await served.settles("\(variable) to be given up") {
          $0.status[path: "lastFailure", "reason"]?.string == reason
        }
        #expect(failed.status[path: "stable", "name"]?.string == stable)
        if reason == "CrashLoop" { #expect(failed.status[path: "lastFailure", "exitCode"]?.int == 3) }
      }
      users.cancel()
      let seen = await users.value
      #expect(seen.failures == [])
    }
  }

  @Test("waits at a pause until it is promoted or aborted by hand, and asks new pods before it gives them traffic")
  func byHand() async throws {
    try await TestNamespace.run("byhand") { scope in
      let served = try await Served.start(
        in: scope,
        rollout: [
          "steps": [["weight": 50, "pause": true]], "warmUp": ["body": "{\"inputs\": [[1.0]]}"], "keepWarm": "1h",
        ])
      let traffic = try Traffic(scope, host: served.host)
      let users = Task { await traffic.askOnAndOn() }
      defer { users.cancel() }
      func plugin(_ verb: String) throws -> String {
        let run = try ProgramRun.of(
          Programs.path("kubectl-martlet"),
          ["deploy", verb, "churn", "--kubeconfig", scope.cluster.kubeconfig, "--namespace", scope.name])
        #expect(run.status == 0, "\(run.output)")
        return run.output
      }
      func atPause() async throws -> String {
        try await eventually("the rollout to be at its pause", within: .seconds(90)) {
          let found = try await served.object()
          guard found.isObserved, found.condition("Progressing")?["reason"]?.string == "PausedAtStep",
            let name = found.status[path: "candidate", "name"]?.string
          else { throw NotYet(found.conditionText) }
          return name
        }
      }
      let first = try #require(try await served.object().status[path: "stable", "name"]?.string)
      try await served.give("STUB_DELAY", "0.01")
      let second = try await atPause()
      #expect(try plugin("status").contains(second))
      _ = try plugin("promote")
      let promoted = try await served.settles("what was promoted by hand") {
        $0.status[path: "stable", "name"]?.string == second
      }
      // It stays warm: the way back is a change of weights.
      #expect(promoted.status["history"]?[0]?["name"]?.string == first)
      #expect(promoted.status["history"]?[0]?["replicas"]?.int == 2)

      try await served.give("STUB_DELAY", "0.02")
      _ = try await atPause()
      _ = try plugin("abort")
      let aborted = try await served.settles("the abort") { $0.condition("Ready")?["reason"]?.string == "Aborted" }
      #expect(aborted.status[path: "stable", "name"]?.string == second)
      _ = try plugin("resume")

      // One that answers its health check and no prediction gets no traffic at all.
      try await served.give("STUB_STATUS", "400")
      let cold = try await served.settles("the warm-up to fail") {
        $0.status[path: "lastFailure", "reason"]?.string == "WarmUpFailed"
      }
      #expect(cold.status[path: "stable", "name"]?.string == second)
      users.cancel()
      let seen = await users.value
      #expect(seen.failures == [])
    }
  }

  @Test("lets in only who has a key, and bodies that are not too large")
  func gate() async throws {
    try await TestNamespace.run("gate") { scope in
      try await scope.secret("keys", ["a": "first-key", "b": "second-key"])
      let runs = try await Models.runs()
      let host = "\(scope.name).example.com"
      var deployment = DynamicObject(ModelDeployment.type, scope.key("gated"))
      deployment.spec = [
        "model": ["run": .string(try #require(runs["one"]))],
        "server": ["image": .string(scope.cluster.stubImage ?? "ghcr.io/mlflow/mlflow:v3.17.2")],
        "ingress": ["host": .string(host), "apiKey": ["secret": "keys"], "maxBodySize": "1Ki"],
      ]
      try await scope.create(deployment, as: ModelDeployment.type)
      try await scope.wait(ModelDeployment.type, "gated", "Ready", within: .seconds(120))
      let traffic = try Traffic(scope, host: host)
      for (key, size, status) in [("first-key", 10, 200), ("second-key", 10, 200), ("wrong", 10, 401), ("first-key", 2000, 413)] {
        try await eventually("\(key) with \(size) bytes to be answered \(status)") {
          let answer = try await traffic.send(["X-Api-Key": key], bytes: size)
          guard answer == status else { throw NotYet("\(answer)") }
        }
      }
      #expect(try await traffic.send([:], bytes: 10) == 401)
    }
  }

  @Test("of a deployment whose address another one has does not take it, until that one goes")
  func address() async throws {
    let runs = try await Models.runs()
    try await TestNamespace.run("address") { scope in
      let host = "\(scope.name).example.com"
      for (name, run) in [("first", "one"), ("second", "two")] {
        var deployment = DynamicObject(ModelDeployment.type, scope.key(name))
        deployment.spec = [
          "model": ["run": .string(try #require(runs[run]))],
          "server": ["image": .string(scope.cluster.stubImage ?? "ghcr.io/mlflow/mlflow:v3.17.2")],
          "ingress": ["host": .string(host)],
        ]
        try await scope.create(deployment, as: ModelDeployment.type)
        if name == "first" { try await scope.wait(ModelDeployment.type, name, "Ready", within: .seconds(90)) }
      }
      let taken = try await scope.wait(ModelDeployment.type, "second", "Stalled", reason: "RouteTaken")
      #expect(taken.condition("Stalled")?["message"]?.string?.contains("\(scope.name)/first has \(host)/") == true)
      #expect(try await scope.client.list(.ingress, namespace: scope.name).items.map(\.name) == ["first"])
      try await scope.client.delete(ModelDeployment.type, scope.key("first"))
      try await eventually("the second to serve", within: .seconds(90)) {
        let found = try await scope.client.get(ModelDeployment.type, scope.key("second"))
        guard found.condition("Ready")?["status"]?.string == "True" else { throw NotYet(found.conditionText) }
      }
    }
  }

  /// The selectors of the namespace's Services and Deployments.
  private static func selectors(in scope: TestNamespace) async throws -> JSONObject {
    var out: JSONObject = [:]
    for type in [ResourceType.service, .deployment] {
      for object in try await scope.client.list(type, namespace: scope.name).items {
        out["\(type.plural)/\(object.name)"] = object.spec["selector"]
      }
    }
    return out
  }
}
