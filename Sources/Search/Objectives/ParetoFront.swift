/// Trials that no other beats in all objectives.
public enum ParetoFront {
  /// The indexes of the results that no other dominates, in order. A result dominates another where it is nowhere worse
  /// and somewhere better; equal results are all members. Results with NaN are none.
  public static func members(of results: [[Double]], directions: [Direction]) -> [Int] {
    let losses = results.map { result in zip(result, directions).map { $1 == .minimize ? $0 : -$0 } }
    // In order of the first loss only what comes before can dominate.
    let order = losses.indices.filter { !losses[$0].contains(where: \.isNaN) }
      .sorted { losses[$0].lexicographicallyPrecedes(losses[$1]) }
    var front: [Int] = []
    for index in order where !front.contains(where: { dominates(losses[$0], losses[index]) }) { front.append(index) }
    return front.sorted()
  }

  /// For each vector of losses how many fronts must be taken away before nothing dominates it: 0 for the members of the
  /// front itself. Of the vectors beyond the first `needed` the ranks may all be the last one found.
  static func ranks(_ losses: [[Double]], needed: Int) -> [Int] {
    var ranks = [Int](repeating: 0, count: losses.count)
    var left = losses.indices.sorted { losses[$0].lexicographicallyPrecedes(losses[$1]) }
    var rank = 0
    var ranked = 0
    while !left.isEmpty {
      var front: [Int] = []
      var behind: [Int] = []
      for index in left {
        if front.contains(where: { dominates(losses[$0], losses[index]) }) {
          behind.append(index)
        } else {
          front.append(index)
        }
      }
      for index in front { ranks[index] = rank }
      ranked += front.count
      rank += 1
      if ranked >= needed {
        for index in behind { ranks[index] = rank }
        break
      }
      left = behind
    }
    return ranks
  }

  /// Whether one vector of losses is nowhere greater and somewhere less than another.
  static func dominates(_ left: [Double], _ right: [Double]) -> Bool {
    var isLess = false
    for (a, b) in zip(left, right) {
      if a > b { return false }
      if a < b { isLess = true }
    }
    return isLess
  }
}
