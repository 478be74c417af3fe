/// Successive halving without waiting: a trial is compared at each rung with those that came there before it or since.
struct SuccessiveHalving: Sendable {
  let name: String
  /// The step of the first rung; the others are `factor` apart.
  let firstRung: Int64
  let factor: Int
  let order: ValueOrder
  /// A trial that has come here is not stopped any more.
  var lastRung: Int64 = .max

  func decision(
    for trial: Int, _ curve: LearningCurve, among curves: [Int: LearningCurve]
  ) -> StoppingDecision? {
    guard let last = curve.lastStep else { return nil }
    var rung = max(1, firstRung)
    while rung <= last, rung < lastRung {
      if let own = curve.first(from: rung), let decision = compare(trial, own, rung, curves) { return decision }
      let (next, overflow) = rung.multipliedReportingOverflow(by: Int64(max(2, factor)))
      if overflow { break }
      rung = next
    }
    return nil
  }

  /// The best of one in `factor` go on, and at least one does. Of equal values all go on that the share has room for
  /// at their rank, so that trials which tie are not stopped for nothing.
  private func compare(
    _ trial: Int, _ own: LearningCurve.Point, _ rung: Int64, _ curves: [Int: LearningCurve]
  ) -> StoppingDecision? {
    var values: [Double] = []
    for curve in curves.values {
      if let point = curve.first(from: rung) { values.append(point.value) }
    }
    let kept = max(1, values.count / max(2, factor))
    let better = values.count { order.isBetter($0, than: own.value) }
    guard better >= kept else { return nil }
    let cutoff = values.sorted { order.isBetter($0, than: $1) }[kept - 1]
    let reached = rung == own.step ? "at step \(own.step)" : "at step \(own.step) (rung \(rung))"
    return StoppingDecision(
      step: own.step, value: own.value, cutoff: cutoff, peers: values.count,
      message: "\(name): \(readable(own.value)) \(reached) is not among the best \(kept) of \(values.count); "
        + "the cut-off is \(readable(cutoff))")
  }
}
