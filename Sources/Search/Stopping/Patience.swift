/// Stops a trial that has not improved for some steps; it is compared with nothing but its own past.
struct Patience: Sendable {
  let steps: Int64
  let minDelta: Double
  let minSteps: Int64
  let order: ValueOrder

  func decision(_ curve: LearningCurve) -> StoppingDecision? {
    guard let first = curve.points.first, let last = curve.points.last, last.step >= minSteps else { return nil }
    var best = first
    for point in curve.points.dropFirst() {
      let improves = best.value.isNaN ? !point.value.isNaN : order.gain(of: point.value, over: best.value) > minDelta
      if improves { best = point }
    }
    guard last.step - best.step >= max(1, steps) else { return nil }
    let delta = minDelta > 0 ? " by more than \(readable(minDelta))" : ""
    return StoppingDecision(
      step: last.step, value: last.value, cutoff: best.value, peers: 0,
      message: "patience: \(readable(best.value)) at step \(best.step) has not been improved\(delta) up to step "
        + "\(last.step)")
  }
}
