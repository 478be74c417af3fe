import Testing

@testable import Search

@Suite("Early stopping")
struct StoppingTests {
  private func curve(_ values: [Double], from first: Int64 = 1) -> LearningCurve {
    LearningCurve(values.enumerated().map { (step: first + Int64($0.offset), value: $0.element) })
  }

  @Test("points may come in any order, twice, and with gaps")
  func curves() {
    let curve = LearningCurve([(5, 0.5), (1, 0.1), (5, 0.6), (3, .nan)])
    #expect(curve.points.map(\.step) == [1, 3, 5])
    #expect(curve.points.last?.value == 0.6)
    #expect(curve.first(from: 4)?.step == 5)
    #expect(curve.upTo(4).count == 2)
  }

  /// Four trials that came to step 9; the cut-off of a rung with four is the best.
  @Test(
    "ASHA lets the best of one in reductionFactor go on at each rung",
    arguments: [(0, nil), (1, 3), (2, 1), (3, 1)] as [(Int, Int64?)])
  func asha(trial: Int, step: Int64?) {
    // At step 1: 0.5 and 0.6 are the best two of four; at step 3 the best of the two is trial 0.
    let curves = [
      0: curve([0.6, 0.7, 0.9]), 1: curve([0.5, 0.6, 0.8]), 2: curve([0.4]), 3: curve([0.1]),
    ]
    let rule = StoppingRule.asha(minSteps: 1, reductionFactor: 2)
    // Rungs at 1, 2, 4, ...: at step 2 two trials have come, of which one goes on.
    let decision = rule.decision(for: trial, among: curves, finished: [], direction: .maximize)
    #expect(decision?.step == step.map { $0 == 3 ? 2 : $0 })
    if let decision { #expect(decision.message.contains("ASHA")) }
  }

  @Test("ASHA never stops the best, and a lone trial goes on")
  func best() {
    let rule = StoppingRule.asha(minSteps: 1, reductionFactor: 4)
    #expect(rule.decision(for: 0, among: [0: curve([9, 9])], finished: [], direction: .minimize) == nil)
    let curves = [0: curve([1]), 1: curve([2]), 2: curve([3])]
    #expect(rule.decision(for: 0, among: curves, finished: [], direction: .minimize) == nil)
    #expect(rule.decision(for: 1, among: curves, finished: [], direction: .minimize)?.cutoff == 1)
  }

  @Test("NaN is worse than every number, and compares with none", arguments: Direction.allCases)
  func notANumber(direction: Direction) {
    let rule = StoppingRule.asha(minSteps: 1, reductionFactor: 2)
    let curves = [0: curve([.nan]), 1: curve([1]), 2: curve([1]), 3: curve([.nan])]
    #expect(rule.decision(for: 0, among: curves, finished: [], direction: direction) != nil)
    #expect(rule.decision(for: 1, among: curves, finished: [], direction: direction) == nil)
    let all = [0: curve([.nan]), 1: curve([.nan])]
    #expect(rule.decision(for: 0, among: all, finished: [], direction: direction) == nil, "nothing is better")
  }

  @Test("a rung is judged by the first step at or after it")
  func gaps() {
    let rule = StoppingRule.asha(minSteps: 4, reductionFactor: 2)
    let curves = [
      0: LearningCurve([(0, 9), (3, 9), (7, 0.2)]), 1: LearningCurve([(5, 0.9)]), 2: LearningCurve([(4, 0.8)]),
    ]
    let decision = rule.decision(for: 0, among: curves, finished: [], direction: .maximize)
    #expect(decision?.step == 7 && decision?.value == 0.2 && decision?.peers == 3)
    #expect(decision?.message.contains("rung 4") == true)
  }

  @Test(
    "the median rule compares the best so far with the running averages of finished trials",
    arguments: [(0.55, false), (0.45, true)])
  func median(best: Double, stops: Bool) throws {
    let rule = StoppingRule.median(minSteps: 2, minTrials: 3)
    // Running averages up to step 2: 0.4, 0.5 and 0.6.
    let curves = [
      0: curve([0.3, 0.5, 0.9]), 1: curve([0.4, 0.6, 0.9]), 2: curve([0.5, 0.7, 0.9]), 3: curve([0.2, best]),
    ]
    let decision = rule.decision(for: 3, among: curves, finished: [0, 1, 2], direction: .maximize)
    #expect((decision != nil) == stops)
    if let decision { #expect(abs((decision.cutoff ?? 0) - 0.5) < 1e-12 && decision.peers == 3) }
    #expect(rule.decision(for: 3, among: curves, finished: [0, 1], direction: .maximize) == nil, "too few")
    let early = curves.merging([3: curve([0.0])]) { $1 }
    #expect(rule.decision(for: 3, among: early, finished: [0, 1, 2], direction: .maximize) == nil, "too early")
  }

  @Test("finished trials that did not come so far are no peers, and NaN is left out of averages")
  func medianPeers() {
    let rule = StoppingRule.median(minSteps: 0, minTrials: 2)
    let curves = [0: curve([1]), 1: curve([1, .nan, 1]), 2: curve([1, 1, 1]), 3: curve([5, 5, 5])]
    let decision = rule.decision(for: 3, among: curves, finished: [0, 1, 2], direction: .minimize)
    #expect(decision?.peers == 2 && decision?.cutoff == 1)
  }

  @Test(
    "patience counts steps without an improvement of more than minDelta",
    arguments: [
      ([0.1, 0.2, 0.3, 0.4], 0, false), ([0.1, 0.4, 0.3, 0.4], 0, true), ([0.1, 0.2, 0.21, 0.22], 0.05, true),
      ([.nan, .nan, .nan], 0, true), ([0.1, .nan, .nan], 0, true), ([0.1, 0.2], 0, false),
    ] as [([Double], Double, Bool)])
  func patience(values: [Double], minDelta: Double, stops: Bool) {
    let rule = StoppingRule.patience(steps: 2, minDelta: minDelta, minSteps: 0)
    let decision = rule.decision(for: 0, among: [0: curve(values)], finished: [], direction: .maximize)
    #expect((decision != nil) == stops)
  }

  @Test("Hyperband's brackets are the paper's")
  func brackets() {
    // R = 81, eta = 3: table 1 of the paper.
    let brackets = HyperbandBrackets(minSteps: 1, maxSteps: 81, reductionFactor: 3)
    #expect(brackets.sizes == [5, 8, 15, 34, 81])
    #expect((0..<5).map(brackets.firstRung) == [81, 27, 9, 3, 1])
    let round = (0..<143).map(brackets.bracket)
    for bracket in 0..<5 { #expect(round.count { $0 == bracket } == brackets.sizes[bracket]) }
    #expect((143..<286).map(brackets.bracket) == round)
    #expect(Set(round.prefix(12)).count >= 3, "brackets are spread over the round")
  }

  @Test("in Hyperband a trial is compared with those of its own bracket, and never in the last one")
  func hyperband() {
    let rule = StoppingRule.hyperband(minSteps: 1, maxSteps: 9, reductionFactor: 3)
    let brackets = HyperbandBrackets(minSteps: 1, maxSteps: 9, reductionFactor: 3)
    var curves: [Int: LearningCurve] = [:]
    for trial in 0..<60 { curves[trial] = curve([Double](repeating: Double(trial), count: 9)) }
    for trial in 0..<60 {
      let decision = rule.decision(for: trial, among: curves, finished: [], direction: .maximize)
      if brackets.bracket(of: trial) == 0 { #expect(decision == nil) }
      if let decision {
        #expect(decision.peers == (0..<60).count { brackets.bracket(of: $0) == brackets.bracket(of: trial) })
      }
    }
    #expect(rule.decision(for: 0, among: curves, finished: [], direction: .maximize) != nil)
  }

  @Test("learning curves that cross: stopping saves steps and keeps a good trial", arguments: 0..<10)
  func saves(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), number: 0)
    let full = (0..<40).map { _ -> [Double] in
      let end = stream.uniform()
      let speed = 0.3 + stream.uniform()
      return (1...81).map { step in
        var decay = 1.0
        for _ in 0..<3 { decay /= 1 + speed * Double(step) / 9 }
        return end + (1 - end) * decay + 0.01 * (stream.uniform() - 0.5)
      }
    }
    let rule = StoppingRule.asha(minSteps: 3, reductionFactor: 3)
    var curves: [Int: LearningCurve] = [:]
    var steps = 0
    var best = Double.infinity
    // One trial after another, each told of after every step.
    for (trial, values) in full.enumerated() {
      for count in 1...81 {
        curves[trial] = curve(Array(values.prefix(count)))
        steps += 1
        if count == 81 { best = min(best, values[80]) }
        if rule.decision(for: trial, among: curves, finished: [], direction: .minimize) != nil { break }
      }
    }
    #expect(steps < 40 * 81 * 6 / 10)
    let ranked = full.map { $0[80] }.sorted()
    #expect(best <= ranked[5], "one of the best six")
  }
}
