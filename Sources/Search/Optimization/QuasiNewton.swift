import Glibc

/// Minimises a smooth function with L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5), its
/// steps projected into bounds where there are any. Deterministic.
struct QuasiNewton: Sendable {
  /// The same for all variables; nil for none.
  var bounds: ClosedRange<Double>?
  var iterations = 100
  /// The search ends where no component of the projected gradient is greater.
  var tolerance = 1e-5
  private let memory = 8

  init(bounds: ClosedRange<Double>? = nil, iterations: Int = 100, tolerance: Double = 1e-5) {
    self.bounds = bounds
    self.iterations = iterations
    self.tolerance = tolerance
  }

  /// - Parameter function: the value and the gradient at a point; a value that is not finite ends a step.
  /// - Returns: the best point that was seen, with its value.
  func minimise(
    from start: [Double], _ function: ([Double]) -> (value: Double, gradient: [Double])
  ) -> (point: [Double], value: Double) {
    var x = clamped(start)
    var (value, gradient) = function(x)
    guard value.isFinite else { return (x, value) }
    var pairs: [(s: [Double], y: [Double], rho: Double)] = []
    for _ in 0..<iterations {
      let free = freeComponents(x, gradient)
      if zip(gradient, free).allSatisfy({ !$1 || abs($0) <= tolerance }) { break }
      var direction = descent(gradient, pairs, free)
      var slope = dot(direction, gradient)
      if !(slope < 0) {
        pairs = []
        direction = zip(gradient, free).map { $1 ? -$0 : 0 }
        slope = dot(direction, gradient)
      }
      // Without a model of the curvature the gradient's length means nothing.
      var step = pairs.isEmpty ? min(1, 1 / max(1e-12, direction.map(abs).max() ?? 1)) : 1
      var moved: (x: [Double], value: Double, gradient: [Double])?
      for _ in 0..<25 {
        let candidate = clamped(zip(x, direction).map { $0 + step * $1 })
        let (newValue, newGradient) = function(candidate)
        let decrease = zip(gradient, zip(candidate, x)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
        if newValue.isFinite, newValue <= value + 1e-4 * min(0, decrease) {
          moved = (candidate, newValue, newGradient)
          break
        }
        step *= 0.5
      }
      guard let moved else { break }
      let s = zip(moved.x, x).map { $0 - $1 }
      let y = zip(moved.gradient, gradient).map { $0 - $1 }
      let curvature = dot(s, y)
      if curvature > 1e-10 * dot(y, y).squareRoot() * dot(s, s).squareRoot() {
        pairs.append((s, y, 1 / curvature))
        if pairs.count > memory { pairs.removeFirst() }
      }
      let gain = value - moved.value
      (x, value, gradient) = (moved.x, moved.value, moved.gradient)
      if gain <= 1e-12 * max(1, abs(value)) { break }
    }
    return (x, value)
  }

  private func clamped(_ x: [Double]) -> [Double] {
    guard let bounds else { return x }
    return x.map { min(max($0, bounds.lowerBound), bounds.upperBound) }
  }

  /// Which components may move: not those at a bound that the gradient presses against.
  private func freeComponents(_ x: [Double], _ gradient: [Double]) -> [Bool] {
    guard let bounds else { return [Bool](repeating: true, count: x.count) }
    return zip(x, gradient).map { x, slope in
      !(x <= bounds.lowerBound && slope > 0) && !(x >= bounds.upperBound && slope < 0)
    }
  }

  /// The two-loop recursion, in the free components.
  private func descent(
    _ gradient: [Double], _ pairs: [(s: [Double], y: [Double], rho: Double)], _ free: [Bool]
  ) -> [Double] {
    var q = zip(gradient, free).map { $1 ? $0 : 0 }
    var alphas: [Double] = []
    for pair in pairs.reversed() {
      let alpha = pair.rho * dot(pair.s, q)
      alphas.append(alpha)
      for index in q.indices { q[index] -= alpha * pair.y[index] }
    }
    if let last = pairs.last {
      let scale = 1 / (last.rho * dot(last.y, last.y))
      for index in q.indices { q[index] *= scale }
    }
    for (pair, alpha) in zip(pairs, alphas.reversed()) {
      let beta = pair.rho * dot(pair.y, q)
      for index in q.indices { q[index] += (alpha - beta) * pair.s[index] }
    }
    return zip(q, free).map { $1 ? -$0 : 0 }
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
  }
}
