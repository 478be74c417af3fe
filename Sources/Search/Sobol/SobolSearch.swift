/// A scrambled Sobol' sequence over the space: point i is a function of the seed and i alone.
struct SobolSearch: Sendable, Hashable {
  let space: SearchSpace
  private let sequence: SobolSequence

  init(space: SearchSpace, seed: UInt64) {
    self.space = space
    // A stream that no trial has: those count from zero.
    sequence = SobolSequence(
      dimensions: space.parameters.count, scrambling: RandomStream(seed: seed, number: .max))
  }

  func point(at index: Int) -> Point {
    let fractions = sequence.point(at: index)
    var coordinates = [Double](repeating: .nan, count: space.parameters.count)
    for index in space.order where space.isActive(index, at: coordinates) {
      coordinates[index] = space.parameters[index].domain.coordinate(atFraction: fractions[index])
    }
    return Point(coordinates)
  }
}

extension Parameter.Domain {
  /// The value at a fraction of the range, in [0, 1): choices and steps have equal shares, other numbers are spread
  /// evenly over the range or its logarithm. (Rounding instead would give the ends of a range half a share.)
  func coordinate(atFraction fraction: Double) -> Double {
    func index(_ count: Int) -> Int { min(count - 1, Int(fraction * Double(count))) }
    switch self {
    case .categorical(let choices), .ordinal(let choices):
      return Double(index(choices.count))
    case .numeric(let range):
      if let count = range.count, !range.isLog { return range.value(at: index(count)) }
      let (low, high) = range.modelBounds
      return range.fromModel(low + fraction * (high - low)) + 0.0
    }
  }
}
