import Testing

@testable import Search

/// A space with every kind of parameter.
func mixedSpace() throws -> SearchSpace {
  try SearchSpace([
    Parameter("lr", .numeric(NumericRange(low: 1e-5, high: 0.1, isLog: true))),
    Parameter("depth", .numeric(NumericRange(integersFrom: 2, through: 12))),
    Parameter("dropout", .numeric(NumericRange(low: 0.1, high: 0.5, step: 0.1))),
    Parameter("booster", .categorical(["gbtree", "dart", "linear"])),
    Parameter("size", .ordinal(["small", "medium", "large"])),
    Parameter("rate", .numeric(NumericRange(low: 0, high: 0.5)), when: .init("booster", in: ["dart"])),
    Parameter(
      "units", .numeric(NumericRange(integersFrom: 1, through: 512, isLog: true)),
      when: .init("booster", in: ["linear"])),
  ])
}

/// A history of `count` trials with outcomes of every kind, a function of `seed`.
func history(_ space: SearchSpace, _ count: Int, seed: UInt64) -> [RecordedTrial] {
  var stream = RandomStream(seed: seed, number: 99)
  let random = RandomSearch(space: space)
  return (0..<count).map { number in
    let point = random.draw(&stream)
    let value = stream.uniform()
    let outcome: RecordedTrial.Outcome =
      switch stream.index(below: 10) {
      case 0: .pending
      case 1: .failed
      case 2: .completed(value: value, violation: stream.uniform())
      case 3: .stopped(step: stream.index(below: 5), value: value)
      case 4: .completed(value: [.nan, .infinity, -.infinity][stream.index(below: 3)], violation: 0)
      default: .completed(value: value, violation: 0)
      }
    return RecordedTrial(number: number, point: point, outcome: outcome)
  }
}

@Suite("Suggestions")
struct SuggestionTests {
  @Test("a suggestion asked for again is the same bit for bit", arguments: Algorithm.allCases.filter { $0 != .grid })
  func replays(_ algorithm: Algorithm) throws {
    let space = try mixedSpace()
    var differing = 0
    for seed in 0..<(algorithm == .gp ? 4 : 20) as Range<UInt64> {
      let history = history(space, 40, seed: seed)
      let first = try Searcher(space, algorithm, directions: [.minimize], seed: seed).suggest(40, after: history)
      let again = try Searcher(space, algorithm, directions: [.minimize], seed: seed).suggest(
        40, after: history.shuffled())
      #expect(first == again)
      let other = try Searcher(space, algorithm, directions: [.minimize], seed: seed + 1000).suggest(40, after: history)
      if first != other { differing += 1 }
    }
    // A model that is sure of its best point has it whatever is drawn.
    #expect(differing >= (algorithm == .gp ? 1 : 20))
  }

  @Test("the record of a suggestion as text gives back the same point")
  func textRoundTrip() throws {
    let space = try mixedSpace()
    let searcher = try Searcher(space, .tpe, directions: [.maximize], seed: 5)
    for number in 30..<130 {
      guard case .point(let point) = searcher.suggest(number, after: history(space, 30, seed: UInt64(number))) else {
        Issue.record("nothing was suggested")
        return
      }
      let texts = space.texts(of: point)
      #expect(space.point(from: texts) == point)
      #expect(texts.keys.contains("rate") == (texts["booster"] == "dart"))
      #expect(texts.keys.contains("units") == (texts["booster"] == "linear"))
    }
  }

  @Test("every suggested value lies in its range and on its grid", arguments: [Algorithm.random, .tpe])
  func inRange(_ algorithm: Algorithm) throws {
    let space = try mixedSpace()
    let searcher = try Searcher(space, algorithm, directions: [.minimize], seed: 3)
    for number in 50..<150 {
      guard case .point(let point) = searcher.suggest(number, after: history(space, 50, seed: UInt64(number))) else {
        Issue.record("nothing was suggested")
        return
      }
      for (parameter, coordinate) in zip(space.parameters, point.coordinates) where !coordinate.isNaN {
        switch parameter.domain {
        case .numeric(let range): #expect(range.contains(coordinate) && range.nearest(coordinate) == coordinate)
        case .categorical(let choices), .ordinal(let choices): #expect(choices.indices.contains(Int(coordinate)))
        }
      }
    }
  }

