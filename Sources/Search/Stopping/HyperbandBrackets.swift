/// The brackets of Hyperband (Li et al., JMLR 18-185, 2018, algorithm 1): from the one that stops most, at the least
/// resource, to the one that stops nothing.
public struct HyperbandBrackets: Sendable, Hashable {
  public let minSteps: Int64
  public let maxSteps: Int64
  public let reductionFactor: Int
  /// How many trials each bracket begins with in one round, by its number s.
  let sizes: [Int]
  /// The brackets of the trials of one round, by number.
  private let round: [Int]

  public init(minSteps: Int64, maxSteps: Int64, reductionFactor: Int) {
    self.minSteps = max(1, minSteps)
    self.maxSteps = max(self.minSteps, maxSteps)
    self.reductionFactor = max(2, reductionFactor)
    var greatest = 0
    var resource = self.minSteps
    while resource <= self.maxSteps / Int64(self.reductionFactor) {
      resource *= Int64(self.reductionFactor)
      greatest += 1
    }
    let factor = Double(self.reductionFactor)
    // n = ceil((s_max + 1) / (s + 1) * eta^s)
    let sizes = (0...greatest).map { s in
      var power = 1.0
      for _ in 0..<s { power *= factor }
      return Int((Double(greatest + 1) / Double(s + 1) * power).rounded(.up))
    }
    self.sizes = sizes
    round = Self.spread(sizes)
  }

  /// How many brackets there are.
  public var count: Int { sizes.count }

  /// The bracket of a trial: a function of its number alone, so that it is the same after every restart.
  public func bracket(of trial: Int) -> Int {
    let position = trial % round.count
    return round[position < 0 ? position + round.count : position]
  }

  /// One round with each bracket's trials spread evenly over it, so that all of them learn from the start: the bracket
  /// that lags furthest behind its share comes next; of equals the one that stops most.
  private static func spread(_ sizes: [Int]) -> [Int] {
    let total = sizes.reduce(0, +)
    var given = [Int](repeating: 0, count: sizes.count)
    return (0..<total).map { position in
      let lags = sizes.indices.map { Double(position + 1) * Double(sizes[$0]) / Double(total) - Double(given[$0]) }
      var chosen = 0
      for s in sizes.indices.dropFirst() where lags[s] >= lags[chosen] - 1e-9 { chosen = s }
      given[chosen] += 1
      return chosen
    }
  }

  /// The first step at which trials of a bracket are compared: R * eta^-s.
  public func firstRung(of bracket: Int) -> Int64 {
    var rung = maxSteps
    for _ in 0..<max(0, bracket) { rung /= Int64(reductionFactor) }
    return max(minSteps, rung)
  }
}
