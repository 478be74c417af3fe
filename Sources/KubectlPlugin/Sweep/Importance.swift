import CRDTypes
import Glibc
import JSON

/// How much each parameter matters among the good trials: PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023, arXiv
/// 2304.10255), the squared distance of the density of the better quarter from that of all trials, for each parameter
/// alone. Deterministic, and exact in what it estimates; it knows of no interactions.
struct Importance: Sendable {
  /// Fewer results say nothing.
  static let least = 10
  /// The better part of the trials.
  private static let better = 0.25
  private static let cells = 50

  private struct Axis {
    let name: String
    /// Nil where values are names.
    let bounds: (low: Double, high: Double, isLog: Bool)?
    let choices: [String]
  }

  private let axes: [Axis]

  init(sweep: DynamicObject) {
    axes = (sweep.spec["parameters"]?.array ?? []).map { parameter in
      let name = parameter["name"]?.string ?? ""
      if let choices = parameter[path: "categorical", "choices"]?.array {
        return Axis(name: name, bounds: nil, choices: choices.compactMap(\.string))
      }
      let range = parameter["double"] ?? parameter["int"]
      func bound(_ key: String) -> Double {
        range?[key]?.double ?? range?[key]?.string.flatMap(Double.init) ?? 0
      }
      return Axis(
        name: name, bounds: (bound("min"), bound("max"), range?["scale"]?.string == "Log"), choices: [])
    }
  }

  /// The shares of the parameters, which sum to one, the greatest first.
  ///
  /// - Parameter results: parameters with a loss each.
  func shares(_ results: [(parameters: [String: String], loss: Double)]) -> [(name: String, share: Double)] {
    let ordered = results.sorted { $0.loss < $1.loss }
    let count = max(3, Int((Double(ordered.count) * Self.better).rounded(.up)))
    let good = ordered.prefix(count).map(\.parameters)
    let all = ordered.map(\.parameters)
    let distances = axes.map { axis -> Double in
      let (near, far) = (density(axis, good), density(axis, all))
      var distance = 0.0
      for (good, every) in zip(near, far) {
        let excess = good / max(every, 1e-12) - 1
        distance += every * excess * excess
      }
      return distance
    }
    let sum = distances.reduce(0, +)
    let shares = zip(axes, distances).map { (name: $0.name, share: sum > 0 ? $1 / sum : 0) }
    return shares.sorted { $0.share == $1.share ? $0.name < $1.name : $0.share > $1.share }
  }

  /// Probabilities over the choices, or over cells of the range; a parameter that is absent has a cell of its own.
  private func density(_ axis: Axis, _ trials: [[String: String]]) -> [Double] {
    guard let (low, high, isLog) = axis.bounds else {
      var weights = [Double](repeating: 1, count: axis.choices.count + 1)
      for trial in trials {
        weights[trial[axis.name].flatMap { axis.choices.firstIndex(of: $0) } ?? axis.choices.count] += 1
      }
      if !trials.contains(where: { $0[axis.name] == nil }) { weights[axis.choices.count] = 0 }
      return normalised(weights)
    }
    func place(_ value: Double) -> Double {
      let (a, b, x) = isLog ? (log(low), log(high), log(value)) : (low, high, value)
      return b > a ? min(max((x - a) / (b - a), 0), 1) : 0.5
    }
    let present = trials.compactMap { $0[axis.name].flatMap(Double.init) }.map(place)
    // Scott's rule, never narrower than a cell.
    let mean = present.reduce(0, +) / Double(max(1, present.count))
    let variance = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, present.count))
    let width = max(1.06 * variance.squareRoot() * pow(Double(max(1, present.count)), -0.2), 1 / Double(Self.cells))
    var weights = (0..<Self.cells).map { cell -> Double in
      let centre = (Double(cell) + 0.5) / Double(Self.cells)
      return present.reduce(1e-3) { sum, place in
        let distance = (centre - place) / width
        return sum + exp(-0.5 * distance * distance)
      }
    }
    let absent = Double(trials.count - present.count)
    let sum = max(weights.reduce(0, +), 1e-12)
    weights = weights.map { $0 / sum * Double(present.count) }
    return normalised(weights + [absent])
  }

  private func normalised(_ weights: [Double]) -> [Double] {
    let sum = max(weights.reduce(0, +), 1e-12)
    return weights.map { $0 / sum }
  }
}
