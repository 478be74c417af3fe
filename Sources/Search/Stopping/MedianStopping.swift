/// Vizier's median rule. A step that others have not reached is not compared.
struct MedianStopping: Sendable {
  let minSteps: Int64
  let minTrials: Int
  let order: ValueOrder

  func decision(_ curve: LearningCurve, _ finished: [LearningCurve]) -> StoppingDecision? {
    guard let last = curve.points.last, last.step >= minSteps else { return nil }
    var averages: [Double] = []
    for other in finished {
      guard let end = other.lastStep, end >= last.step else { continue }
      let values = other.upTo(last.step).map(\.value).filter(\.isFinite)
      if !values.isEmpty { averages.append(values.reduce(0, +) / Double(values.count)) }
    }
    guard averages.count >= max(1, minTrials) else { return nil }
    averages.sort()
    let middle = averages.count / 2
    let median = averages.count.isMultiple(of: 2) ? (averages[middle - 1] + averages[middle]) / 2 : averages[middle]
    let best = order.best(curve.points.map(\.value))
    guard order.isBetter(median, than: best) else { return nil }
    return StoppingDecision(
      step: last.step, value: best, cutoff: median, peers: averages.count,
      message: "median rule: the best value up to step \(last.step), \(readable(best)), is worse than the median "
        + "\(readable(median)) of \(averages.count) finished trials' running averages")
  }
}
