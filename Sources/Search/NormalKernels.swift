import Glibc

/// The kernels of one numeric parameter: normal distributions cut to its bounds, over logarithms on a logarithmic
/// scale, and over cells of one step on a grid.
struct NormalKernels: Sendable {
  /// Centres and widths as modelled; the last is the prior.
  let centres: [Double]
  let widths: [Double]
  let step: Double?

  private let range: NumericRange
  private let low: Double
  private let high: Double
  private let inverseWidths: [Double]
  /// What is added to -z²/2 for the logarithm of a density; on a grid, minus the logarithm of the mass in bounds.
  private let offsets: [Double]
  /// On a grid, the different pairs of centre and width, and for each kernel which one it has.
  private let unique: [Pair]
  private let uniqueOf: [Int]

  private struct Pair: Sendable {
    let centre: Double
    let inverseWidth: Double
    let logWidth: Double
  }

  /// - Parameter observed: values of the parameter, not logarithms.
  init(_ range: NumericRange, _ observed: [Double]) {
    self.range = range
    step = range.step
    (low, high) = range.modelBounds
    let spread = high - low
    var centres = range.isLog ? observed.map { log($0) } : observed
    var widths = Self.widths(centres, low, high)
    centres.append(0.5 * (low + high))
    widths.append(spread)
    self.centres = centres
    self.widths = widths
    inverseWidths = widths.map { 1 / $0 }
    if range.step == nil {
      var last = (width: 0.0, offset: 0.0)
      var offsets = [Double](repeating: 0, count: centres.count)
      for index in centres.indices {
        let width = widths[index]
        if width != last.width { last = (width, log(width) + Gaussian.halfLogTwoPi) }
        let mass = Gaussian.logMass((low - centres[index]) / width, (high - centres[index]) / width)
        offsets[index] = -mass - last.offset
      }
      self.offsets = offsets
      unique = []
      uniqueOf = []
      return
    }
    struct Key: Hashable {
      let centre: Double
      let width: Double
    }
    var numbers: [Key: Int] = [:]
    var unique: [Pair] = []
    var uniqueOf: [Int] = []
    var offsets: [Double] = []
    for index in centres.indices {
      let (centre, width) = (centres[index], widths[index])
      let key = Key(centre: centre, width: width)
      let number = numbers[key] ?? unique.count
      numbers[key] = number
      uniqueOf.append(number)
      if number < unique.count { continue }
      unique.append(Pair(centre: centre, inverseWidth: 1 / width, logWidth: log(width)))
      offsets.append(-Gaussian.logMass((low - centre) / width, (high - centre) / width))
    }
    self.unique = unique
    self.uniqueOf = uniqueOf
    self.offsets = offsets
  }

  /// The greater gap to a neighbour, the outermost two taking their inner gap, then clipped from below so that
  /// few observations do not make needles ("magic clip") and from above to the whole range.
  private static func widths(_ centres: [Double], _ low: Double, _ high: Double) -> [Double] {
    let count = centres.count
    guard count > 0 else { return [] }
    let sorted = AscendingOrder.of(centres).map { (centre: centres[$0], index: $0) }
    let spread = high - low
    let least = spread / min(100, Double(count + 2))
    var widths = [Double](repeating: spread, count: count)
    for position in 0..<count {
      let centre = sorted[position].centre
      let before = position == 0 ? centre - low : centre - sorted[position - 1].centre
      let after = position == count - 1 ? high - centre : sorted[position + 1].centre - centre
      var width = max(before, after)
      if count >= 2, position == 0 { width = after }
      if count >= 2, position == count - 1 { width = before }
      widths[sorted[position].index] = min(max(width, least), spread)
    }
    return widths
  }

  func addLogDensities(_ value: Double, to terms: inout [Double]) {
    let x = range.modelled(value)
    for index in terms.indices {
      let z = (x - centres[index]) * inverseWidths[index]
      terms[index] += offsets[index] - 0.5 * z * z
    }
  }

  /// For each unique pair, the logarithm of the probability of a grid value.
  func uniqueLogMasses(_ value: Double) -> [Double] {
    let half = (step ?? 0) / 2
    let left = range.modelled(value - half)
    let right = range.modelled(value + half)
    let middle = 0.5 * (left + right)
    let logCell = log(right - left) - Gaussian.halfLogTwoPi
    var out = offsets
    for index in unique.indices {
      let inverse = unique[index].inverseWidth
      let z = (middle - unique[index].centre) * inverse
      let cell = (right - left) * inverse
      let squared = cell * cell
      if squared < 2.5e-3, z * z * squared < 1e-2 {
        // The density's Taylor series over a narrow cell; what is left out is below 1e-11.
        let zz = z * z
        let change = squared * ((zz - 1) / 24 + squared * ((zz - 6) * zz + 3) / 1920)
        out[index] += logCell - unique[index].logWidth - 0.5 * zz + change * (1 - change * (0.5 - change / 3))
      } else {
        let centre = unique[index].centre
        out[index] += Gaussian.logMass((left - centre) * inverse, (right - centre) * inverse)
      }
    }
    return out
  }

  func addLogMasses(_ unique: [Double], to terms: inout [Double]) {
    for index in terms.indices { terms[index] += unique[uniqueOf[index]] }
  }

  /// Draws from one kernel a value that the parameter can have.
  func draw(_ kernel: Int, _ stream: inout RandomStream) -> Double {
    let centre = centres[kernel]
    let width = widths[kernel]
    let z = Gaussian.quantile(stream.uniform(), (low - centre) / width, (high - centre) / width)
    return range.fromModel(centre + z * width) + 0.0
  }
}

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
