import Foundation
import Search

/// A function whose least value is known, and the space in which it is looked for.
struct Problem: Sendable {
  let name: String
  let parameters: [Parameter]
  /// The loss at values by name; absent parameters are not there.
  let loss: @Sendable ([String: String]) -> Double

  static let all: [Problem] = [branin, hartmann6, ackley5, rosenbrock4, sphere10, conditional, mixed, shiftedAckley5]

  private static func range(_ low: Double, _ high: Double, log: Bool = false) -> Parameter.Domain {
    // The bounds are constants that make a range.
    guard let range = try? NumericRange(low: low, high: high, isLog: log) else { preconditionFailure("a bad range") }
    return .numeric(range)
  }

  private static func integers(_ low: Int64, _ high: Int64) -> Parameter.Domain {
    guard let range = try? NumericRange(integersFrom: low, through: high) else { preconditionFailure("a bad range") }
    return .numeric(range)
  }

  private static func vector(_ count: Int, _ low: Double, _ high: Double) -> [Parameter] {
    (0..<count).map { Parameter("x\($0)", range(low, high)) }
  }

  private static func numbers(_ values: [String: String], _ count: Int) -> [Double] {
    (0..<count).map { values["x\($0)"].flatMap(Double.init) ?? .nan }
  }

  private static func number(_ values: [String: String], _ name: String) -> Double {
    values[name].flatMap(Double.init) ?? .nan
  }

  /// Least value 0.397887.
  static let branin = Problem(name: "branin", parameters: [
    Parameter("x1", range(-5, 10)), Parameter("x2", range(0, 15)),
  ]) { values in
    let x = number(values, "x1")
    let y = number(values, "x2")
    let valley = y - 5.1 / (4 * Double.pi * Double.pi) * x * x + 5 / Double.pi * x - 6
    return valley * valley + 10 * (1 - 1 / (8 * Double.pi)) * cos(x) + 10
  }

  /// Least value -3.32237.
  static let hartmann6 = Problem(name: "hartmann6", parameters: vector(6, 0, 1)) { values in
    let a: [[Double]] = [
      [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
    ]
    let p: [[Double]] = [
      [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
      [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
    ]
    let x = numbers(values, 6)
    var sum = 0.0
    for (row, weight) in [1.0, 1.2, 3.0, 3.2].enumerated() {
      let square = x.indices.reduce(0.0) { $0 + a[row][$1] * pow(x[$1] - 1e-4 * p[row][$1], 2) }
      sum += weight * exp(-square)
    }
    return -sum
  }

  private static func ackley(_ x: [Double]) -> Double {
    let count = Double(x.count)
    let squares = x.reduce(0) { $0 + $1 * $1 } / count
    let waves = x.reduce(0) { $0 + cos(2 * Double.pi * $1) } / count
    return -20 * exp(-0.2 * squares.squareRoot()) - exp(waves) + 20 + M_E
  }

  /// Least value 0, in the middle of the space: flattering for whatever begins there.
  static let ackley5 = Problem(name: "ackley5", parameters: vector(5, -32.768, 32.768)) { ackley(numbers($0, 5)) }

  /// The same with its least value away from the middle.
  static let shiftedAckley5 = Problem(name: "ackley5-shifted", parameters: vector(5, -32.768, 32.768)) { values in
    ackley(zip(numbers(values, 5), [9.3, -11.7, 4.9, -6.1, 13.3]).map { $0 - $1 })
  }

  /// Least value 0.
  static let rosenbrock4 = Problem(name: "rosenbrock4", parameters: vector(4, -5, 10)) { values in
    let x = numbers(values, 4)
    var sum = 0.0
    for index in 0..<3 {
      let bend = x[index + 1] - x[index] * x[index]
      sum += 100 * bend * bend + (1 - x[index]) * (1 - x[index])
    }
    return sum
  }

  /// Least value 0.
  static let sphere10 = Problem(name: "sphere10", parameters: vector(10, -5, 5)) { values in
    numbers(values, 10).reduce(0) { $0 + ($1 - 1) * ($1 - 1) }
  }

  /// Least value 0 in branch a; branch b is easier and ends at 0.5.
  static let conditional = Problem(
    name: "cond",
    parameters: [Parameter("k", .categorical(["a", "b"]))]
      + (0..<3).map { Parameter("a\($0)", range(-5, 5), when: .init("k", in: ["a"])) }
      + [
        Parameter("lr", range(1e-5, 1, log: true), when: .init("k", in: ["b"])),
        Parameter("n", integers(1, 16), when: .init("k", in: ["b"])),
      ]
  ) { values in
    if values["k"] == "a" {
      return (0..<3).map { number(values, "a\($0)") - 1 }.reduce(0) { $0 + $1 * $1 }
    }
    let rate = log10(number(values, "lr")) + 3
    let size = number(values, "n") - 4
    return 0.5 + rate * rate + 0.05 * size * size
  }

  /// Least value 0; as a training's space is.
  static let mixed = Problem(name: "mixed", parameters: [
    Parameter("lr", range(1e-6, 1, log: true)), Parameter("layers", integers(1, 8)),
    Parameter("act", .categorical(["relu", "gelu", "tanh", "sigmoid"])), Parameter("drop", range(0, 0.9)),
  ]) { values in
    let act = ["relu": 0, "gelu": 0.1, "tanh": 0.5, "sigmoid": 1.0][values["act"] ?? ""] ?? .nan
    let rate = log10(number(values, "lr")) + 3
    let layers = number(values, "layers") - 4
    let drop = number(values, "drop") - 0.2
    return rate * rate + 0.1 * layers * layers + act + 4 * drop * drop
  }
}
