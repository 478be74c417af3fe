import Glibc

/// The Matérn kernel of smoothness 5/2 with a length-scale for each parameter (Rasmussen and Williams, Gaussian Processes
/// for Machine Learning, 2006, section 4.2).
struct MaternKernel: Sendable, Hashable {
  /// One over the square of each parameter's length-scale.
  var inverseSquaredLengths: [Double]
  /// The variance of the function.
  var scale: Double

  /// The covariance at a squared distance that is weighted with the length-scales.
  static func value(_ squared: Double) -> Double {
    let root = (5 * squared).squareRoot()
    return (1 + root + 5.0 / 3 * squared) * exp(-root)
  }

  /// The derivative of `value` by the squared distance.
  static func slope(_ squared: Double) -> Double {
    let root = (5 * squared).squareRoot()
    return -5.0 / 6 * (1 + root) * exp(-root)
  }

  /// The weighted squared distance of two inputs.
  func squaredDistance(_ left: [Double], _ right: [Double], _ inputs: MixedInput) -> Double {
    var sum = 0.0
    for index in left.indices {
      sum += inverseSquaredLengths[index] * inputs.squaredDistance(left[index], right[index], index)
    }
    return sum
  }
}
