/// How points of a space look to a Gaussian process: a number for each parameter, with distances that fit its kind.
///
/// Numbers lie in [0, 1], on a logarithmic scale by their logarithm, on a grid half a step away from the ends; ordered
/// choices are numbers too. Choices without an order are at distance one from each other, and so is a parameter that is
/// absent at one of two points.
struct MixedInput: Sendable {
  let space: SearchSpace
  /// Whether a parameter's values are numbers rather than names.
  let isNumeric: [Bool]

  init(_ space: SearchSpace) {
    self.space = space
    isNumeric = space.parameters.map { parameter in
      if case .categorical = parameter.domain { false } else { true }
    }
  }

  var count: Int { space.parameters.count }

  /// The range as which a parameter is modelled; nil for choices without an order.
  private func range(_ index: Int) -> NumericRange? {
    switch space.parameters[index].domain {
    case .numeric(let range): range
    case .ordinal(let choices): NumericRange(indexesOf: choices)
    case .categorical: nil
    }
  }

  /// A point as the process sees it; NaN where a parameter is absent.
  func encode(_ point: Point) -> [Double] {
    point.coordinates.enumerated().map { index, coordinate in
      guard !coordinate.isNaN, let range = range(index) else { return coordinate }
      let (low, high) = range.modelBounds
      return high > low ? (range.modelled(coordinate) - low) / (high - low) : 0.5
    }
  }

  /// The point nearest to what the process sees: parameters that do not exist there are left out, and ones that have
  /// become active take `filling`.
  func decode(_ input: [Double], filling: Point) -> Point {
    var coordinates = [Double](repeating: .nan, count: count)
    for index in space.order where space.isActive(index, at: coordinates) {
      guard !input[index].isNaN else {
        coordinates[index] = filling.coordinates[index].isNaN ? fallback(index) : filling.coordinates[index]
        continue
      }
      guard let range = range(index) else {
        coordinates[index] = input[index]
        continue
      }
      let (low, high) = range.modelBounds
      coordinates[index] = range.fromModel(low + input[index] * (high - low)) + 0.0
    }
    return Point(coordinates)
  }

  private func fallback(_ index: Int) -> Double { space.parameters[index].domain.coordinate(atFraction: 0.5) }

  /// The squared distance along one parameter.
  func squaredDistance(_ left: Double, _ right: Double, _ index: Int) -> Double {
    if left.isNaN || right.isNaN { return left.isNaN == right.isNaN ? 0 : 1 }
    guard isNumeric[index] else { return left == right ? 0 : 1 }
    return (left - right) * (left - right)
  }
}
