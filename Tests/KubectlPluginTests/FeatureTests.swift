import CRDTypes
import FeatureStore
import FoundationEssentials
import JSON
import Testing

@testable import KubectlPlugin

@Suite("Features of an entity")
struct FeatureTests {
  static let now = Timestamp.date("2026-01-02T00:00:00Z") ?? .distantPast

  static func resource(table: String? = "t", version: String? = nil) -> FeatureSet {
    var metadata = ObjectMeta(name: "user-features", namespace: "ml")
    metadata.generation = 1
    return FeatureSet(
      metadata: metadata,
      spec: FeatureSet.Spec(
        entity: .init(name: "user", keys: [.init(name: "user_id", type: .int64), .init(name: "shop", type: .string)]),
        source: .init(secret: "warehouse", table: "events", timestamp: "at"),
        features: [.init(name: "age", type: .int64), .init(name: "score", type: .double, sql: "s / 2.0")],
        ttl: "30d", online: .init(postgres: .init(secret: "online"))),
      status: FeatureSet.Status(table: table, version: version))
  }

  static let definition = FeatureSetDefinition(resource())

  func report(_ row: FeatureRow) throws -> FeatureReport {
    FeatureReport(
      featureSet: "user-features", definition: Self.definition,
      entity: try EntityKey(["shop=berlin", "user_id=42"], for: Self.definition), names: ["age", "score"], row: row,
      now: Self.now)
  }

  @Test("Each feature has its status, and the head says from when the values are")
  func table() throws {
    let row = FeatureRow(
      values: [.int64(7), .null], statuses: [.present, .null], eventTime: Timestamp.date("2026-01-01T22:00:00Z"))
    #expect(
      try report(row).table() == """
        user-features  user_id=42 shop=berlin  as of 2026-01-01T22:00:00Z (120m ago)
        FEATURE   TYPE     STATUS    VALUE
        age       Int64    PRESENT   7
        score     Double   NULL
        """)
  }

  @Test("An entity that is not there has no time")
  func missing() throws {
    let row = FeatureRow(values: [.null, .null], statuses: [.notFound, .notFound], eventTime: nil)
    let json = try report(row).json()
    #expect(json["eventTime"] == nil)
    #expect(json["entity"] == ["user_id": 42, "shop": "berlin"])
    #expect(json["features"]?[1] == ["name": "score", "status": "NOT_FOUND", "value": .null])
  }

  @Test("Numbers that JSON does not have are strings", arguments: [(Double.infinity, "inf"), (.nan, "nan")])
  func infinities(number: Double, text: String) {
    #expect(ValueText.json(.double(number)) == .string(text))
  }

  @Test(
    "Keys that do not fit are refused with what does",
    arguments: [
      (["user_id=42"], "--key shop=..."), (["user_id"], "name=value"), (["id=1"], "there are user_id, shop"),
      (["user_id=x", "shop=a"], "a whole number"), (["user_id=1", "user_id=2"], "given twice"),
    ])
  func keys(arguments: [String], part: String) {
    #expect {
      try EntityKey(arguments, for: Self.definition)
    } throws: { "\($0)".contains(part) }
  }

  @Test("A value may hold an equals sign")
  func equals() throws {
    #expect(try EntityKey(["user_id=1", "shop=a=b"], for: Self.definition).values == [.int64(1), .string("a=b")])
  }

  @Test("What is not online, or is from before a change, is not read")
  func notOnline() throws {
    #expect { try OnlineDefinition.of(Self.resource(table: nil)) } throws: { "\($0)".contains("not online yet") }
    #expect { try OnlineDefinition.of(Self.resource(version: "0")) } throws: { "\($0)".contains("was changed") }
    #expect(try OnlineDefinition.of(Self.resource(version: Self.definition.version)) == Self.definition)
    var training = Self.resource()
    training.spec.online = nil
    #expect { try OnlineDefinition.of(training) } throws: { "\($0)".contains("for training only") }
  }

  @Test("The definition takes the spec's time to live, and names no other set's table")
  func definitions() {
    #expect(Self.definition.ttl == .seconds(30 * 86_400))
    #expect(Self.definition.onlineName == "ml$user_features")
    var other = Self.resource()
    other.metadata.namespace = "ml-user"
    other.metadata.name = "features"
    #expect(FeatureSetDefinition(other).onlineName == "ml_user$features")
  }
}
