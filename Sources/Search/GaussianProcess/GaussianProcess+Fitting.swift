import Glibc

extension GaussianProcess {
  /// The process whose length-scales, variance and noise are most probable given the observations (maximum a
  /// posteriori). The priors are those of Optuna's `GPSampler` (optuna/_gp/prior.py): -(0.1/θ + 0.1 θ) for each inverse
  /// squared length-scale, Gamma(2, 1) for the variance, Gamma(1.1, 30) for the noise, of which there is at least 1e-6.
  ///
  /// - Parameter values: about zero, with a variance of about one.
  static func fitted(
    _ inputs: MixedInput, observed: [[Double]], values: [Double]
  ) -> (process: GaussianProcess, loss: Double)? {
    let fit = ProcessFit(inputs, observed: observed, values: values)
    var best: (point: [Double], value: Double)?
    // With few observations there may be several good explanations; with many there is one, and looking costs more.
    let isLarge = observed.count > 60
    for length in isLarge ? [4.0] : [1.0, 12.0] {
      let start = [Double](repeating: log(length), count: inputs.count) + [0, log(1e-3)]
      let found = QuasiNewton(iterations: isLarge ? 30 : 60, tolerance: 1e-3).minimise(from: start, fit.loss)
      if best.map({ found.value < $0.value }) ?? true { best = found }
    }
    guard let best, best.value.isFinite else { return nil }
    let (kernel, noise) = fit.parameters(best.point)
    return GaussianProcess(inputs, kernel: kernel, noise: noise, observed: observed, values: [values])
      .map { ($0, best.value) }
  }
}

/// How improbable length-scales, variance and noise are, given observations.
struct ProcessFit: Sendable {
  static let leastNoise = 1e-6

  private let inputs: MixedInput
  private let values: [Double]
  private let count: Int
  /// For each parameter the squared distances of all pairs, row by row of the lower triangle.
  private let distances: [[Double]]

  init(_ inputs: MixedInput, observed: [[Double]], values: [Double]) {
    self.inputs = inputs
    self.values = values
    count = observed.count
    distances = (0..<inputs.count).map { index in
      var out: [Double] = []
      out.reserveCapacity(observed.count * (observed.count - 1) / 2)
      for row in observed.indices {
        for column in 0..<row {
          out.append(inputs.squaredDistance(observed[row][index], observed[column][index], index))
        }
      }
      return out
    }
  }

  /// What a vector of logarithms stands for.
  func parameters(_ logs: [Double]) -> (kernel: MaternKernel, noise: Double) {
    let lengths = logs.prefix(inputs.count).map { exp(min(max($0, -20), 20)) }
    let scale = exp(min(max(logs[inputs.count], -20), 20))
    return (
      MaternKernel(inverseSquaredLengths: lengths, scale: scale),
      exp(min(max(logs[inputs.count + 1], -30), 10)) + Self.leastNoise
    )
  }

  /// The negative logarithm of the posterior density, with its gradient by the logarithms.
  func loss(_ logs: [Double]) -> (value: Double, gradient: [Double]) {
    let (kernel, noise) = parameters(logs)
    let lengths = kernel.inverseSquaredLengths
    var squares = [Double](repeating: 0, count: distances.first?.count ?? 0)
    for (index, column) in distances.enumerated() {
      for pair in squares.indices { squares[pair] += lengths[index] * column[pair] }
    }
    var matrix = [Double](repeating: 0, count: count * count)
    var pair = 0
    for row in 0..<count {
      for column in 0..<row {
        matrix[row * count + column] = kernel.scale * MaternKernel.value(squares[pair])
        pair += 1
      }
      matrix[row * count + row] = kernel.scale + noise
    }
    guard let factor = CholeskyFactor(matrix, size: count) else {
      return (.infinity, [Double](repeating: 0, count: logs.count))
    }
    let weights = factor.solve(values)
    var fit = 0.0
    for index in 0..<count { fit += values[index] * weights[index] }
    var value = 0.5 * (fit + factor.logDeterminant + Double(count) * log(2 * Double.pi))
    var gradient = likelihoodGradient(factor, weights, kernel, noise, squares, matrix)
    addPriors(lengths, kernel.scale, noise, &value, &gradient)
    return (value, gradient)
  }

  /// -1/2 tr((w wᵀ - K⁻¹) dK), for each logarithm.
  private func likelihoodGradient(
    _ factor: CholeskyFactor, _ weights: [Double], _ kernel: MaternKernel, _ noise: Double, _ squares: [Double],
    _ matrix: [Double]
  ) -> [Double] {
    let inverse = factor.inverse()
    var byDistance = [Double](repeating: 0, count: squares.count)
    var byScale = 0.0
    var byNoise = 0.0
    var pair = 0
    for row in 0..<count {
      for column in 0..<row {
        let difference = weights[row] * weights[column] - inverse[row * count + column]
        // Each pair stands twice in the matrix.
        byDistance[pair] = difference * kernel.scale * MaternKernel.slope(squares[pair])
        byScale += difference * matrix[row * count + column]
        pair += 1
      }
      let diagonal = weights[row] * weights[row] - inverse[row * count + row]
      byScale += 0.5 * diagonal * kernel.scale
      byNoise += 0.5 * diagonal
    }
    var gradient = distances.enumerated().map { index, column -> Double in
      var sum = 0.0
      for pair in column.indices { sum += byDistance[pair] * column[pair] }
      return -sum * kernel.inverseSquaredLengths[index]
    }
    gradient.append(-byScale)
    gradient.append(-byNoise * (noise - Self.leastNoise))
    return gradient
  }

  private func addPriors(
    _ lengths: [Double], _ scale: Double, _ noise: Double, _ value: inout Double, _ gradient: inout [Double]
  ) {
    for (index, length) in lengths.enumerated() {
      value += 0.1 / length + 0.1 * length
      gradient[index] += -0.1 / length + 0.1 * length
    }
    value -= log(scale) - scale
    gradient[lengths.count] -= 1 - scale
    value -= 0.1 * log(noise) - 30 * noise
    gradient[lengths.count + 1] -= (0.1 / noise - 30) * (noise - Self.leastNoise)
  }
}
