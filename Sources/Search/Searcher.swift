extension SearchSpace {
  /// How many points there are; nil where there are infinitely many, or more than 2^31.
  public var size: Int? { Enumeration(self)?.size }

  /// The parameters that keep the space from being tried point by point, by name.
  public var unenumerable: [String] { parameters.filter { $0.domain.count == nil }.map(\.name) }
}

/// What to try next.
public enum Suggestion: Sendable, Hashable {
  case point(Point)
  /// Every point of the space is in the history.
  case exhausted
}

/// Suggests points. A suggestion is a function of the space, the algorithm and its settings, the seed, the number
/// of the trial and the history, and of nothing else: asked again it is the same bit for bit.
public struct Searcher: Sendable {
  public let space: SearchSpace
  public let algorithm: Algorithm
  private let seed: UInt64
  private let enumeration: Enumeration?
  private let random: RandomSearch
  private let sobol: SobolSearch
  /// What learns from the history; nil for algorithms that do not.
  private let sampler: (any Sampler)?

  /// - Throws: where the algorithm cannot search the space: a grid needs a step on every number.
  public init(
    _ space: SearchSpace, _ algorithm: Algorithm, directions: [Direction], seed: UInt64,
    settings: TreeParzen.Settings = .init()
  ) throws(SearchSpaceError) {
    self.space = space
    self.algorithm = algorithm
    self.seed = seed
    enumeration = Enumeration(space)
    random = RandomSearch(space: space)
    sobol = SobolSearch(space: space, seed: seed)
    sampler = Self.sampler(space, algorithm, directions, seed, settings)
    if algorithm == .grid, enumeration == nil {
      throw SearchSpaceError(
        space.unenumerable.isEmpty
          ? "a grid of more than 2^31 points cannot be searched: use fewer values, or another algorithm"
          : "a grid needs a step for \(space.unenumerable.joined(separator: ", ")), or choose another algorithm")
    }
  }

  private static func sampler(
    _ space: SearchSpace, _ algorithm: Algorithm, _ directions: [Direction], _ seed: UInt64,
    _ settings: TreeParzen.Settings
  ) -> (any Sampler)? {
    switch algorithm {
    case .grid, .random, .sobol, .hyperband: nil
    case .tpe: TreeParzen(space: space, settings: settings, directions: directions)
    case .cmaes: CovarianceSearch(space: space, direction: directions.first ?? .minimize)
    case .gp: GaussianProcessSearch(space: space, directions: directions)
    }
  }

  /// The point for a trial.
  ///
  /// - Parameters:
  ///   - number: of the trial, counted from zero. A grid tries its points in the order of these numbers.
  ///   - history: the other trials, pending ones among them, in any order.
  public func suggest(_ number: Int, after history: [RecordedTrial]) -> Suggestion {
    if algorithm == .grid { return enumeration?.point(at: number).map(Suggestion.point) ?? .exhausted }
    var stream = RandomStream(seed: seed, number: UInt64(truncatingIfNeeded: number))
    // Thousands of trials are not copied where nothing is to be left out.
    let others = history.contains { $0.number == number } ? history.filter { $0.number != number } : history
    let tried = enumeration == nil ? [] : Set(others.map(\.point))
    // In an infinite space a point comes again only where a model insists on a bound: seldom enough to look through all.
    func isNew(_ point: Point) -> Bool {
      enumeration == nil ? !others.contains { $0.point == point } : !tried.contains(point)
    }
    if let enumeration, tried.count >= enumeration.size { return .exhausted }
    let candidates = sampler?.candidates(others, number: number, &stream)
    // A model begins with points that are spread evenly.
    if algorithm == .sobol || (sampler != nil && candidates == nil) {
      let point = sobol.point(at: max(0, number))
      if isNew(point) { return .point(point) }
    }
    if let candidates, let new = candidates.first(where: isNew) {
      return .point(new)
    }
    for _ in 0..<Self.attempts {
      let point = random.draw(&stream)
      if isNew(point) { return .point(point) }
    }
    return firstUntried(tried, &stream)
  }

  /// The point for a trial some of whose values the user chose; the others are suggested.
  ///
  /// - Parameter fixed: values as text by parameter name. Those of parameters that do not exist at the point are
  ///   passed over.
  /// - Throws: where a name or a value is not one of the space.
  public func suggest(
    _ number: Int, after history: [RecordedTrial], fixing fixed: [String: String]
  ) throws(SearchSpaceError) -> Suggestion {
    var chosen: [Int: Double] = [:]
    for (name, text) in fixed.sorted(by: { $0.key < $1.key }) {
      guard let index = space.parameters.firstIndex(where: { $0.name == name }) else {
        throw SearchSpaceError("there is no such parameter", parameter: name)
      }
      guard let coordinate = space.parameters[index].domain.coordinate(of: text) else {
        throw SearchSpaceError("\(text) is not one of its values", parameter: name)
      }
      chosen[index] = coordinate
    }
    guard !chosen.isEmpty, case .point(let suggested) = suggest(number, after: history) else {
      return suggest(number, after: history)
    }
    var stream = RandomStream(seed: ~seed, number: UInt64(truncatingIfNeeded: number))
    var coordinates = [Double](repeating: .nan, count: space.parameters.count)
    for index in space.order where space.isActive(index, at: coordinates) {
      let other = suggested.coordinates[index]
      coordinates[index] =
        chosen[index] ?? (other.isNaN ? RandomSearch.draw(space.parameters[index].domain, &stream) : other)
    }
    return .point(Point(coordinates))
  }

  /// Draws before the space is walked through: enough that a space of which a tenth is left is seldom walked.
  private static let attempts = 64

  /// Walks through the space from a random place to a point that was not tried.
  private func firstUntried(_ tried: Set<Point>, _ stream: inout RandomStream) -> Suggestion {
    guard let enumeration else { return .exhausted }
    let start = stream.index(below: enumeration.size)
    // One more than were tried must hold one that was not.
    for offset in 0...min(tried.count, enumeration.size - 1) {
      if let point = enumeration.point(at: (start + offset) % enumeration.size), !tried.contains(point) {
        return .point(point)
      }
    }
    return .exhausted
  }
}
