import Foundation
import Testing

@testable import Search

@Suite("A Parzen estimator")
struct ParzenEstimatorTests {
  @Test("of a grid has the density that summing the mass of every kernel in every cell gives", arguments: [30, 300])
  func grid(_ count: Int) throws {
    let range = try NumericRange(integersFrom: 16, through: 4096, isLog: true)
    var stream = RandomStream(seed: 3, number: UInt64(count))
    // Crowded at the lower end, so that most kernels are far away from most cells.
    let column = (0..<count).map { _ in range.fromModel(2.8 + 1.5 * stream.uniform() * stream.uniform()) }
    let estimator = ParzenEstimator([.numeric(range)], columns: [column])
    guard case .normal(let kernels) = try #require(estimator.kernels.first) else {
      Issue.record("a number has no choices")
      return
    }
    let (low, high) = range.modelBounds
    for value in [16.0, 17, 40, 150, 1000, 4095, 4096] {
      let (left, right) = (log(value - 0.5), log(value + 0.5))
      let terms = kernels.centres.indices.map { index in
        let (centre, width) = (kernels.centres[index], kernels.widths[index])
        return log(estimator.weights[index]) + Gaussian.logMass((left - centre) / width, (right - centre) / width)
          - Gaussian.logMass((low - centre) / width, (high - centre) / width)
      }
      let greatest = try #require(terms.max())
      let expected = greatest + log(terms.reduce(0) { $0 + exp($1 - greatest) })
      #expect(abs(estimator.logDensities([[value]])[0] - expected) < 1e-9)
    }
  }
}
