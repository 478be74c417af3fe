import Glibc

/// The values a numeric parameter can take: all between two bounds, or those on a grid of steps from the lower.
public struct NumericRange: Sendable, Hashable {
  public let low: Double
  /// The greatest value: with a step, the greatest that a whole number of steps reaches.
  public let high: Double
  /// The distance of neighbouring values; nil where every value between the bounds is allowed.
  public let step: Double?
  /// Whether ratios rather than differences matter: values are drawn and modelled by their logarithm.
  public let isLog: Bool
  /// Whether values are written without a fraction.
  public let isInteger: Bool
  /// How many values there are; nil where there is no step.
  public let count: Int?
  /// Ten to the number of decimals that `low` and `step` have, so that 0.1 and two steps of 0.1 are 0.3 and not
  /// 0.30000000000000004; nil where more than fifteen decimals would be needed.
  private let decimalScale: Double?

  /// A range of floating-point numbers.
  public init(low: Double, high: Double, step: Double? = nil, isLog: Bool = false) throws(SearchSpaceError) {
    try self.init(checking: low, high, step, isLog, isInteger: false)
  }

  /// A range of whole numbers, all of them unless `step` is greater than one.
  public init(integersFrom low: Int64, through high: Int64, step: Int64 = 1, isLog: Bool = false)
    throws(SearchSpaceError)
  {
    // Coordinates are floating-point numbers, which hold whole numbers exactly up to here.
    let limit: Int64 = 1 << 53
    guard low >= -limit, high <= limit, low <= limit, high >= -limit, step <= limit else {
      throw SearchSpaceError("whole numbers must lie between -2^53 and 2^53")
    }
    try self.init(checking: Double(low), Double(high), Double(step), isLog, isInteger: true)
  }

  /// The indexes of choices in an order.
  init(indexesOf choices: [String]) {
    low = 0
    high = Double(max(0, choices.count - 1))
    step = 1
    isLog = false
    isInteger = true
    count = max(1, choices.count)
    decimalScale = 1
  }

  private init(
    checking low: Double, _ high: Double, _ step: Double?, _ isLog: Bool, isInteger: Bool
  ) throws(SearchSpaceError) {
    guard low.isFinite, high.isFinite else { throw SearchSpaceError("min and max must be finite numbers") }
    guard low <= high else { throw SearchSpaceError("min must not be greater than max") }
    if isLog, low <= 0 { throw SearchSpaceError("a logarithmic scale needs a min above zero") }
    self.low = low + 0.0
    self.isLog = isLog
    self.isInteger = isInteger
    self.step = step
    guard let step else {
      self.high = high + 0.0
      count = nil
      decimalScale = nil
      return
    }
    guard step.isFinite, step > 0 else { throw SearchSpaceError("step must be above zero") }
    if isLog, low - step / 2 <= 0 {
      throw SearchSpaceError("on a logarithmic scale min must be greater than half a step")
    }
    // A quotient such as 0.3 / 0.1 lies just below the whole number that is meant.
    let steps = ((high - low) / step * (1 + 1e-12) + 1e-12).rounded(.down)
    guard steps < 0x1p53 else { throw SearchSpaceError("step is too small for the range") }
    count = Int(steps) + 1
    decimalScale = Self.decimalScale(low, step)
    self.high = Self.gridValue(Int(steps), low, step, decimalScale)
  }

  private static func decimalScale(_ low: Double, _ step: Double) -> Double? {
    var scale = 1.0
    for _ in 0...15 {
      let scaledLow = (low * scale).rounded()
      let scaledStep = (step * scale).rounded()
      if abs(scaledLow) < 0x1p53, scaledLow / scale == low, scaledStep / scale == step { return scale }
      scale *= 10
    }
    return nil
  }

  private static func gridValue(_ index: Int, _ low: Double, _ step: Double, _ scale: Double?) -> Double {
    guard let scale else { return low + Double(index) * step }
    return ((low * scale).rounded() + Double(index) * (step * scale).rounded()) / scale + 0.0
  }

  /// The value a number of steps above `low`; `low` itself where there is no step.
  public func value(at index: Int) -> Double {
    guard let step, let count else { return low }
    return Self.gridValue(min(max(index, 0), count - 1), low, step, decimalScale)
  }

  /// The allowed value nearest to `number`.
  public func nearest(_ number: Double) -> Double {
    guard let step, let count else { return min(max(number, low), high) }
    let index = ((number - low) / step).rounded()
    guard index > 0 else { return low }
    return value(at: index >= Double(count - 1) ? count - 1 : Int(index))
  }

  /// Whether `number` is one of the allowed values; on a grid within a billionth of a step.
  public func contains(_ number: Double) -> Bool {
    guard number >= low, number <= high else { return false }
    guard let step else { return true }
    return abs(nearest(number) - number) <= step * 1e-9
  }

  /// The only value, where there is but one.
  public var isSingle: Bool { low == high }

  /// The bounds in which values are modelled: half a step wider on a grid, and logarithms on such a scale.
  var modelBounds: (low: Double, high: Double) {
    let margin = (step ?? 0) / 2
    return isLog ? (log(low - margin), log(high + margin)) : (low - margin, high + margin)
  }

  /// A value as it is modelled.
  func modelled(_ value: Double) -> Double { isLog ? log(value) : value }

  /// The allowed value nearest to a modelled one.
  func fromModel(_ value: Double) -> Double { nearest(isLog ? exp(value) : value) }
}

/// What is wrong with a search space.
public struct SearchSpaceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The parameter at fault, where it is one.
  public let parameter: String?
  /// What is wrong and what would be right.
  public let message: String

  init(_ message: String, parameter: String? = nil) {
    self.message = message
    self.parameter = parameter
  }

  public var description: String { parameter.map { "parameter \($0): \(message)" } ?? message }
}
