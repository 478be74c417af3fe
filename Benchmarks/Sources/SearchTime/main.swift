// usage: bench-search: how long TPE takes to suggest a point, by the number of recorded trials.

import Measuring
import Search

struct Line: Codable {
  let trials: Int
  let suggestions: Int
  let p50: Double
  let p99: Double
}

let parameters = [
  Parameter("rate", .numeric(try NumericRange(low: 1e-5, high: 1, isLog: true))),
  Parameter("momentum", .numeric(try NumericRange(low: 0, high: 1))),
  Parameter("layers", .numeric(try NumericRange(integersFrom: 1, through: 12))),
  Parameter("width", .numeric(try NumericRange(integersFrom: 16, through: 1024, isLog: true))),
  Parameter("optimizer", .categorical(["sgd", "adam", "rmsprop"])),
]
let space = try SearchSpace(parameters)
let random = try Searcher(space, .random, directions: [.minimize], seed: 1)
let tree = try Searcher(space, .tpe, directions: [.minimize], seed: 1)
let clock = ContinuousClock()
for (trials, suggestions) in [(1_000, 60), (10_000, 20)] {
  var history: [RecordedTrial] = []
  for number in 0..<trials {
    guard case .point(let point) = random.suggest(number, after: []) else { continue }
    // Any smooth function does: what a suggestion costs does not depend on it.
    let value = point.coordinates.reduce(0) { $0 + ($1 - 0.3) * ($1 - 0.3) }
    history.append(RecordedTrial(number: number, point: point, outcome: .completed(value: value, violation: 0)))
  }
  var samples: [Duration] = []
  for round in 0..<suggestions {
    samples.append(
      clock.measure {
        guard case .point = tree.suggest(trials + round, after: history) else { fatalError("no suggestion") }
      })
  }
  let figures = Figures(samples: samples, seconds: 0, cpuSeconds: 0)
  try report(Line(trials: trials, suggestions: suggestions, p50: figures.p50, p99: figures.p99))
}
