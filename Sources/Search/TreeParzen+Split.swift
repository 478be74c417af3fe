extension TreeParzen {
  /// The trials of a history parted into the better and the others, each by number.
  struct Split: Sendable {
    let better: [RecordedTrial]
    /// How much each of the better ones counts; nil where all count as their age says.
    let betterWeights: [Double]?
    let worse: [RecordedTrial]
    /// How many have a result or were stopped.
    let finished: Int

    /// How many of n trials count as better: a tenth, at most 25.
    static func betterCount(_ finished: Int) -> Int { min((finished + 9) / 10, 25) }

    /// Ranks completed trials by value, behind them stopped ones by how far they came and then by value, behind
    /// them those that break constraints by how much. Pending and failed ones are not counted and are among the
    /// others: they are to be kept away from.
    init(_ history: [RecordedTrial], _ directions: [Direction]) {
      var ranked: [(rank: Rank, number: Int, position: Int)] = []
      var unranked: [Int] = []
      let fronts = Self.fronts(history, directions)
      for (position, trial) in history.enumerated() {
        guard let rank = Rank(trial.outcome, directions, front: fronts[position]) else {
          unranked.append(position)
          continue
        }
        ranked.append((rank, trial.number, position))
      }
      finished = ranked.count
      let count = Self.betterCount(finished)
      ranked.sort { $0.rank == $1.rank ? $0.number < $1.number : $0.rank < $1.rank }
      if directions.count > 1 { Self.chooseLastFront(&ranked, count, history, directions) }
      func trials(_ positions: [Int]) -> [RecordedTrial] {
        positions.map { history[$0] }.sorted { $0.number < $1.number }
      }
      better = trials(ranked.prefix(count).map(\.position))
      worse = trials(ranked.dropFirst(count).map(\.position) + unranked)
      betterWeights = directions.count > 1 ? Self.weights(better, directions) : nil
    }

    /// The place of a trial: completed, stopped or breaking constraints, and then by numbers of which less is better.
    struct Rank: Hashable, Comparable {
      let kind: Int
      let first: Double
      let second: Double

      init?(_ outcome: RecordedTrial.Outcome, _ directions: [Direction], front: Int?) {
        let sign: Double = directions.first == .maximize ? -1 : 1
        switch outcome {
        case .pending, .failed: return nil
        case .completed(let values, let violation):
          guard let value = values.first, values.allSatisfy(\.isFinite), !violation.isNaN,
            values.count == directions.count
          else { return nil }
          if violation > 0 {
            (kind, first, second) = (2, violation, 0)
          } else {
            (kind, first, second) = (0, front.map(Double.init) ?? sign * value, 0)
          }
        case .stopped(let step, let value):
          guard let value else {
            (kind, first, second) = (1, 1, 0)
            return
          }
          (kind, first, second) = (1, -Double(step), value.isNaN ? .infinity : sign * value)
        }
      }

      static func < (left: Rank, right: Rank) -> Bool {
        (left.kind, left.first, left.second) < (right.kind, right.first, right.second)
      }
    }
  }
}

extension TreeParzen.Split {
  /// The objectives of a trial that breaks no constraint, as losses.
  private static func losses(_ trial: RecordedTrial, _ directions: [Direction]) -> [Double]? {
    guard case .completed(let values, let violation) = trial.outcome, violation <= 0,
      values.allSatisfy(\.isFinite), values.count == directions.count
    else { return nil }
    return zip(values, directions).map { $1 == .minimize ? $0 : -$0 }
  }

  /// For each trial the number of its front; nil with one objective, and for those without a result.
  private static func fronts(_ history: [RecordedTrial], _ directions: [Direction]) -> [Int?] {
    var out = [Int?](repeating: nil, count: history.count)
    guard directions.count > 1 else { return out }
    let losses = history.enumerated().compactMap { index, trial in
      self.losses(trial, directions).map { (index: index, losses: $0) }
    }
    let ranks = ParetoFront.ranks(losses.map(\.losses), needed: betterCount(history.count))
    for (entry, rank) in zip(losses, ranks) { out[entry.index] = rank }
    return out
  }

  /// Puts those of the front that is only in part among the better ones first that dominate most together.
  private static func chooseLastFront(
    _ ranked: inout [(rank: Rank, number: Int, position: Int)], _ count: Int, _ history: [RecordedTrial],
    _ directions: [Direction]
  ) {
    guard count > 0, count < ranked.count, ranked[count - 1].rank == ranked[count].rank, ranked[count].rank.kind == 0
    else { return }
    let rank = ranked[count].rank
    let start = ranked.firstIndex { $0.rank == rank } ?? 0
    let end = ranked.lastIndex { $0.rank == rank } ?? start
    let front = Array(ranked[start...end])
    let losses = front.map { self.losses(history[$0.position], directions) ?? [] }
    let chosen = Hypervolume.subset(of: losses, count: count - start)
    let others = front.indices.filter { !chosen.contains($0) }
    ranked.replaceSubrange(start...end, with: (chosen + others).map { front[$0] })
  }

  private static func weights(_ better: [RecordedTrial], _ directions: [Direction]) -> [Double] {
    let losses = better.map { self.losses($0, directions) }
    let shares = Hypervolume.contributions(losses.compactMap { $0 })
    var next = shares.makeIterator()
    return losses.map { $0 == nil ? 1e-12 : next.next() ?? 1 }
  }
}
