/// The volume of what a set of loss vectors dominates, up to a reference point: two or three objectives.
enum Hypervolume {
  /// Vectors beyond the reference point add nothing.
  static func of(_ losses: [[Double]], to reference: [Double]) -> Double {
    let inside = losses.filter { zip($0, reference).allSatisfy { $0 < $1 } }
    guard !inside.isEmpty else { return 0 }
    switch reference.count {
    case 1: return reference[0] - (inside.map { $0[0] }.min() ?? reference[0])
    case 2: return area(inside.map { ($0[0], $0[1]) }, reference[0], reference[1])
    default: return volume(inside, reference)
    }
  }

  /// Strips between one point and the next, as high as the best second loss so far.
  private static func area(_ points: [(Double, Double)], _ x: Double, _ y: Double) -> Double {
    var area = 0.0
    var height = y
    for point in points.sorted(by: { $0 < $1 }) where point.1 < height {
      area += (x - point.0) * (height - point.1)
      height = point.1
    }
    return area
  }

  /// Slabs of the third loss, each with the area of the points at or below it.
  private static func volume(_ points: [[Double]], _ reference: [Double]) -> Double {
    let ordered = points.sorted { $0[2] < $1[2] }
    var volume = 0.0
    for index in ordered.indices {
      let top = index + 1 < ordered.count ? ordered[index + 1][2] : reference[2]
      guard top > ordered[index][2] else { continue }
      let base = area(ordered[...index].map { ($0[0], $0[1]) }, reference[0], reference[1])
      volume += base * (top - ordered[index][2])
    }
    return volume
  }

  /// A point a tenth beyond the worst of each loss, so that the extremes of a front count too (as Optuna has it).
  static func reference(_ losses: [[Double]]) -> [Double] {
    guard let first = losses.first else { return [] }
    return first.indices.map { index in
      let worst = losses.map { $0[index] }.max() ?? 0
      let beyond = max(1.1 * worst, 0.9 * worst)
      return beyond == 0 ? 1e-12 : beyond
    }
  }

  /// The indexes of `count` vectors that dominate most together, chosen one by one (greedy, within 1 - 1/e of the best
  /// choice: Guerreiro, Fonseca and Paquete, Evolutionary Computation 24, 2016), in the order of the choice.
  static func subset(of losses: [[Double]], count: Int) -> [Int] {
    let reference = reference(losses)
    var chosen: [Int] = []
    var volume = 0.0
    var left = Array(losses.indices)
    while chosen.count < count, !left.isEmpty {
      let selected = chosen.map { losses[$0] }
      var best = (gain: -Double.infinity, position: 0)
      for (position, index) in left.enumerated() {
        let gain = of(selected + [losses[index]], to: reference) - volume
        if gain > best.gain { best = (gain, position) }
      }
      volume += best.gain
      chosen.append(left.remove(at: best.position))
    }
    return chosen
  }

  /// What each vector adds to the others, as a share of the greatest; those that are dominated add nothing.
  static func contributions(_ losses: [[Double]]) -> [Double] {
    let reference = reference(losses)
    let whole = of(losses, to: reference)
    let added = losses.indices.map { index in
      var others = losses
      others.remove(at: index)
      return max(0, whole - of(others, to: reference))
    }
    let greatest = added.max() ?? 0
    return added.map { greatest > 0 ? max($0 / greatest, 1e-12) : 1 }
  }
}
