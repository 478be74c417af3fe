/// Which values of the objective are better.
public enum Direction: Sendable, Hashable, CaseIterable {
  case minimize
  case maximize
}

/// One trial of a search as far as it is known.
public struct RecordedTrial: Sendable, Hashable {
  /// Counts from zero in the order in which trials were suggested.
  public let number: Int
  public let point: Point
  public let outcome: Outcome

  public init(number: Int, point: Point, outcome: Outcome) {
    self.number = number
    self.point = point
    self.outcome = outcome
  }

  public enum Outcome: Sendable, Hashable {
    /// Suggested and not finished: queued, starting or running.
    case pending
    /// Ended with this objective. `violation` is the sum of the amounts by which constraints are broken; above
    /// zero the trial ranks behind every one that breaks none. A value that is not finite counts as `failed`.
    case completed(value: Double, violation: Double)
    /// Ended early on purpose, after `step`, with this objective then (nil where none was reported).
    case stopped(step: Int, value: Double?)
    /// Ended without a result that can be used. It repels suggestions, as a pending one does, and is never good.
    case failed
  }
}
