import Glibc

/// The tree-structured Parzen estimator: the better trials make one density, the others another, and the next
/// point is the one of several drawn from the first where the first exceeds the second most.
///
/// By default this is the definition of Optuna 5.0's `TPESampler(multivariate=True, group=True,
/// constant_liar=True)`: Bergstra et al. 2011, Falkner et al. 2018, Watanabe arXiv 2304.11127. It differs where
/// that is silent: failed trials repel (Optuna forgets them), and points that were tried are not tried again.
///
/// With several objectives it is MOTPE (Ozaki et al., GECCO 2020 and JAIR 73, 2022) as Optuna has it: the better trials
/// are the first fronts of non-dominated ones, the last of which gives those that dominate most together, and each
/// counts by what it adds to the volume that they dominate.
public struct TreeParzen: Sampler {
  public struct Settings: Sendable, Hashable {
    /// Random draws until this many trials ended with a result or were stopped.
    public var startupTrials = 10
    /// Points drawn for each suggestion.
    public var candidates = 24
    public init() {}
  }

  let space: SearchSpace
  let settings: Settings
  let directions: [Direction]

  /// Candidates for the next point, the most promising first; nil while there are too few results.
  func candidates(_ history: [RecordedTrial], number: Int, _ stream: inout RandomStream) -> [Point]? {
    let split = Split(history, directions)
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
    func estimator(_ positions: [Int], _ weights: [Double]?) -> ParzenEstimator {
      let isObserved = positions.map { position in
        group.allSatisfy { !split.history[position].point.coordinates[$0].isNaN }
      }
      let observed = positions.indices.filter { isObserved[$0] }
      return ParzenEstimator(
        group.map { space.parameters[$0].domain },
        columns: group.map { index in observed.map { split.history[positions[$0]].point.coordinates[index] } },
        weights: weights.map { weights in observed.map { weights[$0] } })
    }
    return (estimator(split.better, split.betterWeights), estimator(split.worse, nil))
  }
}
