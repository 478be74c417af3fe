import Testing

@testable import Search

@Suite("Search with models")
struct ModelSearchTests {
  private static let models: [Algorithm] = [.tpe, .gp, .cmaes]

  private func space() throws -> SearchSpace {
    try SearchSpace([
      Parameter("x", .numeric(try NumericRange(low: -5, high: 5))),
      Parameter("lr", .numeric(try NumericRange(low: 1e-5, high: 1, isLog: true))),
      Parameter("n", .numeric(try NumericRange(integersFrom: 1, through: 16))),
      Parameter("act", .categorical(["relu", "tanh"])),
      Parameter("slope", .numeric(try NumericRange(low: 0, high: 1)), when: .init("act", in: ["relu"])),
    ])
  }

  private func loss(_ texts: [String: String]) -> Double {
    let x = texts["x"].flatMap(Double.init) ?? 0
    let n = texts["n"].flatMap(Double.init) ?? 0
    return (x - 2) * (x - 2) + 0.1 * (n - 5) * (n - 5) + (texts["act"] == "relu" ? 0 : 1)
  }

  private func run(
    _ searcher: Searcher, _ trials: Int, outcome: (Int, [String: String]) -> RecordedTrial.Outcome
  ) -> [RecordedTrial] {
    var history: [RecordedTrial] = []
    for number in 0..<trials {
      guard case .point(let point) = searcher.suggest(number, after: history) else { break }
      history.append(
        RecordedTrial(number: number, point: point, outcome: outcome(number, searcher.space.texts(of: point))))
    }
    return history
  }

  @Test("finds a good point of a mixed space, and suggests it again bit for bit", arguments: models)
  func finds(algorithm: Algorithm) throws {
    let space = try space()
    let searcher = try Searcher(space, algorithm, directions: [.minimize], seed: 3)
    let history = run(searcher, 40) { .completed(value: loss($1), violation: 0) }
    let best =
      history.compactMap { trial -> Double? in
        if case .completed(let values, _) = trial.outcome { values[0] } else { nil }
      }.min() ?? .infinity
    #expect(best < 0.6)
    let again = try Searcher(space, algorithm, directions: [.minimize], seed: 3)
    for number in [12, 25, 39] {
      #expect(again.suggest(number, after: Array(history[..<number].reversed())) == .point(history[number].point))
    }
  }

  @Test(
    "histories with nothing but trouble still lead to a point",
    arguments: models,
    [
      RecordedTrial.Outcome.failed, .pending, .completed(value: 1, violation: 0), .completed(value: .nan, violation: 0),
      .completed(value: 1e308, violation: 0), .completed(value: 0, violation: 5), .stopped(step: 3, value: nil),
      .stopped(step: 3, value: .infinity),
    ])
  func trouble(algorithm: Algorithm, outcome: RecordedTrial.Outcome) throws {
    let searcher = try Searcher(try space(), algorithm, directions: [.maximize], seed: 1)
    let history = run(searcher, 30) { number, _ in number == 17 ? .completed(value: -1e307, violation: 0) : outcome }
    #expect(history.count == 30)
  }

  @Test("keeps away from a region where trials fail", arguments: [Algorithm.tpe, .gp])
  func failures(algorithm: Algorithm) throws {
    let searcher = try Searcher(try space(), algorithm, directions: [.minimize], seed: 5)
    let history = run(searcher, 60) { _, texts in
      let x = texts["x"].flatMap(Double.init) ?? 0
      return x > 0 ? .failed : .completed(value: loss(texts), violation: 0)
    }
    let late = history.suffix(30)
    #expect(late.count { $0.outcome == .failed } < 15, "the best of what works lies at the edge of what fails")
  }

