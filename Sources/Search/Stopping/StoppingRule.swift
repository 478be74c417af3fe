/// A rule by which running trials that lag behind are stopped.
public enum StoppingRule: Sendable, Hashable {
  /// Asynchronous successive halving, the stopping variant (Li et al., A System for Massively Parallel Hyperparameter
  /// Tuning, MLSys 2020, arXiv 1810.05934): rungs at `minSteps` times powers of `reductionFactor`; at each a trial goes
  /// on only if it is among the best of one in `reductionFactor` that have come there so far. It is judged again as
  /// others come, so that one that came first and alone does not run to its end for that.
  case asha(minSteps: Int64, reductionFactor: Int)
  /// The median rule (Golovin et al., Google Vizier, KDD 2017): a trial is stopped where its best value so far is worse
  /// than the median of the finished trials' running averages up to the same step.
  case median(minSteps: Int64, minTrials: Int)
  /// A trial is stopped where `steps` steps have brought no improvement of more than `minDelta`.
  case patience(steps: Int64, minDelta: Double, minSteps: Int64)
  /// Hyperband's brackets (Li et al., Hyperband, JMLR 18-185, 2018), each halved asynchronously as by `asha`.
  case hyperband(minSteps: Int64, maxSteps: Int64, reductionFactor: Int)

  /// Whether, and why, a trial is to be stopped now.
  ///
  /// - Parameters:
  ///   - trial: one that runs.
  ///   - curves: of all trials by number, this one and stopped ones among them. They may have gaps, begin late and hold
  ///     NaN, which is worse than every number.
  ///   - finished: those that came to their end.
  /// - Returns: nil where it may go on.
  public func decision(
    for trial: Int, among curves: [Int: LearningCurve], finished: Set<Int>, direction: Direction
  ) -> StoppingDecision? {
    guard let curve = curves[trial], !curve.points.isEmpty else { return nil }
    let order = ValueOrder(direction)
    switch self {
    case .asha(let minSteps, let factor):
      let halving = SuccessiveHalving(name: "ASHA", firstRung: minSteps, factor: factor, order: order)
      return halving.decision(for: trial, curve, among: curves)
    case .hyperband(let minSteps, let maxSteps, let factor):
      let brackets = HyperbandBrackets(minSteps: minSteps, maxSteps: maxSteps, reductionFactor: factor)
      let bracket = brackets.bracket(of: trial)
      let halving = SuccessiveHalving(
        name: "Hyperband, bracket \(bracket)", firstRung: brackets.firstRung(of: bracket), factor: factor,
        order: order, lastRung: maxSteps)
      return halving.decision(for: trial, curve, among: curves.filter { brackets.bracket(of: $0.key) == bracket })
    case .median(let minSteps, let minTrials):
      let others = finished.compactMap { $0 == trial ? nil : curves[$0] }
      return MedianStopping(minSteps: minSteps, minTrials: minTrials, order: order).decision(curve, others)
    case .patience(let steps, let minDelta, let minSteps):
      return Patience(steps: steps, minDelta: minDelta, minSteps: minSteps, order: order).decision(curve)
    }
  }
}

/// A verdict of early stopping with what it was reached from.
public struct StoppingDecision: Sendable, Hashable {
  /// The step at which the trial was compared.
  public let step: Int64
  /// Its value there.
  public let value: Double
  /// What the value had to reach; nil where there is no number for it.
  public let cutoff: Double?
  /// With how many trials it was compared.
  public let peers: Int
  /// The verdict in a sentence.
  public let message: String
}

/// Which values are better: NaN is worse than every number.
struct ValueOrder: Sendable, Hashable {
  let direction: Direction

  init(_ direction: Direction) { self.direction = direction }

  func isBetter(_ left: Double, than right: Double) -> Bool {
    if left.isNaN { return false }
    if right.isNaN { return true }
    return direction == .minimize ? left < right : left > right
  }

  /// The best of values; NaN where there is none.
  func best(_ values: some Sequence<Double>) -> Double {
    var best = Double.nan
    for value in values where isBetter(value, than: best) { best = value }
    return best
  }

  /// By how much one value is better than another.
  func gain(of left: Double, over right: Double) -> Double { direction == .minimize ? right - left : left - right }
}

/// Numbers as people read them.
func readable(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  // Six digits tell values apart without filling the line.
  var scale = 1.0
  var magnitude = abs(value)
  while magnitude < 100_000 && scale < 1e12 {
    magnitude *= 10
    scale *= 10
  }
  let rounded = (value * scale).rounded() / scale
  return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int64(rounded))" : "\(rounded)"
}
