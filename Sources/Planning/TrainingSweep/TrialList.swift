import Search

/// The trials of a sweep by number: those that are settled, of which there may be thousands and which no plan changes,
/// and the few that are open. The settled ones stay where they are: a plan does not copy them.
struct TrialList: Sendable {
  let settled: [SweepTrial]
  let totals: SettledTotals
  private(set) var open: [SweepTrial] = []
  /// The positions of the open ones, in their order.
  private var places: [Int] = []

  init(settled: SettledTrials) {
    self.settled = settled.trials
    totals = settled.totals
  }

  /// Where the open ones are.
  var openIndices: [Int] { places }

  /// Where the trial of a number is; nil where there is none.
  func index(of number: Int) -> Int? {
    let index = partitioningIndex { $0.number >= number }
    return index < count && self[index].number == number ? index : nil
  }

  /// The numbers of some trials, settled ones and open ones, in ascending order.
  func numbers(_ settled: [Int], andOpen isIncluded: (SweepTrial) -> Bool) -> [Int] {
    let more = open.filter(isIncluded).map(\.number)
    return more.isEmpty ? settled : (settled + more).sorted()
  }

  /// The least number of a trial that there is not.
  var firstFreeNumber: Int {
    // Numbers ascend from zero at least by one.
    indices.partitioningIndex { self[$0].number > $0 }
  }

  /// Takes in open trials, by number, of which none is settled.
  mutating func take(open trials: [SweepTrial]) {
    open = trials
    places = trials.indices.map { index in
      settled.partitioningIndex { $0.number > trials[index].number } + index
    }
  }

  /// What each trial gives, in their order.
  func compactMap<Value>(settled: (TrialSettlement) -> Value?, open: (SweepTrial) -> Value?) -> [Value] {
    var out: [Value] = []
    out.reserveCapacity(count)
    var next = 0
    func takeSettled(before end: Int) {
      for index in next..<end {
        if let settlement = self.settled[index].settlement, let value = settled(settlement) { out.append(value) }
      }
      next = end
    }
    for (before, trial) in self.open.enumerated() {
      takeSettled(before: places[before] - before)
      if let value = open(trial) { out.append(value) }
    }
    takeSettled(before: self.settled.count)
    return out
  }

  /// How many open trials are before a position, and whether the next one is there.
  private func openTrials(before position: Int) -> (count: Int, isNext: Bool) {
    let count = places.partitioningIndex { $0 >= position }
    return (count, count < places.count && places[count] == position)
  }
}

extension TrialList: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { settled.count + open.count }

  /// Only open trials are changed.
  subscript(position: Int) -> SweepTrial {
    _read {
      let before = openTrials(before: position)
      if before.isNext { yield open[before.count] } else { yield settled[position - before.count] }
    }
    _modify {
      let before = openTrials(before: position)
      precondition(before.isNext, "a settled trial is not to be changed")
      yield &open[before.count]
    }
  }
}
