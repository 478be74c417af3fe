/// A metric of a trial by step, as far as it is known.
public struct LearningCurve: Sendable, Hashable {
  /// In order of steps, one for each; values may be NaN or infinite.
  public let points: [Point]

  public struct Point: Sendable, Hashable {
    public let step: Int64
    public let value: Double
  }

  /// Points in any order; of several for one step the last one given counts.
  public init(_ points: [(step: Int64, value: Double)]) {
    let ordered = points.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }
    var kept: [Point] = []
    kept.reserveCapacity(ordered.count)
    for (_, point) in ordered {
      if kept.last?.step == point.step { kept.removeLast() }
      kept.append(Point(step: point.step, value: point.value))
    }
    self.points = kept
  }

  /// The greatest step that is known.
  public var lastStep: Int64? { points.last?.step }

  /// The first point at or after a step: training code may log every few steps only.
  func first(from step: Int64) -> Point? {
    let index = points.partitioningIndex { $0.step >= step }
    return index < points.count ? points[index] : nil
  }

  /// The points up to a step.
  func upTo(_ step: Int64) -> ArraySlice<Point> {
    points[..<(step == .max ? points.count : points.partitioningIndex { $0.step >= step + 1 })]
  }
}
