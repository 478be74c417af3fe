import CRDTypes
import FoundationEssentials
import JSON
import Search

/// What a trial came to, as it was judged.
struct TrialResult: Sendable, Hashable {
  /// One for each objective, in the order of the spec; all are finite.
  var values: [Double]
  /// By how much constraints are broken in total; infinite where a metric of one is missing.
  var violation: Double = 0
  /// The standard deviation of the first objective over the folds of a cross-validation.
  var spread: Double?

  /// The first objective, which with `spec.objective` is the only one.
  var value: Double { values.first ?? .nan }
}

/// Where and why a rule of early stopping stopped a trial.
struct StopPoint: Sendable, Hashable {
  var step: Int64
  /// The objective at that step, as it was compared.
  var value: Double
  /// What the value would have had to reach; nil where there is none.
  var cutoff: Double?
}

/// What became of an attempt. Once recorded it never changes.
enum TrialOutcome: Sendable, Hashable {
  case succeeded(TrialResult)
  /// Counts against trials.retries.
  case failed(TrialProblem)
  /// Counts against nothing but a bound that keeps a trial from going round for ever.
  case disrupted(TrialProblem)
  /// Ended on purpose; at a point of its curve where it was early stopping.
  case stopped(TrialProblem, at: StopPoint? = nil)

  /// The problem of an outcome that is none of success.
  var problem: TrialProblem? {
    switch self {
    case .succeeded: nil
    case .failed(let problem), .disrupted(let problem), .stopped(let problem, _): problem
    }
  }

  /// What the run's status is to be if the training code has left it open.
  var runStatus: RunRecord.Status {
    switch self {
    case .succeeded: .finished
    case .failed: .failed
    case .disrupted, .stopped: .killed
    }
  }
}

extension TrialOutcome {
  /// MLflow 2.x cuts off or refuses longer values of tags.
  private static let greatestMessage = 2000

  private var word: String {
    switch self {
    case .succeeded: "Succeeded"
    case .failed: "Failed"
    case .disrupted: "Disrupted"
    case .stopped: "Stopped"
    }
  }

  /// The tags that record the outcome.
  ///
  /// - Parameters:
  ///   - seconds: how long the attempt ran.
  ///   - podSeconds: the same, summed over its pods.
  func tags(seconds: Double, podSeconds: Double) -> [String: String] {
    func rounded(_ seconds: Double) -> String { "\((max(0, seconds) * 1000).rounded() / 1000)" }
    var tags = [SweepKeys.Tag.outcome: word, SweepKeys.Tag.seconds: rounded(seconds)]
    if abs(podSeconds - seconds) >= 0.001 { tags[SweepKeys.Tag.podSeconds] = rounded(podSeconds) }
    switch self {
    case .succeeded(let result):
      tags[SweepKeys.Tag.value] = "\(result.value)"
      if result.values.count > 1 {
        tags[SweepKeys.Tag.values] = result.values.map { "\($0)" }.joined(separator: ",")
      }
      if result.violation > 0 { tags[SweepKeys.Tag.violation] = "\(result.violation)" }
      if let spread = result.spread { tags[SweepKeys.Tag.spread] = "\(spread)" }
    case .failed(let problem), .disrupted(let problem), .stopped(let problem, _):
      tags[SweepKeys.Tag.reason] = problem.reason
      tags[SweepKeys.Tag.message] = problem.message.keepingEnd(Self.greatestMessage)
    }
    if case .stopped(_, let point?) = self {
      tags[SweepKeys.Tag.stopStep] = "\(point.step)"
      tags[SweepKeys.Tag.stopValue] = "\(point.value)"
      if let cutoff = point.cutoff { tags[SweepKeys.Tag.stopCutoff] = "\(cutoff)" }
    }
    return tags
  }

  /// The outcome that tags record; nil where they record none.
  init?(tags: [String: String]) {
    let problem = TrialProblem(tags[SweepKeys.Tag.reason] ?? "Unknown", tags[SweepKeys.Tag.message] ?? "")
    func number(_ tag: String) -> Double? { tags[tag].flatMap(Double.init) }
    switch tags[SweepKeys.Tag.outcome] {
    case "Succeeded":
      let values =
        tags[SweepKeys.Tag.values]?.split(separator: ",").map { Double($0) ?? .nan }
        ?? number(SweepKeys.Tag.value).map { [$0] } ?? []
      guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
      self = .succeeded(
        TrialResult(
          values: values, violation: number(SweepKeys.Tag.violation) ?? 0, spread: number(SweepKeys.Tag.spread)))
    case "Failed": self = .failed(problem)
    case "Disrupted": self = .disrupted(problem)
    case "Stopped":
      guard let step = tags[SweepKeys.Tag.stopStep].flatMap({ Int64($0) }), let value = number(SweepKeys.Tag.stopValue)
      else {
        self = .stopped(problem)
        return
      }
      self = .stopped(problem, at: StopPoint(step: step, value: value, cutoff: number(SweepKeys.Tag.stopCutoff)))
    default: return nil
    }
  }
}

extension String {
  /// At most this many bytes: the beginning of the first line and the end of the rest, where the cause mostly is.
  func keepingEnd(_ limit: Int) -> String {
    guard utf8.count > limit, limit > 8 else { return self }
    let head = String(decoding: utf8.prefix(limit / 4), as: UTF8.self)
    let tail = String(decoding: utf8.suffix(limit - limit / 4 - 8), as: UTF8.self)
    return head.filter { $0 != "\u{FFFD}" } + " … " + tail.filter { $0 != "\u{FFFD}" }
  }
}