  @Test("a finite space is tried once from end to end and then reported as exhausted", arguments: Algorithm.allCases)
  func exhausts(_ algorithm: Algorithm) throws {
    let space = try SearchSpace([
      Parameter("kind", .categorical(["a", "b"])),
      Parameter("n", .numeric(NumericRange(integersFrom: 1, through: 4)), when: .init("kind", in: ["a"])),
      Parameter("x", .numeric(NumericRange(low: 0, high: 1, step: 0.25))),
    ])
    #expect(space.size == 25)
    let searcher = try Searcher(space, algorithm, directions: [.minimize], seed: 1)
    var history: [RecordedTrial] = []
    var seen: Set<Point> = []
    for number in 0..<25 {
      guard case .point(let point) = searcher.suggest(number, after: history) else {
        Issue.record("exhausted after \(number) of 25")
        return
      }
      #expect(seen.insert(point).inserted)
      let outcome: RecordedTrial.Outcome = number % 7 == 6 ? .failed : .completed(value: Double(number), violation: 0)
      history.append(RecordedTrial(number: number, point: point, outcome: outcome))
    }
    #expect(searcher.suggest(25, after: history) == .exhausted)
  }

  @Test("the first trials are spread evenly, whatever was recorded of failures")
  func startup() throws {
    let space = try mixedSpace()
    let tpe = try Searcher(space, .tpe, directions: [.minimize], seed: 9)
    let sobol = try Searcher(space, .sobol, directions: [.minimize], seed: 9)
    let failed = history(space, 40, seed: 4).map {
      RecordedTrial(number: $0.number, point: $0.point, outcome: .completed(value: .nan, violation: 0))
    }
    #expect(tpe.suggest(40, after: failed) == sobol.suggest(40, after: failed))
  }

  @Test("failed and pending trials and values that are not finite are never among the better ones")
  func neverGood() throws {
    let space = try mixedSpace()
    for seed in 0..<30 as Range<UInt64> {
      let history = history(space, 60, seed: seed)
      for direction in Direction.allCases {
        let split = TreeParzen.Split(history, [direction])
        #expect(split.better.count + split.worse.count == 60)
        #expect(split.better.count == min(25, (split.finished + 9) / 10))
        for trial in split.better.map({ history[$0] }) {
          switch trial.outcome {
          case .pending, .failed: Issue.record("trial \(trial.number) counts as good")
          case .completed(let values, _): for value in values { #expect(value.isFinite) }
          case .stopped: break
          }
        }
      }
    }
  }

  @Test("values that the user fixed are kept and the others suggested")
  func fixing() throws {
    let space = try mixedSpace()
    let searcher = try Searcher(space, .tpe, directions: [.minimize], seed: 2)
    let fixed = ["booster": "dart", "dropout": "0.3", "units": "7"]
    guard case .point(let point) = try searcher.suggest(0, after: [], fixing: fixed) else {
      Issue.record("nothing was suggested")
      return
    }
    let texts = space.texts(of: point)
    #expect(texts["booster"] == "dart")
    #expect(texts["dropout"] == "0.3")
    #expect(texts["units"] == nil)
    #expect(texts["rate"] != nil)
    #expect(throws: SearchSpaceError.self) { try searcher.suggest(0, after: [], fixing: ["booster": "forest"]) }
    #expect(throws: SearchSpaceError.self) { try searcher.suggest(0, after: [], fixing: ["nothing": "1"]) }
  }

  @Test("TPE finds a better point than random search on most seeds")
  func learns() throws {
    let space = try SearchSpace([
      Parameter("x", .numeric(NumericRange(low: -5, high: 5, step: nil))),
      Parameter("y", .numeric(NumericRange(low: -5.0, high: 5, step: nil))),
    ])
    func best(_ algorithm: Algorithm, _ seed: UInt64) throws -> Double {
      let searcher = try Searcher(space, algorithm, directions: [.minimize], seed: seed)
      var history: [RecordedTrial] = []
      var best = Double.infinity
      for number in 0..<60 {
        guard case .point(let point) = searcher.suggest(number, after: history) else { break }
        let (x, y) = (point.coordinates[0] - 1, point.coordinates[1] + 2)
        let value = x * x + y * y
        best = min(best, value)
        history.append(RecordedTrial(number: number, point: point, outcome: .completed(value: value, violation: 0)))
      }
      return best
    }
    let wins = try (0..<20 as Range<UInt64>).filter { try best(.tpe, $0) < best(.random, $0) }.count
    #expect(wins >= 15)
  }
}
