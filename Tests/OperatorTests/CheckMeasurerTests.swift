import CRDTypes
import FoundationEssentials
import JSON
import Planning
import TestSupport
import Testing

@testable import Operator

@Suite struct CheckMeasurerTests {
  private static func resource(_ checks: [ModelDeployment.Check]) -> ModelDeployment {
    var metadata = ObjectMeta(name: "churn", namespace: "ml")
    metadata.uid = "uid-\(UInt64.random(in: 0 ... .max))"
    let model = ModelDeployment.ServedModel(source: "s", runID: "r")
    return ModelDeployment(
      metadata: metadata, spec: .init(model: .init(run: "r"), rollout: .init(checks: checks)),
      status: .init(
        stable: .init(name: "churn-1", model: model), candidate: .init(name: "churn-2", model: model),
        stepTime: "2026-01-01T00:00:00Z"))
  }

  private static func measure(
    _ check: ModelDeployment.Check, _ place: Workplace, prometheus: String? = nil
  ) async throws -> CheckMeasurement? {
    let resource = resource([check])
    let window = try #require(RolloutWindow(resource))
    let measurer = CheckMeasurer(
      client: place.http, pools: place.pools, secrets: place.secrets, prometheus: prometheus)
    return await measurer.measure(window, of: resource, nil)[check.name]
  }

  @Test("A query's one number is read from PostgreSQL, with the revision and the time bound")
  func sql() async throws {
    let postgres = try await PostgreSQL.shared()
    let url = postgres.url()
    let place = Workplace()
    await place.cluster.put(Workplace.secret("warehouse", ["uri": url]), as: .secret)
    func measure(_ query: String) async throws -> CheckMeasurement? {
      try await Self.measure(.init(name: "c", sql: .init(secret: "warehouse", query: query, max: "1")), place)
    }
    #expect(try await measure("SELECT length($1);") == .number(7))
    #expect(try await measure("SELECT 1.5 WHERE $2 < now()") == .number(1.5))
    #expect(try await measure("SELECT count(*) FROM generate_series(1, 3)") == .number(3))
    #expect(try await measure("SELECT 1 WHERE false") == .missing("the query gives no row, or null"))
    guard case .missing(let why)? = try await measure("SELECT nothing") else { return #expect(Bool(false)) }
    #expect(why.contains("nothing"))
    await place.close()
  }

  @Test("What is not there is missing, and said")
  func missing() async throws {
    let place = Workplace()
    let sql = try await Self.measure(.init(name: "c", sql: .init(secret: "none", query: "SELECT 1", max: "1")), place)
    #expect(sql == .missing("there is no Secret none in this namespace"))
    let unknown = try await Self.measure(.init(name: "c", prometheus: .init(query: "up", max: "1")), place)
    guard case .missing(let why)? = unknown else { return #expect(Bool(false)) }
    #expect(why.contains("--prometheus-url"))
    await place.close()
  }

  @Test("Prometheus is asked with the revision and the window filled in")
  func prometheus() async throws {
    let place = Workplace()
    let server = try await Nginx.start(
      """
      location /api/v1/query {
        default_type application/json;
        return 200 '{"status":"success","data":{"resultType":"scalar","result":[1,"0.25"]}}';
      }
      """, certificates: nil)
    let check = ModelDeployment.Check(
      name: "c", prometheus: .init(query: "sum(rate(errors{service=\"$(service)\"}[$(window)]))", max: "1"))
    #expect(try await Self.measure(check, place, prometheus: "http://127.0.0.1:\(server.port)/") == .number(0.25))
    await place.close()
  }

  @Test(
    "An answer of Prometheus is one number, or says why not",
    arguments: [
      (#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]}]}}"#, "2.0"),
      (#"{"status":"success","data":{"resultType":"vector","result":[]}}"#, "no data"),
      (
        #"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"2"]},{"value":[1,"3"]}]}}"#,
        "aggregate it"
      ),
      (#"{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}"#, "no number"),
      (#"{"status":"error","error":"parse error"}"#, "parse error"),
      ("<html>", "without JSON"),
    ])
  func answers(_ body: String, _ expected: String) {
    switch PrometheusAnswer.read(Array(body.utf8), status: 200) {
    case .number(let value): #expect("\(value)" == expected)
    case .missing(let why): #expect(why.contains(expected))
    case .metric: #expect(Bool(false))
    }
  }
}