  @Test("trials on their way are not suggested once more", arguments: models)
  func pending(algorithm: Algorithm) throws {
    let searcher = try Searcher(try space(), algorithm, directions: [.minimize], seed: 8)
    var history = run(searcher, 20) { .completed(value: loss($1), violation: 0) }
    for number in 20..<28 {
      guard case .point(let point) = searcher.suggest(number, after: history) else { continue }
      history.append(RecordedTrial(number: number, point: point, outcome: .pending))
    }
    let pending = history.suffix(8).map(\.point.coordinates)
    #expect(Set(history.map(\.point)).count == history.count)
    let spread = Set(pending.map { ($0[0] * 20).rounded() })
    #expect(spread.count > 1, "they do not all go to one place")
  }

  @Test("an optimum in a corner is not tried twice", arguments: models)
  func corner(algorithm: Algorithm) throws {
    let space = try SearchSpace([
      Parameter("x", .numeric(try NumericRange(low: 0, high: 1))),
      Parameter("y", .numeric(try NumericRange(low: 0, high: 1))),
    ])
    let searcher = try Searcher(space, algorithm, directions: [.minimize], seed: 4)
    let history = run(searcher, 40) { _, texts in
      .completed(value: texts.values.compactMap(Double.init).reduce(0, +), violation: 0)
    }
    #expect(Set(history.map(\.point)).count == 40)
  }

  @Test("several objectives spread over the front", arguments: [Algorithm.tpe, .gp])
  func objectives(algorithm: Algorithm) throws {
    let space = try SearchSpace([
      Parameter("x", .numeric(try NumericRange(low: 0, high: 1))),
      Parameter("y", .numeric(try NumericRange(low: 0, high: 1))),
    ])
    func values(_ texts: [String: String]) -> [Double] {
      let x = texts["x"].flatMap(Double.init) ?? 0
      let y = texts["y"].flatMap(Double.init) ?? 0
      return [x * x + y, (1 - x) * (1 - x) + y]
    }
    func volume(_ algorithm: Algorithm) throws -> Double {
      let searcher = try Searcher(space, algorithm, directions: [.minimize, .minimize], seed: 2)
      let history = run(searcher, 50) { .completed(values: values($1), violation: 0) }
      let losses = history.compactMap { trial -> [Double]? in
        if case .completed(let values, _) = trial.outcome { values } else { nil }
      }
      return Hypervolume.of(losses, to: [1.2, 1.2])
    }
    #expect(try volume(algorithm) > volume(.random) + 0.1)
  }

  @Test("results of earlier searches count as results")
  func warm() throws {
    let space = try space()
    let searcher = try Searcher(space, .gp, directions: [.minimize], seed: 3)
    let earlier = run(searcher, 30) { .completed(value: loss($1), violation: 0) }.map {
      RecordedTrial(number: $0.number - 30, point: $0.point, outcome: $0.outcome)
    }
    // Some suggestions explore, but not all of them.
    var history = earlier
    for number in 0..<4 {
      guard case .point(let point) = searcher.suggest(number, after: history) else { continue }
      let value = loss(space.texts(of: point))
      history.append(RecordedTrial(number: number, point: point, outcome: .completed(value: value, violation: 0)))
    }
    #expect(history.suffix(4).contains { loss(space.texts(of: $0.point)) < 0.5 })
  }

  @Test("Auto says what it picks and why")
  func automatic() throws {
    let space = try space()
    #expect(Algorithm.automatic(for: space, trials: 50).algorithm == .gp)
    #expect(Algorithm.automatic(for: space, trials: 5000).algorithm == .tpe)
    let small = try SearchSpace([Parameter("act", .categorical(["relu", "tanh"]))])
    #expect(Algorithm.automatic(for: small, trials: 2).algorithm == .grid)
    #expect(Algorithm.automatic(for: small, trials: 1).algorithm == .gp)
    let wide = try SearchSpace((0..<40).map { Parameter("x\($0)", .numeric(try NumericRange(low: 0, high: 1))) })
    #expect(Algorithm.automatic(for: wide, trials: 50).reason.contains("40 parameters"))
  }
}
