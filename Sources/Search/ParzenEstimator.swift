import Glibc

/// A density over some of a space's parameters, made from points where they were observed: a mixture of product
/// kernels, one a point, and a flat prior.
///
/// The definition is that of Optuna 5.0 (`_ParzenEstimator`, multivariate, magic clip on, endpoints off, prior
/// weight 1; Bergstra et al. 2011 and Falkner et al. 2018 behind it): log-densities agree to 1e-9. Where several
/// observations are equal, bandwidths are given out in the order of the points.
struct ParzenEstimator: Sendable {
  let kernels: [Kernel]
  /// Of the mixture, observations from oldest to newest, then the prior; they sum to one.
  let weights: [Double]
  private let logWeights: [Double]

  enum Kernel: Sendable {
    case normal(NormalKernels)
    case categorical(CategoricalKernels)
  }

  /// - Parameters:
  ///   - domains: of the parameters, one at least.
  ///   - columns: for each parameter its values, from the oldest observation to the newest.
  ///   - given: how much each observation counts beside the prior, which counts one; nil for weights by age.
  init(_ domains: [Parameter.Domain], columns: [[Double]], weights given: [Double]? = nil) {
    weights = given.map(Self.normalised) ?? Self.weights(columns.first?.count ?? 0)
    logWeights = weights.map { log($0) }
    kernels = zip(domains, columns).map { domain, column in
      switch domain {
      case .numeric(let range): .normal(NormalKernels(range, column))
      case .categorical(let choices): .categorical(CategoricalKernels(choices.count, column))
      case .ordinal(let choices): .normal(NormalKernels(NumericRange(indexesOf: choices), column))
      }
    }
  }

  /// All the same below 25 observations; above, the 25 newest count one and older ones ramp down to 1/n (Bergstra
  /// 2011). The prior counts one.
  static func weights(_ count: Int) -> [Double] {
    guard count > 0 else { return [1] }
    var weights = [Double](repeating: 1, count: count + 1)
    let ramp = count - 25
    if ramp == 1 { weights[0] = 1 / Double(count) }
    if ramp > 1 {
      let first = 1 / Double(count)
      let increment = (1 - first) / Double(ramp - 1)
      for index in 0..<ramp - 1 { weights[index] = first + Double(index) * increment }
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private static func normalised(_ given: [Double]) -> [Double] {
    let weights = given + [1]
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The logarithm of the density at each candidate: a value for each parameter, in their order.
  func logDensities(_ candidates: [[Double]]) -> [Double] {
    // The unique pairs of a grid are worked out once for all candidates.
    let tables = kernels.indices.map { dimension -> [Double: [Double]] in
      guard case .normal(let kernel) = kernels[dimension], kernel.step != nil else { return [:] }
      var table: [Double: [Double]] = [:]
      for candidate in candidates where table[candidate[dimension]] == nil {
        table[candidate[dimension]] = kernel.uniqueLogMasses(candidate[dimension])
      }
      return table
    }
    return candidates.map { candidate in
      var terms = logWeights
      for dimension in kernels.indices {
        let value = candidate[dimension]
        switch kernels[dimension] {
        case .categorical(let kernel): kernel.addLogProbabilities(value, to: &terms)
        case .normal(let kernel):
          if let unique = tables[dimension][value] {
            kernel.addLogMasses(unique, to: &terms)
          } else {
            kernel.addLogDensities(value, to: &terms)
          }
        }
      }
      return Self.logSum(terms)
    }
  }

  private static func logSum(_ terms: [Double]) -> Double {
    var greatest = -Double.infinity
    for term in terms where term > greatest { greatest = term }
    guard greatest > -.infinity else { return greatest }
    var sum = 0.0
    // exp(-40) is below the resolution of a sum that is at least one, a thousand times over.
    for term in terms where term > greatest - 40 { sum += exp(term - greatest) }
    return greatest + log(sum)
  }

  /// Draws one candidate: a kernel by weight, then every parameter from that kernel.
  func draw(_ stream: inout RandomStream) -> [Double] {
    var rest = stream.uniform()
    var chosen = 0
    while chosen < weights.count - 1, rest >= weights[chosen] {
      rest -= weights[chosen]
      chosen += 1
    }
    return kernels.map { kernel in
      switch kernel {
      case .categorical(let kernel): kernel.draw(chosen, &stream)
      case .normal(let kernel): kernel.draw(chosen, &stream)
      }
    }
  }
}
