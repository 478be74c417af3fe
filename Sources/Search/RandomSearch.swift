import Glibc

/// Independent uniform draws (over logarithms on a logarithmic scale), as Optuna's `RandomSampler` defines them.
struct RandomSearch: Sendable {
  let space: SearchSpace

  func draw(_ stream: inout RandomStream) -> Point {
    var coordinates = [Double](repeating: .nan, count: space.parameters.count)
    for index in space.order where space.isActive(index, at: coordinates) {
      coordinates[index] = Self.draw(space.parameters[index].domain, &stream)
    }
    return Point(coordinates)
  }

  static func draw(_ domain: Parameter.Domain, _ stream: inout RandomStream) -> Double {
    switch domain {
    case .categorical(let choices), .ordinal(let choices):
      return Double(stream.index(below: choices.count))
    case .numeric(let range):
      if let count = range.count, !range.isLog { return range.value(at: stream.index(below: count)) }
      let (low, high) = range.modelBounds
      return range.fromModel(low + stream.uniform() * (high - low)) + 0.0
    }
  }
}
