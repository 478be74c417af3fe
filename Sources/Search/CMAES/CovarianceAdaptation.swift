import Glibc

/// The constants of CMA-ES for a number of dimensions (Hansen, The CMA Evolution Strategy: A Tutorial, arXiv 1604.00772,
/// table 1), with negative weights for the worse half.
struct AdaptationConstants: Sendable, Hashable {
  let dimensions: Int
  /// How many solutions make a generation.
  let population: Int
  /// From the best solution to the worst.
  let weights: [Double]
  let parents: Int
  let effective: Double
  let c1, cMu, cSigma, dSigma, cC: Double
  /// The expected length of a standard normal vector.
  let expectedLength: Double

  init(dimensions: Int) {
    let d = Double(dimensions)
    self.dimensions = dimensions
    let population = 4 + Int(3 * log(d))
    let parents = population / 2
    self.population = population
    self.parents = parents
    let raw = (0..<population).map { log(Double(population + 1) / 2) - log(Double($0 + 1)) }
    func effective(_ weights: some Collection<Double>) -> Double {
      let sum = weights.reduce(0, +)
      return sum * sum / weights.reduce(0) { $0 + $1 * $1 }
    }
    let effective = effective(raw.prefix(parents))
    let negative = raw.dropFirst(parents)
    let negativeSum = negative.reduce(0, +)
    let effectiveNegative = negativeSum * negativeSum / negative.reduce(0) { $0 + $1 * $1 }
    self.effective = effective
    let c1 = 2 / ((d + 1.3) * (d + 1.3) + effective)
    let cMu = min(1 - c1 - 1e-8, 2 * (effective - 2 + 1 / effective) / ((d + 2) * (d + 2) + effective))
    self.c1 = c1
    self.cMu = cMu
    let limit = min(1 + c1 / cMu, min(1 + 2 * effectiveNegative / (effective + 2), (1 - c1 - cMu) / (d * cMu)))
    let positiveSum = raw.filter { $0 > 0 }.reduce(0, +)
    let belowSum = raw.filter { $0 < 0 }.reduce(0) { $0 + abs($1) }
    weights = raw.map { $0 >= 0 ? $0 / positiveSum : limit / belowSum * $0 }
    cSigma = (effective + 2) / (d + effective + 5)
    dSigma = 1 + 2 * max(0, ((effective - 1) / (d + 1)).squareRoot() - 1) + cSigma
    cC = (4 + effective / d) / (d + 4 + 2 * effective / d)
    expectedLength = d.squareRoot() * (1 - 1 / (4 * d) + 1 / (21 * d * d))
  }
}

/// The distribution that CMA-ES draws from, and how results change it.
struct CovarianceAdaptation: Sendable {
  let constants: AdaptationConstants
  private(set) var mean: [Double]
  private(set) var sigma: Double
  private(set) var covariance: [[Double]]
  /// The evolution paths of the step size and of the covariance.
  private(set) var sigmaPath: [Double]
  private(set) var path: [Double]
  private(set) var generation = 0

  init(mean: [Double], sigma: Double) {
    let count = mean.count
    constants = AdaptationConstants(dimensions: count)
    self.mean = mean
    self.sigma = sigma
    covariance = (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    sigmaPath = [Double](repeating: 0, count: count)
    path = sigmaPath
  }

  /// The axes of the distribution and their lengths.
  struct Axes: Sendable {
    let directions: [[Double]]
    let lengths: [Double]

    /// B f(D) Bᵀ y.
    func apply(_ y: [Double], _ scale: (Double) -> Double) -> [Double] {
      var rotated = [Double](repeating: 0, count: y.count)
      for axis in y.indices {
        var sum = 0.0
        for row in y.indices { sum += directions[row][axis] * y[row] }
        rotated[axis] = sum * scale(lengths[axis])
      }
      return directions.map { row in zip(row, rotated).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  var axes: Axes {
    let eigen = SymmetricEigen(covariance)
    // Rounding can make the least eigenvalues negative.
    return Axes(directions: eigen.vectors, lengths: eigen.values.map { ($0 < 0 ? 1e-8 : $0).squareRoot() })
  }

  /// Takes in one generation: as many solutions as `constants.population`.
  mutating func tell(_ solutions: [(x: [Double], loss: Double)]) {
    let k = constants
    guard solutions.count == k.population else { return }
    generation += 1
    let ordered = solutions.indices.sorted { (solutions[$0].loss, $0) < (solutions[$1].loss, $1) }
    let steps = ordered.map { index in zip(solutions[index].x, mean).map { ($0 - $1) / sigma } }
    let axes = self.axes
    var weighted = [Double](repeating: 0, count: mean.count)
    for index in 0..<k.parents {
      for dimension in mean.indices { weighted[dimension] += k.weights[index] * steps[index][dimension] }
    }
    for dimension in mean.indices { mean[dimension] += sigma * weighted[dimension] }
    let whitened = axes.apply(weighted) { 1 / $0 }
    let pull = (k.cSigma * (2 - k.cSigma) * k.effective).squareRoot()
    for dimension in mean.indices {
      sigmaPath[dimension] = (1 - k.cSigma) * sigmaPath[dimension] + pull * whitened[dimension]
    }
    let length = Self.length(sigmaPath)
    sigma = min(sigma * exp(k.cSigma / k.dSigma * (length / k.expectedLength - 1)), 1e32)
    let corrected = length / (1 - pow(1 - k.cSigma, Double(2 * (generation + 1)))).squareRoot()
    let isShort = corrected < (1.4 + 2 / (Double(k.dimensions) + 1)) * k.expectedLength
    let growth = isShort ? (k.cC * (2 - k.cC) * k.effective).squareRoot() : 0
    for dimension in mean.indices { path[dimension] = (1 - k.cC) * path[dimension] + growth * weighted[dimension] }
    adapt(steps, axes, isShort)
  }

  private mutating func adapt(_ steps: [[Double]], _ axes: Axes, _ isShort: Bool) {
    let k = constants
    let d = Double(k.dimensions)
    let scaled = zip(k.weights, steps).map { weight, step -> Double in
      guard weight < 0 else { return weight }
      let length = Self.length(axes.apply(step) { 1 / $0 })
      return weight * d / (length * length + 1e-8)
    }
    let correction = isShort ? 0 : k.cC * (2 - k.cC)
    let keep = 1 + k.c1 * correction - k.c1 - k.cMu * k.weights.reduce(0, +)
    // What was cut off of negative eigenvalues stays cut off.
    let before = axes.lengths.map { $0 * $0 }
    var next = covariance
    for row in next.indices {
      for column in next.indices {
        var old = 0.0
        for axis in before.indices { old += axes.directions[row][axis] * before[axis] * axes.directions[column][axis] }
        var sum = keep * old + k.c1 * path[row] * path[column]
        for (weight, step) in zip(scaled, steps) { sum += k.cMu * weight * step[row] * step[column] }
        next[row][column] = sum
      }
    }
    for row in next.indices {
      for column in 0..<row {
        let mean = (next[row][column] + next[column][row]) / 2
        next[row][column] = mean
        next[column][row] = mean
      }
    }
    covariance = next
  }

  static func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
