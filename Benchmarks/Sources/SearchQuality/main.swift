import Foundation
import Search

/// `bench-search-quality ALGORITHM PROBLEM TRIALS BATCH NOISE FIRST-SEED SEEDS`: searches a problem once for each seed and
/// prints a line of JSON: for each seed the true value of the best observed trial after 25, 50 and all trials, and the
/// seconds that suggestions took.
let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 7, let problem = Problem.all.first(where: { $0.name == arguments[2] }),
  let trials = Int(arguments[3]), let batch = Int(arguments[4]), let noise = Double(arguments[5]),
  let firstSeed = UInt64(arguments[6]), let seeds = UInt64(arguments[7])
else {
  FileHandle.standardError.write(
    Data(
      "usage: bench-search-quality ALGORITHM \(Problem.all.map(\.name).joined(separator: "|")) TRIALS BATCH NOISE SEED SEEDS\n"
        .utf8))
  exit(2)
}
let space = try SearchSpace(problem.parameters)
let algorithm =
  Algorithm(rawValue: arguments[1])
  ?? Algorithm.automatic(for: space, trials: trials, parallel: batch).algorithm

/// The best after some of the trials: those that were told their loss, which may be noisy, decide; the true loss counts.
var curves: [[Double]] = []
var seconds = 0.0
var suggestions = 0
for seed in firstSeed..<(firstSeed + seeds) {
  let searcher = try Searcher(space, algorithm, directions: [.minimize], seed: seed)
  var noiseStream = RandomStream(seed: seed, number: 1 << 40)
  var history: [RecordedTrial] = []
  var best = (observed: Double.infinity, actual: Double.infinity)
  var curve: [Double] = []
  var number = 0
  while number < trials {
    // All of a batch are on their way together, and told together.
    var batchPoints: [(Int, Point)] = []
    let before = history
    for _ in 0..<min(batch, trials - number) {
      let start = ContinuousClock.now
      let suggestion = searcher.suggest(number, after: history)
      seconds += Double((ContinuousClock.now - start).components.attoseconds) * 1e-18
        + Double((ContinuousClock.now - start).components.seconds)
      suggestions += 1
      guard case .point(let point) = suggestion else { break }
      history.append(RecordedTrial(number: number, point: point, outcome: .pending))
      batchPoints.append((number, point))
      number += 1
    }
    history = before
    for (number, point) in batchPoints {
      let actual = problem.loss(space.texts(of: point))
      let normal = (-2 * log(1 - noiseStream.uniform())).squareRoot() * cos(2 * Double.pi * noiseStream.uniform())
      let observed = noise > 0 ? actual + noise * normal : actual
      if observed < best.observed { best = (observed, actual) }
      curve.append(best.actual)
      history.append(RecordedTrial(number: number, point: point, outcome: .completed(value: observed, violation: 0)))
    }
    if batchPoints.isEmpty { break }
  }
  curves.append([25, 50, trials].map { curve.isEmpty ? .nan : curve[min($0, curve.count) - 1] })
}
let report: [String: Any] = [
  "algorithm": algorithm.rawValue, "problem": problem.name, "trials": trials, "batch": batch, "noise": noise,
  "values": curves, "millisecondsASuggestion": seconds / Double(max(1, suggestions)) * 1000,
]
let data = try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys])
print(String(decoding: data, as: UTF8.self))
