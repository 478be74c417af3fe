import Glibc

/// How much a point is worth trying: the logarithm of the expected improvement, averaged over what trials on their way
/// may bring.
struct Acquisition: Sendable {
  let process: GaussianProcess
  /// The least loss so far, for each draw of what is on its way. The model's own values rather than the observed ones:
  /// with noise the least observed loss is one that was lucky.
  let best: [Double]

  /// - Parameter target: what is to be improved on; nil for the least that the process says of what was observed.
  init(
    _ fitted: GaussianProcess, values: [Double], target: Double? = nil, pending: [[Double]], pairs: Int,
    _ stream: inout RandomStream
  ) {
    let least = target ?? fitted.leastMean
    guard !pending.isEmpty else {
      process = fitted
      best = [least]
      return
    }
    let draws = fitted.draws(at: pending, pairs: pairs, &stream)
    let conditioned = GaussianProcess(
      fitted.inputs, kernel: fitted.kernel, noise: fitted.noise, observed: fitted.observed + pending,
      values: draws.map { values + $0 })
    guard let conditioned else {
      process = fitted
      best = [least]
      return
    }
    process = conditioned
    best = draws.map { min(least, $0.min() ?? least) }
  }

  func value(at input: [Double]) -> Double {
    let (means, variance) = process.posterior(at: input)
    return Self.logMean(zip(means, best).map { ExpectedImprovement.logarithm(mean: $0, variance: variance, best: $1) })
  }

  func valueWithGradient(at input: [Double]) -> (value: Double, gradient: [Double]) {
    let (means, variance, meanGradients, varianceGradient) = process.posteriorWithGradient(at: input)
    let levels = zip(means, best).map { ExpectedImprovement.logarithm(mean: $0, variance: variance, best: $1) }
    let value = Self.logMean(levels)
    var gradient = [Double](repeating: 0, count: input.count)
    for set in levels.indices {
      let share = exp(levels[set] - value) / Double(levels.count)
      guard share > 0 else { continue }
      let slopes = ExpectedImprovement.slopes(mean: means[set], variance: variance, best: best[set])
      for index in gradient.indices {
        gradient[index] += share * (slopes.mean * meanGradients[set][index] + slopes.variance * varianceGradient[index])
      }
    }
    return (value, gradient)
  }

  private static func logMean(_ levels: [Double]) -> Double {
    guard levels.count > 1, let greatest = levels.max(), greatest > -.infinity else {
      return levels.first ?? -.infinity
    }
    return greatest + log(levels.reduce(0) { $0 + exp($1 - greatest) } / Double(levels.count))
  }
}
