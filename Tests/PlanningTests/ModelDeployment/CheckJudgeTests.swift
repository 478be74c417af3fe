import CRDTypes
import Testing

@testable import Planning

@Suite("A check")
struct CheckJudgeTests {
  private static func verdict(
    _ check: ModelDeployment.Check, _ measured: CheckMeasurement? = nil, candidate: TrafficCounts? = nil,
    stable: TrafficCounts? = nil, weight: Int = 50
  ) -> String {
    CheckJudge(candidate: candidate, stable: stable, weight: weight).judge(check, measured).verdict
  }

  @Test(
    "of a query holds its number to both limits, and what is missing never passes",
    arguments: [
      (CheckMeasurement.number(0.5), "Passed"), (.number(0.1), "Failed"), (.number(0.95), "Failed"),
      (.number(0.2), "Passed"), (.number(.nan), "Unknown"), (.number(.infinity), "Unknown"),
      (.missing("no data"), "Unknown"), (nil, "Unknown"),
    ] as [(CheckMeasurement?, String)])
  func query(_ measured: CheckMeasurement?, _ expected: String) {
    let check = ModelDeployment.Check(name: "c", prometheus: .init(query: "q", min: "0.2", max: "0.9"))
    #expect(Self.verdict(check, measured) == expected)
    let sql = ModelDeployment.Check(name: "c", sql: .init(secret: "s", query: "q", min: "0.2", max: "0.9"))
    #expect(Self.verdict(sql, measured) == expected)
  }

  @Test(
    "of a metric compares the new version with the stable one",
    arguments: [
      (0.9, 0.9, "Passed"), (0.91, 0.9, "Passed"), (0.89, 0.9, "Failed"), (nil, 0.9, "Unknown"), (0.9, nil, "Unknown"),
      (0.4, 0.3, "Failed"), (.nan, 0.3, "Unknown"),
    ] as [(Double?, Double?, String)])
  func metric(_ candidate: Double?, _ stable: Double?, _ expected: String) {
    let check = ModelDeployment.Check(name: "c", metric: .init(name: "auc", min: "0.5", notBelowStable: true))
    #expect(Self.verdict(check, .metric(candidate: candidate, stable: stable)) == expected)
  }

  @Test("of the router counts 4xx too where it compares, and needs enough requests of both revisions")
  func router() {
    let check = ModelDeployment.Check(name: "c", router: .init(maxErrorShareAboveStable: "0.05", minRequests: 100))
    func counts(_ answers: Int64, client: Int64 = 0, server: Int64 = 0) -> TrafficCounts {
      TrafficCounts(requests: answers, answers: answers, clientErrors: client, serverErrors: server)
    }
    func verdict(_ candidate: TrafficCounts?, _ stable: TrafficCounts?, weight: Int = 50) -> String {
      Self.verdict(check, candidate: candidate, stable: stable, weight: weight)
    }
    #expect(verdict(nil, counts(1000)) == "Unknown")
    #expect(verdict(counts(99), counts(1000)) == "Unknown")
    #expect(verdict(counts(100, client: 5), counts(100)) == "Passed")
    #expect(verdict(counts(100, client: 6), counts(100)) == "Failed")
    #expect(verdict(counts(100, client: 3, server: 3), counts(100)) == "Failed")
    // A stable revision that errs as well is the measure.
    #expect(verdict(counts(100, client: 14), counts(100, client: 10)) == "Passed")
    #expect(verdict(counts(100), counts(99)) == "Unknown")
    #expect(verdict(counts(900), counts(12), weight: 90) == "Passed")
    #expect(verdict(counts(900), counts(0), weight: 90) == "Unknown")
  }

  @Test("of the router's own limits are the share of 5xx and the mean time")
  func limits() {
    let errors = ModelDeployment.Check(name: "c", router: .init(maxErrorShare: "0.01", minRequests: 10))
    #expect(Self.verdict(errors, candidate: .init(answers: 100, clientErrors: 50, serverErrors: 1)) == "Passed")
    #expect(Self.verdict(errors, candidate: .init(answers: 100, serverErrors: 2)) == "Failed")
    let slow = ModelDeployment.Check(name: "c", router: .init(maxMeanLatency: "100ms", minRequests: 10))
    #expect(Self.verdict(slow, candidate: .init(answers: 10, milliseconds: 990)) == "Passed")
    let result = CheckJudge(candidate: .init(answers: 10, milliseconds: 1400), stable: nil, weight: 5).judge(slow, nil)
    #expect(result.verdict == "Failed" && result.value == "0.14" && result.limit == "<= 100ms")
  }
}
