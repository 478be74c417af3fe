import FoundationEssentials
import Search

/// What the settled trials of a sweep come to, kept up as trials settle, so that a plan need not look at thousands of
/// them. The numbers of trials are in ascending order.
struct SettledTotals: Sendable {
  private(set) var succeeded = 0
  private(set) var stopped = 0
  /// Those that have failed.
  private(set) var failed: [Int] = []
  /// Those of which an attempt failed.
  private(set) var withFailures: [Int] = []
  /// Those whose success is to be recorded.
  private(set) var owing: [Int] = []
  /// Those that may be the best of all, the best first, at most `TrialRanking.greatest`.
  private(set) var top: [Candidate] = []
  private(set) var spending = TrialSpending()
  /// When the last of their last attempts ended; of one that was taken out again too.
  private(set) var end: Date?
  /// No Job of theirs may go before; nil where there is none.
  private(set) var expiry: Date?

  struct Candidate: Sendable {
    let number: Int
    let value: Double
  }

  init() {}

  init(_ trials: [SweepTrial], _ ranking: TrialRanking) {
    for trial in trials { add(trial, ranking) }
  }

  /// Takes in a trial, which must be settled.
  mutating func add(_ trial: SweepTrial, _ ranking: TrialRanking) {
    guard let settlement = trial.settlement else { return }
    switch trial.state {
    case .succeeded: succeeded += 1
    case .stopped: stopped += 1
    case .failed: failed.insert(trial.number, inOrder: <)
    case .queued, .running, .awaitingRetry: break
    }
    if settlement.hasFailed { withFailures.insert(trial.number, inOrder: <) }
    if settlement.owesRecord { owing.insert(trial.number, inOrder: <) }
    spending.add(settlement.spending)
    end = [end, settlement.end].compactMap { $0 }.max()
    expiry = [expiry, settlement.expiry].compactMap { $0 }.min()
    guard let value = ranking.value(trial) else { return }
    top.insert(Candidate(number: trial.number, value: value), inOrder: ranking.isBefore)
    if top.count > TrialRanking.greatest { top.removeLast() }
  }

  /// Takes a trial out again. False where the others have to be counted anew: one of the best goes, and which is the next
  /// is not known.
  mutating func remove(_ trial: SweepTrial) -> Bool {
    guard let settlement = trial.settlement, !top.contains(where: { $0.number == trial.number }) else { return false }
    switch trial.state {
    case .succeeded: succeeded -= 1
    case .stopped: stopped -= 1
    case .failed: failed.remove(trial.number)
    case .queued, .running, .awaitingRetry: break
    }
    if settlement.hasFailed { withFailures.remove(trial.number) }
    if settlement.owesRecord { owing.remove(trial.number) }
    spending.remove(settlement.spending)
    return true
  }
}

extension [Int] {
  /// Takes a number out of ascending ones.
  fileprivate mutating func remove(_ number: Int) {
    let index = partitioningIndex { $0 >= number }
    if index < count, self[index] == number { remove(at: index) }
  }
}

extension Array {
  /// Puts an element where it belongs in an array that is in order.
  fileprivate mutating func insert(_ element: Element, inOrder isBefore: (Element, Element) -> Bool) {
    insert(element, at: partitioningIndex { isBefore(element, $0) })
  }
}
