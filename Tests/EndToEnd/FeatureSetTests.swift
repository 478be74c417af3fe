import CRDTypes
import JSON
import KubernetesAPI
import TestSupport
import Testing

@Suite("A feature set")
struct FeatureSetTests {
  /// The spec of a set of two features of a user, from and into the databases that two secrets name.
  static func spec(source: String, online: String, every: String = "2s") -> JSONValue {
    [
      "entity": ["name": "user", "keys": [["name": "user_id", "type": "String"]]],
      "source": [
        "secret": .string(source), "table": "user_events", "timestamp": "event_time", "created": "ingested_at",
      ],
      "features": [
        ["name": "age", "type": "Int64"],
        ["name": "avg_session_s", "type": "Double", "sql": "session_ms / 1000.0"],
      ],
      "ttl": "30d", "online": ["postgres": ["secret": .string(online)], "every": .string(every)],
    ]
  }

  @Test("names the column that is not there, then brings rows online on its schedule, and they can be read")
  func materialises() async throws {
    try await TestNamespace.run("features") { scope in
      let server = scope.world.postgres
      let database = scope.name.replacing("-", with: "_")
      let source = try server.makeDatabase(database)
      let online = try server.makeDatabase("\(database)_online")
      try server.run(
        """
        CREATE TABLE user_events (user_id text, event_time timestamptz, ingested_at timestamptz DEFAULT now(),
          age int, session_ms int);
        INSERT INTO user_events VALUES ('ada', now() - interval '1 hour', now(), 36, 90000),
          ('ada', now() - interval '2 hours', now(), 35, 1000), ('alan', now() - interval '1 day', now(), 41, 2500);
        """, database: database)
      try await scope.secret("warehouse", ["uri": source])
      try await scope.secret("online", ["uri": online])

      var set = DynamicObject(FeatureSet.type, scope.key("users"))
      set.spec = Self.spec(source: "warehouse", online: "online")
      set.json[path: "spec", "features"] = [["name": "heigth", "type": "Int64"]]
      try await scope.create(set, as: FeatureSet.type)
      let wrong = try await scope.wait(FeatureSet.type, "users", "Stalled")
      let message = wrong.condition("Ready")?["message"]?.string ?? ""
      for word in ["heigth", "user_id", "event_time", "ingested_at", "age", "session_ms"] {
        #expect(message.contains(word), "\(word) is not in: \(message)")
      }

      try await scope.patch(FeatureSet.type, "users", ["spec": Self.spec(source: "warehouse", online: "online")])
      let done = try await scope.wait(FeatureSet.type, "users", "Materialized")
      #expect(done.status["rows"]?.int == 2)
      try await scope.wait(FeatureSet.type, "users", "Fresh")
      try await scope.wait(FeatureSet.type, "users", "Ready")
      let first = try Self.read("ada", in: scope)
      #expect(first["age"]?.int == 36)
      #expect(first["avg_session_s"]?.double == 90)

      // A newer event replaces the value at the next round; an older one that comes late does not.
      try server.run(
        """
        INSERT INTO user_events VALUES ('ada', now(), now(), 37, 30000),
          ('alan', now() - interval '3 days', now(), 39, 1);
        """, database: database)
      try await eventually("the new value to be online") {
        let found = try Self.read("ada", in: scope)
        guard found["age"]?.int == 37 else { throw NotYet("\(found)") }
      }
      #expect(try Self.read("alan", in: scope)["age"]?.int == 41)
    }
  }

  /// The features of a user, by `kubectl martlet features get`.
  private static func read(_ user: String, in scope: TestNamespace) throws -> JSONObject {
    let run = try ProgramRun.of(
      Programs.path("kubectl-martlet"),
      [
        "features", "get", "users", "--key", "user_id=\(user)", "--output", "json", "--namespace", scope.name,
        "--kubeconfig", scope.cluster.kubeconfig,
      ])
    guard run.status == 0 else { throw ServerFailure("kubectl martlet features get: \(run.output)") }
    let features = try JSONValue(parsing: run.output)["features"]?.array ?? []
    return JSONObject(
      features.compactMap { feature in feature["name"]?.string.map { ($0, feature["value"] ?? .null) } })
  }
}
