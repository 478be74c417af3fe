import FoundationEssentials
import Glibc
import Testing

@testable import Search

/// What `hack/record-sampler-goldens.py` wrote.
private struct SamplerGoldens: Decodable, Sendable {
  let adaptation: [Adaptation]
  let process: Process
  let standard: [Standard]
  let halving: [Halving]

  struct Halving: Decodable, Sendable {
    let minSteps, reductionFactor: Int
    /// By step from 1; null stands for NaN.
    let curves: [[Double?]]
    /// The step at which each trial was stopped.
    let stops: [Int?]
  }

  struct Adaptation: Decodable, Sendable {
    let dimension, population: Int
    let weights: [Double]
    let generations: [Generation]
  }

  struct Generation: Decodable, Sendable {
    let solutions: [Solution]
    let mean, sigmaPath, path: [Double]
    let sigma: Double
    let covariance: [[Double]]
  }

  struct Solution: Decodable, Sendable {
    let x: [Double]
    let loss: Double
  }

  struct Process: Decodable, Sendable {
    let x, queries: [[Double]]
    let y, inverseSquaredLengths, means, variances, improvements: [Double]
    let scale, noise, best, logPosterior: Double
  }

  struct Standard: Decodable, Sendable {
    let z, log: Double
  }

  static let recorded: SamplerGoldens = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/samplers.json")
    do {
      return try JSONDecoder().decode(SamplerGoldens.self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("the goldens cannot be read: \(error)")
    }
  }()
}

@Suite("Samplers beside other implementations")
struct SamplerExactness {
  private func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-9 * max(1, abs(right)) }

  private func areClose(_ left: [Double], _ right: [Double]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy(isClose)
  }

  @Test("CMA-ES has the state of the cmaes package after every generation", arguments: 0..<3)
  func adaptation(index: Int) throws {
    let golden = SamplerGoldens.recorded.adaptation[index]
    var state = CovarianceAdaptation(mean: [Double](repeating: 0.5, count: golden.dimension), sigma: 1.0 / 6)
    #expect(state.constants.population == golden.population)
    #expect(areClose(state.constants.weights, golden.weights))
    for generation in golden.generations {
      state.tell(generation.solutions.map { ($0.x, $0.loss) })
      #expect(areClose(state.mean, generation.mean))
      #expect(isClose(state.sigma, generation.sigma))
      #expect(areClose(state.sigmaPath, generation.sigmaPath))
      #expect(areClose(state.path, generation.path))
      for (row, golden) in zip(state.covariance, generation.covariance) { #expect(areClose(row, golden)) }
    }
  }

  private func processSpace() throws -> MixedInput {
    let unit = try NumericRange(low: 0, high: 1)
    return MixedInput(
      try SearchSpace([
        Parameter("a", .numeric(unit)), Parameter("b", .numeric(unit)), Parameter("c", .categorical(["x", "y", "z"])),
      ]))
  }

  @Test("a Gaussian process has the posterior, the density and the improvement of the definition")
  func process() throws {
    let golden = SamplerGoldens.recorded.process
    let inputs = try processSpace()
    let kernel = MaternKernel(inverseSquaredLengths: golden.inverseSquaredLengths, scale: golden.scale)
    let process = try #require(
      GaussianProcess(inputs, kernel: kernel, noise: golden.noise, observed: golden.x, values: [golden.y]))
    for (index, query) in golden.queries.enumerated() {
      let (means, variance) = process.posterior(at: query)
      #expect(isClose(means[0], golden.means[index]))
      #expect(isClose(variance, golden.variances[index]))
      let improvement = ExpectedImprovement.logarithm(mean: means[0], variance: variance, best: golden.best)
      #expect(isClose(improvement, golden.improvements[index]))
    }
    let fit = ProcessFit(inputs, observed: golden.x, values: golden.y)
    let logs =
      golden.inverseSquaredLengths.map { log($0) } + [log(golden.scale), log(golden.noise - ProcessFit.leastNoise)]
    #expect(isClose(-fit.loss(logs).value, golden.logPosterior))
  }

  @Test("the standard improvement is exact from far below to far above")
  func standard() {
    for golden in SamplerGoldens.recorded.standard {
      #expect(isClose(ExpectedImprovement.logStandard(golden.z), golden.log), "z = \(golden.z)")
    }
  }

  @Test("gradients are those of the functions, by central differences")
  func gradients() throws {
    let golden = SamplerGoldens.recorded.process
    let inputs = try processSpace()
    let fit = ProcessFit(inputs, observed: golden.x, values: golden.y)
    let logs = [0.3, -0.4, 0.8, 0.1, -4]
    let slope = fit.loss(logs).gradient
    for index in logs.indices {
      var (above, below) = (logs, logs)
      above[index] += 1e-5
      below[index] -= 1e-5
      let difference = (fit.loss(above).value - fit.loss(below).value) / 2e-5
      #expect(abs(difference - slope[index]) < 1e-5 * max(1, abs(difference)))
    }
    let kernel = MaternKernel(inverseSquaredLengths: golden.inverseSquaredLengths, scale: golden.scale)
    let process = try #require(
      GaussianProcess(inputs, kernel: kernel, noise: golden.noise, observed: golden.x, values: [golden.y]))
    var stream = RandomStream(seed: 1, number: 0)
    let acquisition = Acquisition(process, values: golden.y, pending: [[0.2, 0.9, 1]], pairs: 3, &stream)
    let at = [0.37, 0.61, 2.0]
    let (_, gradient) = acquisition.valueWithGradient(at: at)
    for index in 0..<2 {
      var (above, below) = (at, at)
      above[index] += 1e-6
      below[index] -= 1e-6
      let difference = (acquisition.value(at: above) - acquisition.value(at: below)) / 2e-6
      #expect(abs(difference - gradient[index]) < 1e-5 * max(1, abs(difference)))
    }
  }

  @Test("trials one after another are stopped where Optuna's successive halving stops them", arguments: 0..<3)
  func halving(index: Int) {
    let golden = SamplerGoldens.recorded.halving[index]
    let rule = StoppingRule.asha(minSteps: Int64(golden.minSteps), reductionFactor: golden.reductionFactor)
    var curves: [Int: LearningCurve] = [:]
    for (trial, values) in golden.curves.enumerated() {
      var stopped: Int?
      for count in 1...values.count where stopped == nil {
        curves[trial] = LearningCurve(
          values.prefix(count).enumerated().map { (step: Int64($0.offset + 1), value: $0.element ?? .nan) })
        if rule.decision(for: trial, among: curves, finished: [], direction: .minimize) != nil { stopped = count }
      }
      #expect(stopped == golden.stops[trial], "trial \(trial)")
    }
    #expect(golden.stops.contains { $0 != nil } && golden.stops.contains { $0 == nil })
  }

  @Test("eigenvectors and values make the matrix again")
  func eigen() {
    let matrix = [[4.0, 1, -2, 0.5], [1, 3, 0, 0.1], [-2, 0, 2.5, 1], [0.5, 0.1, 1, 1.2]]
    let eigen = SymmetricEigen(matrix)
    for row in 0..<4 {
      for column in 0..<4 {
        let value = (0..<4).reduce(0) { $0 + eigen.vectors[row][$1] * eigen.values[$1] * eigen.vectors[column][$1] }
        #expect(abs(value - matrix[row][column]) < 1e-12)
      }
    }
  }
}
