import CRDTypes
import FoundationEssentials

/// What was measured for a check.
public enum CheckMeasurement: Sendable, Hashable {
  /// The one number of a query.
  case number(Double)
  /// A metric of the two revisions' runs.
  case metric(candidate: Double?, stable: Double?)
  /// It could not be measured, for the reason given.
  case missing(String)
}

/// Holds what was measured to the limits of a check. What is missing is Unknown, never a pass.
struct CheckJudge: Sendable {
  enum Verdict: String, Sendable, Hashable { case passed = "Passed", failed = "Failed", unknown = "Unknown" }

  let candidate: TrafficCounts?
  let stable: TrafficCounts?
  /// The candidate's share of the traffic, in percent.
  let weight: Int

  /// Numbers as people read them.
  private static func text(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let rounded = (value * 1_000_000).rounded() / 1_000_000
    return DecimalText.text(abs(value) < 0.000_001 ? value : rounded) ?? "\(value)"
  }

  func judge(_ check: ModelDeployment.Check, _ measured: CheckMeasurement?) -> ModelDeployment.CheckResult {
    if let router = check.router { return judge(router, name: check.name) }
    switch measured {
    case nil: return unknown(check.name, "it was not measured yet")
    case .missing(let why): return unknown(check.name, why)
    case .number(let value):
      let limits = check.prometheus.map { ($0.min, $0.max) } ?? check.sql.map { ($0.min, $0.max) } ?? (nil, nil)
      return bounds(check.name, value, min: limits.0, max: limits.1)
    case .metric(let candidate, let stable):
      guard let metric = check.metric else { return unknown(check.name, "it was not measured yet") }
      return judge(metric, name: check.name, candidate, stable)
    }
  }

  private func unknown(_ name: String, _ why: String) -> ModelDeployment.CheckResult {
    .init(name: name, verdict: Verdict.unknown.rawValue, message: why)
  }

  private func result(
    _ name: String, _ value: Double, _ limit: String, holds: Bool, _ message: String
  ) -> ModelDeployment.CheckResult {
    .init(
      name: name, verdict: (holds ? Verdict.passed : .failed).rawValue, value: Self.text(value), limit: limit,
      message: message)
  }

  private func bounds(_ name: String, _ value: Double, min: String?, max: String?) -> ModelDeployment.CheckResult {
    guard value.isFinite else { return unknown(name, "the result is not a number") }
    if let text = min, let least = DecimalText.value(text), value < least {
      return result(name, value, ">= \(text)", holds: false, "\(Self.text(value)) is below the least, \(text)")
    }
    if let text = max, let most = DecimalText.value(text), value > most {
      return result(name, value, "<= \(text)", holds: false, "\(Self.text(value)) is above the most, \(text)")
    }
    let limits = [min.map { ">= \($0)" }, max.map { "<= \($0)" }].compactMap { $0 }.joined(separator: ", ")
    return result(name, value, limits, holds: true, "\(Self.text(value)) is within its limits")
  }

  private func judge(
    _ metric: ModelDeployment.MetricCheck, name: String, _ candidate: Double?, _ stable: Double?
  ) -> ModelDeployment.CheckResult {
    guard let candidate, candidate.isFinite else {
      return unknown(name, "the new version's run has no metric \(metric.name)")
    }
    let needsStable = metric.notBelowStable == true || metric.notAboveStable == true
    guard !needsStable || stable?.isFinite == true else {
      return unknown(name, "the stable version's run has no metric \(metric.name) to compare with")
    }
    if metric.notBelowStable == true, let stable, candidate < stable {
      return result(
        name, candidate, ">= \(Self.text(stable))", holds: false,
        "\(metric.name) is \(Self.text(candidate)), the stable version's is \(Self.text(stable))")
    }
    if metric.notAboveStable == true, let stable, candidate > stable {
      return result(
        name, candidate, "<= \(Self.text(stable))", holds: false,
        "\(metric.name) is \(Self.text(candidate)), the stable version's is \(Self.text(stable))")
    }
    return bounds(name, candidate, min: metric.min, max: metric.max)
  }

  private func judge(_ check: ModelDeployment.RouterCheck, name: String) -> ModelDeployment.CheckResult {
    let needed = check.minRequests ?? 100
    let counts = candidate ?? TrafficCounts()
    guard counts.answers >= needed else {
      let left = needed - counts.answers
      return unknown(name, "\(counts.answers) requests were answered, and it takes \(left) more to judge")
    }
    let all = Double(counts.answers)
    var last: (value: Double, limit: String, message: String)?
    if let text = check.maxErrorShare, let most = DecimalText.value(text) {
      let share = Double(counts.serverErrors) / all
      let message = "\(counts.serverErrors) of \(counts.answers) answers were 5xx"
      guard share <= most else { return result(name, share, "<= \(text)", holds: false, message) }
      last = (share, "<= \(text)", message)
    }
    if let text = check.maxErrorShareAboveStable, let most = DecimalText.value(text) {
      let others = stable ?? TrafficCounts()
      // A stable revision with a small share of the traffic has had as much fewer requests.
      let share = weight > 50 ? needed * Int64(100 - weight) / Int64(weight) : needed
      guard others.answers >= max(1, share) else {
        return unknown(
          name, "the stable revision answered \(others.answers) requests, and it takes \(max(1, share)) to compare")
      }
      let own = Double(counts.clientErrors + counts.serverErrors) / all
      let theirs = Double(others.clientErrors + others.serverErrors) / Double(others.answers)
      let message =
        "\(counts.clientErrors + counts.serverErrors) of \(counts.answers) answers were 4xx or 5xx, and "
        + "\(others.clientErrors + others.serverErrors) of \(others.answers) of the stable revision's"
      let limit = "<= \(Self.text(theirs)) + \(text)"
      guard own <= theirs + most else { return result(name, own, limit, holds: false, message) }
      last = (own, limit, message)
    }
    if let text = check.maxMeanLatency, let most = DurationText.seconds(text) {
      let mean = counts.meanMilliseconds ?? 0
      let message = "answers took \(Self.text((mean * 10).rounded() / 10)) ms in the mean"
      guard mean <= most * 1000 else { return result(name, mean / 1000, "<= \(text)", holds: false, message) }
      last = (mean / 1000, "<= \(text)", message)
    }
    guard let last else { return unknown(name, "the check has no limit") }
    return result(name, last.value, last.limit, holds: true, last.message)
  }
}
