import Glibc

/// Losses as a Gaussian process takes them: about zero, with a variance of about one.
struct OutcomeScale: Sendable {
  let values: [Double]
  /// The logarithm of how densely the losses lie on the new scale (of the Jacobian), so that scales can be compared.
  let logJacobian: Double
  private let mean: Double
  private let deviation: Double
  /// What lies at minus infinity; nil where the scale is not logarithmic.
  private let floor: Double?

  /// The losses themselves, moved and stretched.
  init(plain losses: [Double]) {
    let limited = Self.limited(losses)
    (values, mean, deviation) = Self.standardised(limited)
    floor = nil
    logJacobian = -Double(losses.count) * log(deviation)
  }

  /// The losses themselves, but none that is further beyond the median than Tukey's upper fence (Exploratory Data Analysis,
  /// 1977): a few that diverged would have everything else look like one value. The fence is that of the better half
  /// mirrored, so that it holds where many diverged.
  init(fenced losses: [Double]) {
    let ordered = Self.limited(losses).sorted()
    guard let worst = ordered.last else {
      self.init(plain: losses)
      return
    }
    let median = ordered[ordered.count / 2]
    // For a symmetric distribution 1.5 times the distance of the quartiles beyond the upper one.
    let fence = median + 4 * (median - ordered[(ordered.count - 1) / 4])
    self.init(plain: losses.map { min($0, fence, worst) })
  }

  /// The logarithm of the losses' distance from just below the best: losses that are heavy at their bad end (those of a
  /// diverged training are thousands of times the others') would make a process blind to differences among the good
  /// ones. Nil where there are too few losses, or they are all the same.
  init?(logarithmic losses: [Double]) {
    let limited = Self.limited(losses)
    guard losses.count >= 8, let best = limited.min(), let worst = limited.max(), worst > best else { return nil }
    // The distance by which the best is kept from minus infinity: a small part of how far the better half is apart.
    let ordered = limited.sorted()
    let spread = max(ordered[ordered.count / 2] - best, (worst - best) * 1e-6)
    let logs = limited.map { log($0 - best + 0.1 * spread) }
    (values, mean, deviation) = Self.standardised(logs)
    floor = best - 0.1 * spread
    logJacobian = -Double(losses.count) * log(deviation) - logs.reduce(0, +)
  }

  /// The value of a loss on this scale.
  func value(of loss: Double) -> Double {
    ((floor.map { log(max(loss - $0, 1e-300)) } ?? loss) - mean) / deviation
  }

  /// The loss that a value stands for.
  func loss(of value: Double) -> Double {
    let unscaled = value * deviation + mean
    return floor.map { $0 + exp(unscaled) } ?? unscaled
  }

  /// The logarithm of how much loss a small step along the scale is, about a loss.
  func logSlope(at loss: Double) -> Double {
    log(deviation) + (floor.map { log(max(loss - $0, 1e-300)) } ?? 0)
  }

  /// Numbers near the end of what a Double holds would overflow in squares.
  private static func limited(_ losses: [Double]) -> [Double] { losses.map { min(max($0, -1e150), 1e150) } }

  private static func standardised(_ values: [Double]) -> (values: [Double], mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = max((squares / Double(values.count)).squareRoot(), 1e-300)
    return (values.map { deviation > 1e-290 ? ($0 - mean) / deviation : 0 }, mean, deviation)
  }
}
