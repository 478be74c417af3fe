import Glibc
import Testing

@testable import Search

@Suite("Search in the branches of conditional spaces")
struct BranchSearchTests {
  /// A branch `a` with the optimum, which looks bad at first, and a branch `b` that is easy and ends at 0.5.
  private func trap() throws -> SearchSpace {
    try SearchSpace(
      [Parameter("k", .categorical(["a", "b"]))]
        + (0..<3).map {
          Parameter("a\($0)", .numeric(try NumericRange(low: -5, high: 5)), when: .init("k", in: ["a"]))
        } + [
          Parameter("lr", .numeric(try NumericRange(low: 1e-5, high: 1, isLog: true)), when: .init("k", in: ["b"])),
          Parameter("n", .numeric(try NumericRange(integersFrom: 1, through: 16)), when: .init("k", in: ["b"])),
        ])
  }

  private func loss(_ point: Point) -> Double {
    let values = point.coordinates
    guard values[0] == 1 else { return values[1...3].reduce(0) { $0 + ($1 - 1) * ($1 - 1) } }
    return 0.5 + (log10(values[4]) + 3) * (log10(values[4]) + 3) + 0.05 * (values[5] - 4) * (values[5] - 4)
  }

  private func run(_ searcher: Searcher, _ trials: Int, _ loss: (Point) -> Double) -> [RecordedTrial] {
    var history: [RecordedTrial] = []
    for number in 0..<trials {
      guard case .point(let point) = searcher.suggest(number, after: history) else { break }
      history.append(RecordedTrial(number: number, point: point, outcome: .completed(value: loss(point), violation: 0)))
    }
    return history
  }

  @Test("a branch whose first results are bad is found to be the better one")
  func escapes() throws {
    let space = try trap()
    let escaped = try (0..<6 as Range<UInt64>).count { seed in
      let searcher = try Searcher(space, .gp, directions: [.minimize], seed: seed)
      return run(searcher, 50, loss).contains { loss($0.point) < 0.49 }
    }
    #expect(escaped >= 5)
  }

  @Test("a branch is made of the points at which the same parameters exist")
  func branches() throws {
    #expect(Branch.all(of: try trap()).count == 2)
    #expect(Branch.all(of: try SearchSpace([Parameter("k", .categorical(["a", "b"]))])).isEmpty)
    let space = try SearchSpace([
      Parameter("k", .categorical(["a", "b", "c"])),
      Parameter("l", .categorical(["d", "e"]), when: .init("k", in: ["a"])),
      Parameter("x", .numeric(try NumericRange(low: 0, high: 1)), when: .init("l", in: ["d"])),
    ])
    #expect(Branch.all(of: space).count == 3)
  }

  @Test("a branch that is used up does not keep the others from being looked after")
  func smallBranch() throws {
    let space = try SearchSpace([
      Parameter("mixup", .categorical(["no", "yes"])),
      Parameter("alpha", .numeric(try NumericRange(low: 0, high: 1)), when: .init("mixup", in: ["yes"])),
    ])
    let searcher = try Searcher(space, .gp, directions: [.minimize], seed: 1)
    let history = run(searcher, 30) { $0.coordinates[0] == 0 ? 0.5 : abs($0.coordinates[1] - 0.3) }
    #expect(history.count == 30)
    #expect(history.count { $0.point.coordinates[0] == 0 } == 1)
    #expect(history.contains { abs($0.point.coordinates[1] - 0.3) < 0.01 })
  }

  @Test("losses come back from the scale on which they are modelled")
  func scales() throws {
    let losses = [3.0, 1, 4, 1.5, 9, 2.6, 5, 3.5, 8, 1e6]
    let logarithmic = try #require(OutcomeScale(logarithmic: losses))
    for scale in [OutcomeScale(plain: losses), logarithmic] {
      for (loss, value) in zip(losses, scale.values) {
        #expect(abs(scale.value(of: loss) - value) < 1e-9)
        #expect(abs(scale.loss(of: value) - loss) < 1e-9 * max(1, loss) + 1e-7)
        let slope = (scale.loss(of: value + 1e-5) - scale.loss(of: value - 1e-5)) / 2e-5
        #expect(abs(log(slope) - scale.logSlope(at: loss)) < 1e-4)
      }
    }
    let fenced = OutcomeScale(fenced: losses)
    #expect(fenced.values[9] < 4 * fenced.values[4], "one that diverged does not hide how the others differ")
    #expect(fenced.values[9] >= fenced.values[4])
  }
}
