/// Which values of the objective are better.
public enum Direction: Sendable, Hashable, CaseIterable {
  case minimize
  case maximize
}

/// One trial of a search as far as it is known.
public struct RecordedTrial: Sendable, Hashable {
  /// Counts from zero in the order in which trials were suggested; below zero for those of earlier searches.
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
    /// Ended with these objectives, one for each direction of the search. `violation` is the sum of the amounts by
    /// which constraints are broken; above zero the trial ranks behind every one that breaks none. Values that are not
    /// finite count as `failed`.
    case completed(values: [Double], violation: Double)
    /// Ended early on purpose, after `step`, with this objective then (nil where none was reported).
    case stopped(step: Int, value: Double?)
    /// Ended without a result that can be used. It repels suggestions, as a pending one does, and is never good.
    case failed

    /// Ended with the only objective.
    public static func completed(value: Double, violation: Double) -> Outcome {
      .completed(values: [value], violation: violation)
    }
  }
}
