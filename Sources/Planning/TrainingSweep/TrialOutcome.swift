import CRDTypes
import FoundationEssentials

/// What became of an attempt. Once recorded it never changes.
enum TrialOutcome: Sendable, Hashable {
  /// `violation` is by how much constraints are broken in total; infinite where a metric of one is missing.
  case succeeded(value: Double, violation: Double)
  /// Counts against trials.retries.
  case failed(TrialProblem)
  /// Counts against nothing but a bound that keeps a trial from going round for ever.
  case disrupted(TrialProblem)
  /// Ended on purpose.
  case stopped(TrialProblem)

  /// The problem of an outcome that is none of success.
  var problem: TrialProblem? {
    switch self {
    case .succeeded: nil
    case .failed(let problem), .disrupted(let problem), .stopped(let problem): problem
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
  func tags(seconds: Double) -> [String: String] {
    var tags = [
      SweepKeys.Tag.outcome: word, SweepKeys.Tag.seconds: "\((max(0, seconds) * 1000).rounded() / 1000)",
    ]
    switch self {
    case .succeeded(let value, let violation):
      tags[SweepKeys.Tag.value] = "\(value)"
      if violation > 0 { tags[SweepKeys.Tag.violation] = "\(violation)" }
    case .failed(let problem), .disrupted(let problem), .stopped(let problem):
      tags[SweepKeys.Tag.reason] = problem.reason
      tags[SweepKeys.Tag.message] = problem.message.keepingEnd(Self.greatestMessage)
    }
    return tags
  }

  /// The outcome that tags record; nil where they record none.
  init?(tags: [String: String]) {
    let problem = TrialProblem(tags[SweepKeys.Tag.reason] ?? "Unknown", tags[SweepKeys.Tag.message] ?? "")
    switch tags[SweepKeys.Tag.outcome] {
    case "Succeeded":
      guard let value = tags[SweepKeys.Tag.value].flatMap(Double.init), value.isFinite else { return nil }
      let violation = tags[SweepKeys.Tag.violation].flatMap(Double.init) ?? 0
      self = .succeeded(value: value, violation: violation)
    case "Failed": self = .failed(problem)
    case "Disrupted": self = .disrupted(problem)
    case "Stopped": self = .stopped(problem)
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
