import CRDTypes
import ControllerKit
import JSON
import Planning
import Postgres
import TestSupport
import Testing

@testable import Operator

@Suite struct FeatureSetControllerTests {
  private static let key = ObjectKey(namespace: "ml", name: "users")
  private static let spec: JSONValue = [
    "entity": ["name": "user", "keys": [["name": "user_id", "type": "String"]]],
    "source": ["secret": "warehouse", "table": "events", "timestamp": "at", "created": "written"],
    "features": [["name": "age", "type": "Int64"], ["name": "double_age", "type": "Double", "sql": "age * 2.0"]],
    "online": ["postgres": ["secret": "online", "schema": "serving"], "every": "5m"],
    "checks": [["feature": "age", "min": "0", "max": "100"]],
  ]

  private static func controller(_ place: Workplace) -> FeatureSetController {
    let databases = FeatureDatabases(pools: place.pools, secrets: DatabaseSecret(secrets: place.secrets))
    let journal = AttemptJournal()
    let time = SystemTime()
    return FeatureSetController(
      sets: place.caches.featureSets, gather: FeatureSetGather(databases: databases, journal: journal),
      records: FeatureSetRecords(databases: databases, journal: journal, date: { time.date }),
      planner: FeatureSetPlanner(), shell: place.shell(FeatureSetController.name), time: time)
  }

  private static func reconcile(_ controller: FeatureSetController, _ place: Workplace) async throws -> DynamicObject {
    try await place.refresh()
    _ = try await controller.reconcile(key, place.context)
    return try #require(await place.cluster.object(FeatureSet.type, "users"))
  }

  @Test("A feature set's newest rows come from its source into a schema of its online database, and are told of")
  func materialization() async throws {
    let server = try await PostgreSQL.shared()
    let source = try server.makeDatabase("features_source")
    let online = try server.makeDatabase("features_online")
    try server.run(
      """
      CREATE TABLE events (user_id text, at timestamptz, written timestamptz, age int);
      INSERT INTO events VALUES ('a', now() - interval '2 min', now(), 30), ('a', now() - interval '1 min', now(), 31),
        ('b', now() - interval '1 min', now(), 120)
      """, database: "features_source")
    try server.run("CREATE SCHEMA serving", database: "features_online")
    let place = Workplace()
    await place.cluster.put(Workplace.secret("warehouse", ["uri": source + "\n"]), as: .secret)
    await place.cluster.put(
      Workplace.secret(
        "online",
        [
          "host": "127.0.0.1", "port": "\(server.port)", "user": "postgres", "password": PostgreSQL.password,
          "dbname": "features_online",
        ]), as: .secret)
    await place.cluster.put(Workplace.resource(FeatureSet.type, "users", Self.spec), as: FeatureSet.type)
    let controller = Self.controller(place)
    _ = try await Self.reconcile(controller, place)
    let set = try await Self.reconcile(controller, place)
    #expect(set.statusCondition("Ready")?["status"] == "True", "\(set.statusCondition("Ready")?.text() ?? "")")
    #expect(set.statusCondition("Fresh")?["status"] == "True")
    #expect(set.status["rows"] == 2)
    #expect(set.statusCondition("ChecksPassed")?["message"]?.string?.contains("greatest value 120") == true)
    let table = try #require(set.status["table"]?.string)
    let pool = try await place.pools.pool(for: try PostgresConfiguration(online))
    let rows = try await pool.query("SELECT age, double_age FROM serving.\(identifier: table) WHERE user_id = 'a'")
    #expect(try rows.first?.decode((Int, Double).self) ?? (0, 0) == (31, 62))
    await place.cluster.forgetWrites()
    _ = try await Self.reconcile(controller, place)
    #expect(await place.cluster.writes.isEmpty)
    await place.close()
  }

  @Test("What is wrong with a source is said in full, and a Secret that is missing is named")
  func problems() async throws {
    let server = try await PostgreSQL.shared()
    let source = try server.makeDatabase("features_wrong")
    try server.run(
      "CREATE TABLE events (user_id text, at timestamptz, written timestamptz, years int)", database: "features_wrong")
    let place = Workplace()
    await place.cluster.put(Workplace.resource(FeatureSet.type, "users", Self.spec), as: FeatureSet.type)
    let controller = Self.controller(place)
    let missing = try await Self.reconcile(controller, place)
    #expect(missing.statusCondition("Ready")?["reason"] == "SecretNotFound")
    #expect(missing.statusCondition("Ready")?["message"]?.string?.contains("Secret warehouse") == true)
    await place.cluster.put(Workplace.secret("warehouse", ["uri": source]), as: .secret)
    place.secrets.forget(ObjectKey(namespace: "ml", name: "warehouse"))
    let wrong = try await Self.reconcile(controller, place)
    #expect(wrong.statusCondition("Stalled")?["reason"] == "InvalidDefinition")
    #expect(wrong.statusCondition("Stalled")?["message"]?.string?.contains("no column age") == true)
    await place.close()
  }

  @Test("A Secret without a connection says which keys it needs, and never what it holds")
  func secrets() throws {
    #expect(throws: FeatureSetTrouble.self) {
      try DatabaseSecret.configuration(["user": "u", "password": "hidden"], name: "s")
    }
    let configuration = try DatabaseSecret.configuration(
      ["host": "db", "user": "u", "password": "hidden", "dbname": "d"], name: "s")
    #expect("\(configuration)" == "u@db:5432/d")
  }
}
