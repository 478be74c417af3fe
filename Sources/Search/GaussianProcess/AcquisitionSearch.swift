import Glibc

/// Looks for the point that is most worth trying: many scattered points, then climbs from the best of them.
struct AcquisitionSearch: Sendable {
  let inputs: MixedInput
  let acquisition: Acquisition
  /// The best points that were tried, the best first.
  let incumbents: [Point]
  /// The only branch in which to look; nil for the whole space.
  var branch: Branch?

  private static let starts = 10
  /// Discrete parameters with more values are climbed as if they were continuous, and then rounded.
  private static let greatestLineSearch = 64

  typealias Valued = (point: Point, value: Double)

  /// Points all over the space: as many as Optuna takes, fewer where each costs much.
  ///
  /// - Parameter observed: how many observations the process has.
  static func scatter(_ space: SearchSpace, observed: Int, _ stream: inout RandomStream) -> [Point] {
    let sequence = SobolSearch(space: space, seed: stream.next())
    return (0..<max(256, min(2048, 200_000 / max(1, observed)))).map { sequence.point(at: $0) }
  }

  /// Scattered points and some near the best, with what they are worth.
  func valued(_ scatter: [Point], _ stream: inout RandomStream) -> [Valued] {
    var candidates = scatter
    for incumbent in incumbents {
      for _ in 0..<8 { candidates.append(neighbour(of: incumbent, &stream)) }
    }
    return candidates.filter(isInside).map { ($0, acquisition.value(at: inputs.encode($0))) }
  }

  /// The best points found, each of another climb, the most promising first.
  func points(from valued: [Valued], _ stream: inout RandomStream) -> [Point] {
    let order = valued.indices.sorted { (-valued[$0].value, $0) < (-valued[$1].value, $1) }
    guard let first = order.first else { return [] }
    var chosen = [first]
    // Others by chance, the better the likelier, so that not all climb the same hill.
    let top = valued[first].value
    let weights = valued.map { exp(max(-700, $0.value - top)) }
    var sum = weights.reduce(0, +)
    var left = Set(order.dropFirst())
    sum -= weights[first]
    while chosen.count < Self.starts, !left.isEmpty, sum > 1e-300 {
      var rest = stream.uniform() * sum
      guard
        let pick = order.first(where: { index in
          guard left.contains(index) else { return false }
          rest -= weights[index]
          return rest <= 0
        })
      else { break }
      chosen.append(pick)
      left.remove(pick)
      sum -= weights[pick]
    }
    var climbed = chosen.map { climb(valued[$0].point, valued[$0].value) }
    climbed.append(contentsOf: order.prefix(64).map { (valued[$0].point, valued[$0].value) })
    let ranked = climbed.indices.sorted { (-climbed[$0].value, $0) < (-climbed[$1].value, $1) }
    var seen = Set<Point>()
    return ranked.map { climbed[$0].point }.filter { seen.insert($0).inserted }
  }

  /// A point with some parameters changed a little, or to another choice.
  private func neighbour(of point: Point, _ stream: inout RandomStream) -> Point {
    var input = inputs.encode(point)
    let count = max(1, inputs.space.parameters.count)
    for index in input.indices where !input[index].isNaN && stream.uniform() < max(0.3, 1 / Double(count)) {
      if inputs.isNumeric[index] {
        let width = exp(-4 * stream.uniform()) * 0.3
        input[index] = min(max(input[index] + width * Gaussian.draw(&stream), 0), 1)
      } else {
        input[index] = RandomSearch.draw(inputs.space.parameters[index].domain, &stream)
      }
    }
    let filling = RandomSearch(space: inputs.space).draw(&stream)
    return inputs.decode(input, filling: filling)
  }

  private func climb(_ start: Point, _ value: Double) -> (point: Point, value: Double) {
    var current = (point: start, value: value)
    for _ in 0..<4 {
      let before = current.value
      climbContinuous(&current)
      for index in inputs.space.parameters.indices { searchLine(index, &current) }
      if current.value - before < 1e-4 { break }
    }
    return current
  }

  /// Whether a parameter is climbed along its gradient.
  private func isContinuous(_ index: Int) -> Bool {
    guard case .numeric(let range) = inputs.space.parameters[index].domain, !range.isSingle else { return false }
    return range.count.map { $0 > Self.greatestLineSearch } ?? true
  }

  private func climbContinuous(_ current: inout (point: Point, value: Double)) {
    let input = inputs.encode(current.point)
    let free = input.indices.filter { !input[$0].isNaN && isContinuous($0) }
    guard !free.isEmpty else { return }
    let found = QuasiNewton(bounds: 0...1, iterations: 40, tolerance: 1e-4)
      .minimise(from: free.map { input[$0] }) { values in
        var moved = input
        for (index, value) in zip(free, values) { moved[index] = value }
        let (value, gradient) = acquisition.valueWithGradient(at: moved)
        return (-value, free.map { -gradient[$0] })
      }
    var moved = input
    for (index, value) in zip(free, found.point) { moved[index] = value }
    take(inputs.decode(moved, filling: current.point), &current)
  }

  /// Tries all values of a discrete parameter. Parameters that depend on it take what the best point that has them has.
  private func searchLine(_ index: Int, _ current: inout (point: Point, value: Double)) {
    guard !current.point.coordinates[index].isNaN, !isContinuous(index),
      let count = inputs.space.parameters[index].domain.count, count > 1, count <= Self.greatestLineSearch
    else { return }
    for position in 0..<count {
      var coordinates = current.point.coordinates
      let value = inputs.space.parameters[index].domain.coordinate(at: position)
      guard value != coordinates[index] else { continue }
      coordinates[index] = value
      let filling = incumbents.first { $0.coordinates[index] == value } ?? current.point
      take(inputs.decode(inputs.encode(Point(coordinates)), filling: filling), &current)
    }
  }

  private func isInside(_ point: Point) -> Bool { branch.map { $0 == Branch(of: point) } ?? true }

  private func take(_ point: Point, _ current: inout (point: Point, value: Double)) {
    guard isInside(point) else { return }
    let value = acquisition.value(at: inputs.encode(point))
    if value > current.value { current = (point, value) }
  }
}
