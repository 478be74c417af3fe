import Glibc

/// The logarithm of the expected improvement over the best value, for losses (Ament et al., Unexpected Improvements to
/// Expected Improvement, NeurIPS 2023, arXiv 2310.20708): where the improvement itself is far too small to be told from
/// zero, its logarithm still says where to go.
enum ExpectedImprovement {
  /// log(φ(z) + z Φ(z)).
  static func logStandard(_ z: Double) -> Double {
    if z > -25 {
      let density = exp(-0.5 * z * z - Gaussian.halfLogTwoPi)
      return log(density + z * Gaussian.cdf(z))
    }
    // The asymptotic series of 1 + z Φ(z) / φ(z).
    let inverse = 1 / (z * z)
    var sum = 0.0
    var term = inverse
    for factor in [3.0, 5, 7, 9, 11, 13, 15] {
      sum += term
      term *= -factor * inverse
    }
    return -0.5 * z * z - Gaussian.halfLogTwoPi + log(sum)
  }

  /// - Parameter best: the least loss so far.
  static func logarithm(mean: Double, variance: Double, best: Double) -> Double {
    let deviation = variance.squareRoot()
    return logStandard((best - mean) / deviation) + log(deviation)
  }

  /// The derivatives of `logarithm(mean:variance:best:)` by the mean and by the variance.
  static func slopes(mean: Double, variance: Double, best: Double) -> (mean: Double, variance: Double) {
    let deviation = variance.squareRoot()
    let z = (best - mean) / deviation
    let level = logStandard(z)
    let byMean: Double = -exp(Gaussian.logCDF(z) - level) / deviation
    let density: Double = -0.5 * z * z - Gaussian.halfLogTwoPi
    let byDeviation: Double = exp(density - level) / deviation
    return (byMean, byDeviation / (2 * deviation))
  }
}
