import Glibc

/// The standard normal distribution in logarithms, accurate far into the tails.
///
/// The cases and the asymptotic series are those of SciPy's `truncnorm`, which Optuna's estimator also follows.
enum Gaussian {
  static let halfLogTwoPi = 0.918_938_533_204_672_8
  private static let inverseSqrt2 = 0.707_106_781_186_547_6

  static func cdf(_ x: Double) -> Double { 0.5 * erfc(-x * inverseSqrt2) }

  /// log Φ(x).
  static func logCDF(_ x: Double) -> Double {
    if x > 6 { return -cdf(-x) }
    if x > -20 { return log(cdf(x)) }
    // Abramowitz and Stegun 26.2.12.
    let left = -0.5 * x * x - log(-x) - halfLogTwoPi
    let inverseSquare = 1 / (x * x)
    var sum = 1.0
    var term = 1.0
    for factor in stride(from: 1.0, through: 39.0, by: 2.0) {
      term *= -factor * inverseSquare
      sum += term
      if abs(term) < 1e-17 { break }
    }
    return left + log(sum)
  }

  /// log(Φ(b) - Φ(a)) for a < b.
  static func logMass(_ a: Double, _ b: Double) -> Double {
    let width = b - a
    if width < 1e-6 {
      // The difference of two nearly equal numbers would lose digits; the density is as good as constant here.
      let middle = a + width / 2
      return -0.5 * middle * middle - halfLogTwoPi + log(width)
    }
    if b <= 0 { return leftMass(a, b) }
    if a > 0 { return leftMass(-b, -a) }
    // Beyond here the tails are below the resolution of one.
    if a < -8.5, b > 8.5 { return 0 }
    if width < 1 { return log(0.5 * (erf(b * inverseSqrt2) - erf(a * inverseSqrt2))) }
    return log1p(-cdf(a) - cdf(-b))
  }

  private static func leftMass(_ a: Double, _ b: Double) -> Double {
    // No digits are lost where neither tail underflows and the two differ.
    if b > -36, b - a > 1e-3 { return log(0.5 * (erfc(-b * inverseSqrt2) - erfc(-a * inverseSqrt2))) }
    let upper = logCDF(b)
    return upper + log1p(-exp(logCDF(a) - upper))
  }

  /// The x with log Φ(x) = y, by Newton's method from a closed-form guess.
  static func inverseLogCDF(_ y: Double) -> Double {
    if y >= 0 { return .infinity }
    if y == -.infinity { return -.infinity }
    // Near zero the other tail is the accurate one.
    let flipped = y > -1e-2
    let target = flipped ? log(-expm1(y)) : y
    // Far out log Φ(x) is about -x²/2 - log √2π; nearer, the logistic distribution is close to the normal one.
    var x =
      target < -5
      ? -(-2 * (target + halfLogTwoPi)).squareRoot()
      : -(3.0.squareRoot() / Double.pi) * log(expm1(-target))
    for _ in 0..<100 {
      let value = logCDF(x)
      let change = (value - target) * exp(value + 0.5 * x * x + halfLogTwoPi)
      x -= change
      if abs(change) <= 1e-8 * abs(x) { break }
    }
    return flipped ? -x : x
  }

  /// The quantile `q` of the normal distribution cut to [a, b].
  static func quantile(_ q: Double, _ a: Double, _ b: Double) -> Double {
    if q <= 0 { return a }
    if q >= 1 { return b }
    let mass = logMass(a, b)
    let x =
      a < 0
      ? inverseLogCDF(logSum(logCDF(a), log(q) + mass))
      : -inverseLogCDF(logSum(logCDF(-b), log1p(-q) + mass))
    return min(max(x, a), b)
  }

  /// log(exp p + exp q).
  private static func logSum(_ p: Double, _ q: Double) -> Double {
    let greater = max(p, q)
    if greater == -.infinity { return greater }
    return greater + log1p(exp(min(p, q) - greater))
  }
}
