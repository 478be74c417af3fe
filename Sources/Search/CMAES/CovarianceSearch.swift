import Glibc

/// CMA-ES over the numeric parameters (Hansen, arXiv 1604.00772), without state of its own: the distribution is made anew
/// from the history for each suggestion.
///
/// Results make a generation in the order of their trials, as many as one takes, whichever distribution they were drawn
/// from: with several trials on their way at a time, those that come late for their own generation serve the next.
/// Their steps are limited as Hansen advises for solutions from elsewhere (Injecting External Solutions Into CMA-ES,
/// 2011). Parameters that are no numbers, or exist at some points only, are drawn independently.
struct CovarianceSearch: Sampler {
  let space: SearchSpace
  let direction: Direction
  private let inputs: MixedInput
  /// The parameters that the distribution is about.
  private let free: [Int]

  init(space: SearchSpace, direction: Direction) {
    self.space = space
    self.direction = direction
    inputs = MixedInput(space)
    let inputs = self.inputs
    free = space.parameters.indices.filter { index in
      inputs.isNumeric[index] && space.conditions[index] == nil && space.parameters[index].domain.count != 1
    }
  }

  /// A sixth of the range, as in Optuna's `CmaEsSampler`: the first generation covers most of it.
  private static let firstSigma = 1.0 / 6

  func candidates(_ history: [RecordedTrial], number: Int, _ stream: inout RandomStream) -> [Point]? {
    guard !free.isEmpty else { return nil }
    let distribution = distribution(history)
    let axes = distribution.axes
    let independent = RandomSearch(space: space)
    return (0..<8).map { _ in
      let filling = independent.draw(&stream)
      var input = inputs.encode(filling)
      for (index, value) in zip(free, draw(distribution, axes, &stream)) { input[index] = value }
      return inputs.decode(input, filling: filling)
    }
  }

  /// One solution inside the bounds; what is still outside after many tries is moved to the bound.
  private func draw(
    _ distribution: CovarianceAdaptation, _ axes: CovarianceAdaptation.Axes, _ stream: inout RandomStream
  ) -> [Double] {
    var x: [Double] = []
    for _ in 0..<100 {
      let normals = free.map { _ in Gaussian.draw(&stream) }
      let stretched = zip(normals, axes.lengths).map { $0 * $1 }
      x = axes.directions.enumerated().map { row, direction in
        distribution.mean[row] + distribution.sigma * zip(direction, stretched).reduce(0) { $0 + $1.0 * $1.1 }
      }
      if x.allSatisfy({ (0...1).contains($0) }) { return x }
    }
    return x.map { min(max($0, 0), 1) }
  }

  /// The distribution that the history has led to.
  func distribution(_ history: [RecordedTrial]) -> CovarianceAdaptation {
    var distribution = CovarianceAdaptation(
      mean: [Double](repeating: 0.5, count: free.count), sigma: Self.firstSigma)
    let solutions = history.sorted { $0.number < $1.number }.compactMap(solution)
    let size = distribution.constants.population
    var start = 0
    while start + size <= solutions.count {
      let axes = distribution.axes
      let limit = Double(free.count).squareRoot() + 2 * Double(free.count) / (Double(free.count) + 2)
      let generation = solutions[start..<(start + size)].map { solution in
        (x: Self.limited(solution.x, distribution, axes, limit), loss: solution.loss)
      }
      distribution.tell(generation)
      start += size
    }
    return distribution
  }

  /// Failed trials and those that break constraints are worse than all others, the latter by how much.
  private func solution(_ trial: RecordedTrial) -> (x: [Double], loss: Double)? {
    let input = inputs.encode(trial.point)
    let x = free.map { input[$0] }
    guard !x.contains(where: \.isNaN) else { return nil }
    let sign: Double = direction == .minimize ? 1 : -1
    switch trial.outcome {
    case .pending: return nil
    case .failed: return (x, .infinity)
    case .stopped(_, let value): return (x, value.map { $0.isFinite ? sign * $0 : .infinity } ?? .infinity)
    case .completed(let values, let violation):
      guard let value = values.first, value.isFinite, !violation.isNaN else { return (x, .infinity) }
      return (x, violation > 0 ? 1e300 * (1 + min(violation, 1e6) / 1e6) : sign * value)
    }
  }

  private static func limited(
    _ x: [Double], _ distribution: CovarianceAdaptation, _ axes: CovarianceAdaptation.Axes, _ limit: Double
  ) -> [Double] {
    let step = zip(x, distribution.mean).map { ($0 - $1) / distribution.sigma }
    let length = CovarianceAdaptation.length(axes.apply(step) { 1 / $0 })
    guard length > limit else { return x }
    return zip(step, distribution.mean).map { $1 + distribution.sigma * $0 * limit / length }
  }
}
