import Glibc

/// A history as one loss for each trial that has something to say.
struct LossTable: Sendable {
  struct Entry: Sendable {
    let number: Int
    let point: Point
    let loss: Double
  }

  /// By number.
  let entries: [Entry]
  let pending: [Point]
  /// How many trials have a result that can be used, stopped ones among them.
  let results: Int

  /// - Parameter stream: the weights of several objectives are drawn from it, so that each trial goes its own way.
  init(_ history: [RecordedTrial], _ directions: [Direction], _ stream: inout RandomStream) {
    var good: [(number: Int, point: Point, losses: [Double])] = []
    var bad: [(number: Int, point: Point)] = []
    var pending: [Point] = []
    var results = 0
    for trial in history.sorted(by: { $0.number < $1.number }) {
      switch trial.outcome {
      case .pending: pending.append(trial.point)
      case .failed: bad.append((trial.number, trial.point))
      case .completed(let values, let violation):
        guard values.count == directions.count, values.allSatisfy(\.isFinite) else {
          bad.append((trial.number, trial.point))
          continue
        }
        results += 1
        if violation <= 0 {
          good.append((trial.number, trial.point, zip(values, directions).map { $1 == .minimize ? $0 : -$0 }))
        } else {
          bad.append((trial.number, trial.point))
        }
      case .stopped(_, let value):
        results += 1
        // What it had when it was stopped is no better than what it would have come to be compared with.
        if directions.count == 1, let value, value.isFinite {
          good.append((trial.number, trial.point, [directions[0] == .minimize ? value : -value]))
        } else {
          bad.append((trial.number, trial.point))
        }
      }
    }
    let scalar = Self.scalarised(good.map(\.losses), &stream)
    let worst = scalar.max()
    var entries = zip(good, scalar).map { Entry(number: $0.number, point: $0.point, loss: $1) }
    if let worst { entries += bad.map { Entry(number: $0.number, point: $0.point, loss: worst) } }
    self.entries = entries.sorted { $0.number < $1.number }
    self.pending = pending
    self.results = good.isEmpty ? 0 : results
  }

  /// The augmented Chebyshev norm of the losses, each on its own scale from 0 to 1.
  private static func scalarised(_ losses: [[Double]], _ stream: inout RandomStream) -> [Double] {
    guard let first = losses.first, first.count > 1 else { return losses.map { $0[0] } }
    var weights = first.map { _ in -log(1 - stream.uniform()) }
    let sum = max(weights.reduce(0, +), 1e-12)
    weights = weights.map { $0 / sum }
    let ranges = first.indices.map { index -> (low: Double, width: Double) in
      let column = losses.map { $0[index] }
      let low = column.min() ?? 0
      return (low, max((column.max() ?? 0) - low, 1e-300))
    }
    return losses.map { loss in
      let shares = loss.indices.map { weights[$0] * (loss[$0] - ranges[$0].low) / ranges[$0].width }
      return (shares.max() ?? 0) + 0.05 * shares.reduce(0, +)
    }
  }

  /// At most `limit` trials: half of them the best, the others the latest.
  func kept(_ limit: Int) -> [Entry] {
    guard entries.count > limit else { return entries }
    let best = entries.indices.sorted { (entries[$0].loss, $0) < (entries[$1].loss, $1) }.prefix(limit / 2)
    var chosen = Set(best)
    for index in entries.indices.reversed() where chosen.count < limit { chosen.insert(index) }
    return chosen.sorted().map { entries[$0] }
  }
}
