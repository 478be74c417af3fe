/// The points of a finite search space in a fixed order: as numbers are counted, the last parameter fastest, each
/// parameter from its lowest value or first choice up. Parameters that depend on another's value are counted
/// inside that value, so every point comes once.
struct Enumeration: Sendable {
  /// How many points there are.
  let size: Int

  private let space: SearchSpace
  private let roots: [Int]
  private let children: [[Int]]
  /// For each parameter: the points that it and those that depend on it make.
  private let sizes: [Int]

  /// More points than any search would visit; larger spaces count as infinite.
  private static let greatestSize = 1 << 31
  /// More values than a parameter can sensibly have on which others depend.
  private static let greatestBranching = 1 << 16

  /// Nil where the space is infinite, or larger than any search would visit.
  init?(_ space: SearchSpace) {
    var children = [[Int]](repeating: [], count: space.parameters.count)
    for index in space.order {
      if let condition = space.conditions[index] { children[condition.parent].append(index) }
    }
    var sizes = [Int](repeating: 1, count: space.parameters.count)
    // Those that depend on others come later in `order`, so their sizes are known first.
    for index in space.order.reversed() {
      let domain = space.parameters[index].domain
      guard let count = domain.count, count <= Self.greatestSize else { return nil }
      if children[index].isEmpty {
        sizes[index] = count
        continue
      }
      guard count <= Self.greatestBranching else { return nil }
      var sum = 0
      for digit in 0..<count {
        let active = Self.active(children[index], at: domain.coordinate(at: digit), space)
        guard let product = Self.product(active.map { sizes[$0] }), sum + product <= Self.greatestSize else {
          return nil
        }
        sum += product
      }
      sizes[index] = sum
    }
    roots = space.order.filter { space.conditions[$0] == nil }
    guard let size = Self.product(roots.map { sizes[$0] }) else { return nil }
    self.size = size
    self.space = space
    self.children = children
    self.sizes = sizes
  }

  private static func product(_ factors: [Int]) -> Int? {
    var product = 1
    for factor in factors {
      product *= factor
      if product > greatestSize { return nil }
    }
    return product
  }

  private static func active(_ children: [Int], at coordinate: Double, _ space: SearchSpace) -> [Int] {
    children.filter { space.conditions[$0]?.coordinates.contains(coordinate) == true }
  }

  /// The point at an index; nil at `size` and beyond.
  func point(at index: Int) -> Point? {
    guard index >= 0, index < size else { return nil }
    var coordinates = [Double](repeating: .nan, count: space.parameters.count)
    fill(roots, index, &coordinates)
    return Point(coordinates)
  }

  /// Sets parameters that exist together to their combination at an index.
  private func fill(_ members: [Int], _ index: Int, _ coordinates: inout [Double]) {
    var rest = index
    for member in members.reversed() {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: sizes[member])
      rest = quotient
      let domain = space.parameters[member].domain
      if children[member].isEmpty {
        coordinates[member] = domain.coordinate(at: remainder)
        continue
      }
      var within = remainder
      for digit in 0..<(domain.count ?? 0) {
        let coordinate = domain.coordinate(at: digit)
        let active = Self.active(children[member], at: coordinate, space)
        let below = active.reduce(1) { $0 * sizes[$1] }
        if within < below {
          coordinates[member] = coordinate
          fill(active, within, &coordinates)
          break
        }
        within -= below
      }
    }
  }
}
