extension TreeParzen {
  /// The trials of a history parted into the better and the others: positions in it, in the order of the trials'
  /// numbers.
  struct Split: Sendable {
    let history: [RecordedTrial]
    let better: [Int]
    /// How much each of the better ones counts; nil where all count as their age says.
    let betterWeights: [Double]?
    let worse: [Int]
    /// How many have a result or were stopped.
    let finished: Int

    /// How many of n trials count as better: a tenth, at most 25.
    static func betterCount(_ finished: Int) -> Int { min((finished + 9) / 10, 25) }

    /// Ranks completed trials by value, behind them stopped ones by how far they came and then by value, behind
    /// them those that break constraints by how much. Pending and failed ones are not counted and are among the
    /// others: they are to be kept away from.
    init(_ history: [RecordedTrial], _ directions: [Direction]) {
      let fronts = Self.fronts(history, directions)
      let ranks = history.indices.map { Rank(history[$0].outcome, directions, front: fronts?[$0] ?? nil) }
      let finished = ranks.count { $0 != nil }
      let byNumber = Self.byNumber(history)
      var isBetter = [Bool](repeating: false, count: history.count)
      for position in Self.choose(Self.betterCount(finished), byNumber, ranks, history, directions) {
        isBetter[position] = true
      }
      self.history = history
      self.finished = finished
      better = byNumber.filter { isBetter[$0] }
      worse = byNumber.filter { !isBetter[$0] }
      betterWeights = directions.count > 1 ? Self.weights(better.map { history[$0] }, directions) : nil
    }

    private static func byNumber(_ history: [RecordedTrial]) -> [Int] {
      let isInOrder = history.indices.dropFirst().allSatisfy { history[$0 - 1].number <= history[$0].number }
      guard !isInOrder else { return Array(history.indices) }
      return history.indices.sorted { (history[$0].number, $0) < (history[$1].number, $1) }
    }

    /// The positions of the first by rank; of those that rank alike by number, or, where they are a front, those that
    /// dominate most together.
    private static func choose(
      _ count: Int, _ byNumber: [Int], _ ranks: [Rank?], _ history: [RecordedTrial], _ directions: [Direction]
    ) -> [Int] {
      guard let last = least(count, ranks).last else { return [] }
      var chosen: [Int] = []
      var alike: [Int] = []
      for position in byNumber {
        guard let rank = ranks[position], !(last < rank) else { continue }
        if rank == last { alike.append(position) } else { chosen.append(position) }
      }
      let missing = count - chosen.count
      guard directions.count > 1, last.kind == 0, missing < alike.count else { return chosen + alike.prefix(missing) }
      let losses = alike.map { self.losses(history[$0], directions) ?? [] }
      return chosen + Hypervolume.subset(of: losses, count: missing).map { alike[$0] }
    }

    /// The first ranks, in order: most trials are compared with the last of them and no more.
    private static func least(_ count: Int, _ ranks: [Rank?]) -> [Rank] {
      var least: [Rank] = []
      for case .some(let rank) in ranks {
        if least.count == count {
          guard let last = least.last, rank < last else { continue }
          least.removeLast()
        }
        least.insert(rank, at: least.firstIndex { rank < $0 } ?? least.count)
      }
      return least
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

  /// For each trial the number of its front, nil for those without a result; nil with one objective.
  private static func fronts(_ history: [RecordedTrial], _ directions: [Direction]) -> [Int?]? {
    guard directions.count > 1 else { return nil }
    var out = [Int?](repeating: nil, count: history.count)
    let losses = history.enumerated().compactMap { index, trial in
      self.losses(trial, directions).map { (index: index, losses: $0) }
    }
    let ranks = ParetoFront.ranks(losses.map(\.losses), needed: betterCount(history.count))
    for (entry, rank) in zip(losses, ranks) { out[entry.index] = rank }
    return out
  }

  private static func weights(_ better: [RecordedTrial], _ directions: [Direction]) -> [Double] {
    let losses = better.map { self.losses($0, directions) }
    let shares = Hypervolume.contributions(losses.compactMap { $0 })
    var next = shares.makeIterator()
    return losses.map { $0 == nil ? 1e-12 : next.next() ?? 1 }
  }
}
