import FoundationEssentials
import Testing

@testable import Search

/// What `hack/record-optuna-goldens.py` wrote.
struct Goldens: Decodable, Sendable {
  let cases: [Case]
  let gaussian: [Gaussian]

  struct Gaussian: Decodable, Sendable {
    let a, b, q, logMass, quantile: Double
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let direction: String
    let space: [Row]
    let trials: [Trial]
    let better, worse: [Int]
    let groups: [Group]
    var testDescription: String { name }
  }

  struct Row: Decodable, Sendable {
    let name: String
    let when: [String]?
    let choices: [String]?
    let double, int: Range?
  }

  struct Range: Decodable, Sendable {
    let low, high: Double
    let step: Double?
    let log: Bool
  }

  struct Trial: Decodable, Sendable {
    let number: Int
    let parameters: [String: String]
    let kind: String
    let value, violation: Double?
    let step: Int?
  }

  struct Group: Decodable, Sendable {
    let parameters: [String]
    let points: [[String]]
    let better, worse: [Double]
  }

  static let recorded: Goldens = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/optuna-5.0.json")
    do {
      return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("the goldens cannot be read: \(error)")
    }
  }()
}

extension Goldens.Case {
  func searchSpace() throws -> SearchSpace {
    try SearchSpace(
      space.map { row in
        let when = row.when.map { Parameter.When($0[0], in: [$0[1]]) }
        if let choices = row.choices { return Parameter(row.name, .categorical(choices), when: when) }
        if let range = row.double {
          let range = try NumericRange(low: range.low, high: range.high, step: range.step, isLog: range.log)
          return Parameter(row.name, .numeric(range), when: when)
        }
        let range = try #require(row.int)
        let numeric = try NumericRange(
          integersFrom: Int64(range.low), through: Int64(range.high), step: Int64(range.step ?? 1), isLog: range.log)
        return Parameter(row.name, .numeric(numeric), when: when)
      })
  }

  func history(in space: SearchSpace) throws -> [RecordedTrial] {
    try trials.map { trial in
      let outcome: RecordedTrial.Outcome =
        switch trial.kind {
        case "completed": .completed(value: try #require(trial.value), violation: trial.violation ?? 0)
        case "stopped": .stopped(step: try #require(trial.step), value: trial.value)
        default: .pending
        }
      return RecordedTrial(
        number: trial.number, point: try #require(space.point(from: trial.parameters)), outcome: outcome)
    }
  }
}

@Suite("TPE is Optuna 5.0's")
struct OptunaExactness {
  @Test("the same trials are the better ones", arguments: Goldens.recorded.cases)
  func split(_ golden: Goldens.Case) throws {
    let history = try golden.history(in: golden.searchSpace())
    let split = TreeParzen.Split(history, golden.direction == "minimize" ? [.minimize] : [.maximize])
    #expect(split.better.map { history[$0].number } == golden.better)
    #expect(split.worse.map { history[$0].number } == golden.worse)
  }

  @Test("log-densities agree to 1e-9 at every recorded point", arguments: Goldens.recorded.cases)
  func densities(_ golden: Goldens.Case) throws {
    let space = try golden.searchSpace()
    let directions: [Direction] = golden.direction == "minimize" ? [.minimize] : [.maximize]
    let split = TreeParzen.Split(try golden.history(in: space), directions)
    let estimator = TreeParzen(space: space, settings: .init(), directions: directions)
    #expect(space.groups.count == golden.groups.count)
    for group in golden.groups {
      let indexes = try group.parameters.map { name in
        try #require(space.parameters.firstIndex { $0.name == name })
      }
      #expect(space.groups.contains(indexes), "\(group.parameters) are drawn together")
      let points = try group.points.map { texts in
        try zip(indexes, texts).map { try #require(space.parameters[$0].domain.coordinate(of: $1)) }
      }
      let (better, worse) = estimator.estimators(indexes, split)
      for (ours, theirs) in zip(better.logDensities(points), group.better) {
        #expect(abs(ours - theirs) < 1e-9 * max(1, abs(theirs)))
      }
      for (ours, theirs) in zip(worse.logDensities(points), group.worse) {
        #expect(abs(ours - theirs) < 1e-9 * max(1, abs(theirs)))
      }
    }
  }

  @Test("masses and quantiles of truncated normals agree to 1e-9")
  func gaussian() {
    for row in Goldens.recorded.gaussian {
      #expect(abs(Gaussian.logMass(row.a, row.b) - row.logMass) < 1e-9 * max(1, abs(row.logMass)), "\(row)")
      #expect(abs(Gaussian.quantile(row.q, row.a, row.b) - row.quantile) < 1e-8 * max(1, abs(row.quantile)), "\(row)")
    }
  }
}
