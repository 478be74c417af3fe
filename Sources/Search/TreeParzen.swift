import Glibc

/// The tree-structured Parzen estimator: the better trials make one density, the others another, and the next
/// point is the one of several drawn from the first where the first exceeds the second most.
///
/// By default this is the definition of Optuna 5.0's `TPESampler(multivariate=True, group=True,
/// constant_liar=True)`: Bergstra et al. 2011, Falkner et al. 2018, Watanabe arXiv 2304.11127. It differs where
/// that is silent: failed trials repel (Optuna forgets them), and points that were tried are not tried again.
public struct TreeParzen: Sendable {
  public struct Settings: Sendable, Hashable {
    /// Random draws until this many trials ended with a result or were stopped.
    public var startupTrials = 10
    /// Points drawn for each suggestion.
    public var candidates = 24
    public init() {}
  }

  let space: SearchSpace
  let settings: Settings
  let direction: Direction

  /// Candidates for the next point, the most promising first; nil while there are too few results.
  func candidates(_ history: [RecordedTrial], _ stream: inout RandomStream) -> [Point]? {
    let split = Split(history, direction)
    guard split.finished >= settings.startupTrials else { return nil }
    var coordinates = [Double](repeating: .nan, count: space.parameters.count)
    var last: [(members: [Int], ranked: [[Double]])] = []
    for group in space.groups {
      guard let first = group.first, space.isActive(first, at: coordinates) else { continue }
      let free = group.filter { space.parameters[$0].domain.count != 1 }
      for index in group where space.parameters[index].domain.count == 1 {
        coordinates[index] = space.parameters[index].domain.coordinate(at: 0)
      }
      guard !free.isEmpty else { continue }
      let ranked = rank(free, split, &stream)
      for (index, value) in zip(free, ranked[0]) { coordinates[index] = value }
      last.append((free, ranked))
    }
    return alternatives(to: coordinates, last)
  }

  /// The best point, then those that differ from it in the last group by the next candidates: where others depend
  /// on a group's values it keeps its best, as they were drawn for that one.
  private func alternatives(
    to coordinates: [Double], _ ranked: [(members: [Int], ranked: [[Double]])]
  ) -> [Point] {
    guard let (members, values) = ranked.last else { return [Point(coordinates)] }
    return values.map { candidate in
      var other = coordinates
      for (index, value) in zip(members, candidate) { other[index] = value }
      return Point(other)
    }
  }

  /// Candidates for parameters that exist together, by log l - log g from the greatest.
  private func rank(_ group: [Int], _ split: Split, _ stream: inout RandomStream) -> [[Double]] {
    let (better, worse) = estimators(group, split)
    let drawn = (0..<max(1, settings.candidates)).map { _ in better.draw(&stream) }
    let gains = zip(better.logDensities(drawn), worse.logDensities(drawn)).map { $0 - $1 }
    return drawn.indices.sorted { (-gains[$0], $0) < (-gains[$1], $1) }.map { drawn[$0] }
  }

  /// The densities of the better and of the other trials, over those in which the parameters existed.
  func estimators(_ group: [Int], _ split: Split) -> (better: ParzenEstimator, worse: ParzenEstimator) {
    func observed(_ trials: [RecordedTrial]) -> [Point] {
      trials.map(\.point).filter { point in group.allSatisfy { !point.coordinates[$0].isNaN } }
    }
    return (
      ParzenEstimator(space, group, observations: observed(split.better)),
      ParzenEstimator(space, group, observations: observed(split.worse))
    )
  }

  /// The trials of a history parted into the better and the others, each by number.
  struct Split: Sendable {
    let better: [RecordedTrial]
    let worse: [RecordedTrial]
    /// How many have a result or were stopped.
    let finished: Int

    /// How many of n trials count as better: a tenth, at most 25.
    static func betterCount(_ finished: Int) -> Int { min((finished + 9) / 10, 25) }

    /// Ranks completed trials by value, behind them stopped ones by how far they came and then by value, behind
    /// them those that break constraints by how much. Pending and failed ones are not counted and are among the
    /// others: they are to be kept away from.
    init(_ history: [RecordedTrial], _ direction: Direction) {
      var ranked: [(rank: (Int, Double, Double), number: Int, position: Int)] = []
      var unranked: [Int] = []
      for (position, trial) in history.enumerated() {
        guard let rank = Self.rank(trial.outcome, direction) else {
          unranked.append(position)
          continue
        }
        ranked.append((rank, trial.number, position))
      }
      ranked.sort { ($0.rank.0, $0.rank.1, $0.rank.2, $0.number) < ($1.rank.0, $1.rank.1, $1.rank.2, $1.number) }
      finished = ranked.count
      let count = Self.betterCount(finished)
      func trials(_ positions: [Int]) -> [RecordedTrial] {
        positions.map { history[$0] }.sorted { $0.number < $1.number }
      }
      better = trials(ranked.prefix(count).map(\.position))
      worse = trials(ranked.dropFirst(count).map(\.position) + unranked)
    }

    private static func rank(_ outcome: RecordedTrial.Outcome, _ direction: Direction) -> (Int, Double, Double)? {
      let sign: Double = direction == .minimize ? 1 : -1
      switch outcome {
      case .pending, .failed: return nil
      case .completed(let value, let violation):
        guard value.isFinite, !violation.isNaN else { return nil }
        return violation > 0 ? (2, violation, 0) : (0, sign * value, 0)
      case .stopped(let step, let value):
        guard let value else { return (1, 1, 0) }
        return (1, -Double(step), value.isNaN ? .infinity : sign * value)
      }
    }
  }
}
