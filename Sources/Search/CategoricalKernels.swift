import Glibc

/// The kernels of one categorical parameter: an observation makes its choice likelier, the more so the more
/// observations there are; the prior is uniform.
struct CategoricalKernels: Sendable {
  private let choices: Int
  /// The observed choice of each kernel; -1 for the prior.
  private let observed: [Int]
  private let matching: Double
  private let other: Double

  init(_ choices: Int, _ observed: [Double]) {
    self.choices = choices
    self.observed = observed.map { Int($0) } + [-1]
    let share = 1 / Double(observed.count + 1)
    let sum = 1 + Double(choices) * share
    matching = (1 + share) / sum
    other = share / sum
  }

  func addLogProbabilities(_ value: Double, to terms: inout [Double]) {
    let choice = Int(value)
    let logMatching = log(matching)
    let logOther = log(other)
    for index in 0..<observed.count - 1 { terms[index] += observed[index] == choice ? logMatching : logOther }
    terms[observed.count - 1] -= log(Double(choices))
  }

  func draw(_ kernel: Int, _ stream: inout RandomStream) -> Double {
    guard observed[kernel] >= 0 else { return Double(stream.index(below: choices)) }
    // A uniform draw mixed with the observed choice has the kernel's probabilities.
    let quantile = stream.uniform()
    let extra = matching - other
    if quantile < extra { return Double(observed[kernel]) }
    return Double(min(choices - 1, Int((quantile - extra) / other)))
  }
}
