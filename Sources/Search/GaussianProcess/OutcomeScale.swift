import Glibc

/// Losses as a Gaussian process takes them: about zero, with a variance of about one.
struct OutcomeScale: Sendable {
  let values: [Double]
  /// The logarithm of how densely the losses lie on the new scale (of the Jacobian), so that scales can be compared.
  let logJacobian: Double

  /// The losses themselves, moved and stretched.
  init(plain losses: [Double]) {
    let limited = Self.limited(losses)
    values = Self.standardised(limited)
    logJacobian = -Double(losses.count) * log(Self.deviation(limited))
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
    values = Self.standardised(logs)
    logJacobian = -Double(losses.count) * log(Self.deviation(logs)) - logs.reduce(0, +)
  }

  /// Numbers near the end of what a Double holds would overflow in squares.
  private static func limited(_ losses: [Double]) -> [Double] { losses.map { min(max($0, -1e150), 1e150) } }

  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return max((squares / Double(values.count)).squareRoot(), 1e-300)
  }

  private static func standardised(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = deviation(values)
    return values.map { deviation > 1e-290 ? ($0 - mean) / deviation : 0 }
  }
}
