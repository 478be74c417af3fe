import Glibc

/// A Gaussian process that was conditioned on observations: zero mean, a Matérn-5/2 kernel, independent noise.
struct GaussianProcess: Sendable {
  let inputs: MixedInput
  let kernel: MaternKernel
  /// The variance of the noise.
  let noise: Double
  let observed: [[Double]]
  let factor: CholeskyFactor
  /// K⁻¹ y for each set of values that was given; several for fantasies about the same inputs.
  private(set) var weights: [[Double]]

  /// Nil where the kernel's matrix cannot be factored, as when all inputs are the same and there is no noise.
  init?(
    _ inputs: MixedInput, kernel: MaternKernel, noise: Double, observed: [[Double]], values: [[Double]]
  ) {
    self.inputs = inputs
    self.kernel = kernel
    self.noise = noise
    self.observed = observed
    let count = observed.count
    var matrix = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<row {
        matrix[row * count + column] =
          kernel.scale * MaternKernel.value(kernel.squaredDistance(observed[row], observed[column], inputs))
      }
      matrix[row * count + row] = kernel.scale + noise
    }
    guard let factor = CholeskyFactor.stabilised(matrix, size: count) else { return nil }
    self.factor = factor
    weights = values.map { factor.solve($0) }
  }

  /// The covariances of an input with the observed ones.
  func covariances(_ input: [Double]) -> [Double] {
    observed.map { kernel.scale * MaternKernel.value(kernel.squaredDistance(input, $0, inputs)) }
  }

  /// Of the function at an input, without noise: the mean for each set of values, and the variance.
  func posterior(at input: [Double]) -> (means: [Double], variance: Double) {
    let covariances = covariances(input)
    let reduced = factor.solveLower(covariances)
    let variance = kernel.scale - dot(reduced, reduced)
    return (weights.map { dot($0, covariances) }, max(variance, 1e-12))
  }

  /// The least of the means at what was observed.
  var leastMean: Double { observed.map { posterior(at: $0).means[0] }.min() ?? 0 }

  /// The means, the variance, and their derivatives by the numeric parameters that are present.
  func posteriorWithGradient(
    at input: [Double]
  ) -> (means: [Double], variance: Double, meanGradients: [[Double]], varianceGradient: [Double]) {
    let squares = observed.map { kernel.squaredDistance(input, $0, inputs) }
    let covariances = squares.map { kernel.scale * MaternKernel.value($0) }
    let slopes = squares.map { kernel.scale * MaternKernel.slope($0) }
    let solved = factor.solve(covariances)
    let variance = max(kernel.scale - dot(solved, covariances), 1e-12)
    var meanGradients = weights.map { _ in [Double](repeating: 0, count: input.count) }
    var varianceGradient = [Double](repeating: 0, count: input.count)
    for index in input.indices where inputs.isNumeric[index] && !input[index].isNaN {
      let length = 2 * kernel.inverseSquaredLengths[index]
      for (number, other) in observed.enumerated() where !other[index].isNaN {
        let change = slopes[number] * length * (input[index] - other[index])
        for set in weights.indices { meanGradients[set][index] += weights[set][number] * change }
        varianceGradient[index] -= 2 * solved[number] * change
      }
    }
    return (weights.map { dot($0, covariances) }, variance, meanGradients, varianceGradient)
  }

  /// Draws from the joint posterior of the function at some inputs, in pairs mirrored at the mean.
  func draws(at points: [[Double]], pairs: Int, _ stream: inout RandomStream) -> [[Double]] {
    let count = points.count
    var means: [Double] = []
    var reduced: [[Double]] = []
    for point in points {
      let covariances = covariances(point)
      means.append(dot(weights.first ?? [], covariances))
      reduced.append(factor.solveLower(covariances))
    }
    var matrix = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0...row {
        let prior = kernel.scale * MaternKernel.value(kernel.squaredDistance(points[row], points[column], inputs))
        matrix[row * count + column] = prior - dot(reduced[row], reduced[column])
      }
      matrix[row * count + row] += 1e-9 * kernel.scale
    }
    guard let joint = CholeskyFactor.stabilised(matrix, size: count) else { return [means] }
    var out: [[Double]] = []
    for _ in 0..<pairs {
      let normals = (0..<count).map { _ in Gaussian.draw(&stream) }
      let offsets = (0..<count).map { row in
        (0...row).reduce(0.0) { $0 + joint.elements[row * count + $1] * normals[$1] }
      }
      out.append(zip(means, offsets).map { $0 + $1 })
      out.append(zip(means, offsets).map { $0 - $1 })
    }
    return out
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
  }
}

extension Gaussian {
  /// A standard normal number (Box and Muller, 1958).
  static func draw(_ stream: inout RandomStream) -> Double {
    let radius = (-2 * log(1 - stream.uniform())).squareRoot()
    return radius * cos(2 * Double.pi * stream.uniform())
  }
}
