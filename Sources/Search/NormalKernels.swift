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

  /// - Parameter observed: values of the parameter, not logarithms.
  init(_ range: NumericRange, _ observed: [Double]) {
    self.range = range
    step = range.step
    (low, high) = range.modelBounds
    let spread = high - low
    var centres = range.isLog ? observed.map { log($0) } : observed
    let order = AscendingOrder.of(centres)
    var widths = Self.widths(centres, order, low, high)
    centres.append(0.5 * (low + high))
    widths.append(spread)
    self.centres = centres
    self.widths = widths
    if range.step == nil {
      inverseWidths = widths.map { 1 / $0 }
      offsets = Self.offsets(centres, widths, low, high)
      unique = []
      uniqueOf = []
      return
    }
    inverseWidths = []
    let pairs = Pairs(centres, widths, order + [centres.count - 1])
    unique = pairs.unique
    uniqueOf = pairs.number
    let (low, high) = (low, high)
    offsets = unique.map {
      -Gaussian.logMass((low - $0.centre) / $0.width, (high - $0.centre) / $0.width)
    }
  }

  private static func offsets(_ centres: [Double], _ widths: [Double], _ low: Double, _ high: Double) -> [Double] {
    var last = (width: 0.0, offset: 0.0)
    return centres.indices.map { index in
      let (centre, width) = (centres[index], widths[index])
      // Most have the least width there is.
      if width != last.width { last = (width, log(width) + Gaussian.halfLogTwoPi) }
      return -Gaussian.logMass((low - centre) / width, (high - centre) / width) - last.offset
    }
  }

  /// The greater gap to a neighbour, the outermost two taking their inner gap, then clipped from below so that
  /// few observations do not make needles ("magic clip") and from above to the whole range.
  private static func widths(_ centres: [Double], _ order: [Int], _ low: Double, _ high: Double) -> [Double] {
    let count = centres.count
    let spread = high - low
    let least = spread / min(100, Double(count + 2))
    var widths = [Double](repeating: spread, count: count)
    for position in 0..<count {
      let centre = centres[order[position]]
      let before = position == 0 ? centre - low : centre - centres[order[position - 1]]
      let after = position == count - 1 ? high - centre : centres[order[position + 1]] - centre
      var width = max(before, after)
      if count >= 2, position == 0 { width = after }
      if count >= 2, position == count - 1 { width = before }
      widths[order[position]] = min(max(width, least), spread)
    }
    return widths
  }

  func addLogDensities(_ value: Double, to terms: inout [Double]) {
    let x = range.modelled(value)
    let (centres, inverseWidths, offsets) = (centres.span, inverseWidths.span, offsets.span)
    var terms = terms.mutableSpan
    for index in terms.indices {
      let z = (x - centres[unchecked: index]) * inverseWidths[unchecked: index]
      terms[unchecked: index] += offsets[unchecked: index] - 0.5 * z * z
    }
  }

  /// How many widths away a kernel adds nothing to a mixture, so that a bound of its mass will do: e^-312 times the
  /// density at its centre, which is at most about 150 times the prior's in each parameter. Below e^-40 of the greatest
  /// term none is added up, which this stays under for up to fifty parameters.
  private static let farAway = 25.0

  /// For each unique pair, the logarithm of the probability of a grid value.
  func uniqueLogMasses(_ value: Double) -> [Double] {
    let half = (step ?? 0) / 2
    let left = range.modelled(value - half)
    let right = range.modelled(value + half)
    let middle = 0.5 * (left + right)
    let logCell = log(right - left) - Gaussian.halfLogTwoPi
    var out = offsets
    for index in unique.indices {
      let (centre, inverse) = (unique[index].centre, unique[index].inverseWidth)
      let z = (middle - centre) * inverse
      let cell = (right - left) * inverse
      let edge = abs(z) - 0.5 * cell
      let squared = cell * cell
      if edge > Self.farAway {
        out[index] += logCell - unique[index].logWidth - 0.5 * edge * edge
      } else if squared < 2.5e-3, z * z * squared < 1e-2 {
        // The density's Taylor series over a narrow cell; what is left out is below 1e-11.
        let zz = z * z
        let change = squared * ((zz - 1) / 24 + squared * ((zz - 6) * zz + 3) / 1920)
        out[index] += logCell - unique[index].logWidth - 0.5 * zz + change * (1 - change * (0.5 - change / 3))
      } else {
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

extension NormalKernels {
  /// A centre and a width.
  struct Pair: Sendable {
    let centre: Double
    let width: Double
    let inverseWidth: Double
    let logWidth: Double

    init(_ centre: Double, _ width: Double) {
      self.centre = centre
      self.width = width
      inverseWidth = 1 / width
      logWidth = log(width)
    }
  }

  /// The different pairs among kernels.
  struct Pairs: Sendable {
    private(set) var unique: [Pair] = []
    /// For each kernel which one it has.
    private(set) var number: [Int]

    /// - Parameter order: of the kernels. Pairs are told apart among equal centres that follow each other.
    init(_ centres: [Double], _ widths: [Double], _ order: [Int]) {
      number = [Int](repeating: 0, count: centres.count)
      var first = 0
      for index in order {
        let (centre, width) = (centres[index], widths[index])
        if unique.last?.centre != centre { first = unique.count }
        let known = unique.indices[first...].first { unique[$0].width == width }
        number[index] = known ?? unique.count
        if known == nil { unique.append(Pair(centre, width)) }
      }
    }
  }
}
