/// A part of a conditional space: the points at which the same parameters exist.
struct Branch: Sendable, Hashable {
  private let exists: [Bool]

  init(of point: Point) { exists = point.coordinates.map { !$0.isNaN } }

  /// Points that are looked at for branches: one that has fewer of them is too small to be looked after.
  private static let scattered = 256

  /// The branches of a space, in an order that depends on the space alone; one where nothing is conditional.
  static func all(of space: SearchSpace) -> [Branch] {
    guard space.conditions.contains(where: { $0 != nil }) else { return [] }
    let sequence = SobolSearch(space: space, seed: 0)
    var seen = Set<Branch>()
    return (0..<scattered).map { Branch(of: sequence.point(at: $0)) }.filter { seen.insert($0).inserted }
  }
}
