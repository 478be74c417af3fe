/// The binary operators.
enum CELOperators {
  /// The operator's value; nil where the name is no binary operator.
  static func apply(_ name: String, _ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue? {
    switch name {
    case "_==_": return .bool(left.equals(right))
    case "_!=_": return .bool(!left.equals(right))
    case "_<_": return .bool(try compare(left, right) { $0 == .less })
    case "_<=_": return .bool(try compare(left, right) { $0 != .more })
    case "_>_": return .bool(try compare(left, right) { $0 == .more })
    case "_>=_": return .bool(try compare(left, right) { $0 != .less })
    case "@in": return .bool(try contains(left, right))
    case "_+_", "_-_", "_*_", "_/_", "_%_": return try arithmetic(name, left, right)
    default: return nil
    }
  }

  private static func compare(
    _ left: CELValue, _ right: CELValue, _ test: (CELValue.Order) -> Bool
  ) throws(CELError) -> Bool {
    if let order = left.order(right) { return test(order) }
    if left.asDouble != nil, right.asDouble != nil { return false }
    throw CELError.noOverload
  }

  private static func contains(_ element: CELValue, _ container: CELValue) throws(CELError) -> Bool {
    switch container {
    case .list(let elements): elements.contains { $0.equals(element) }
    case .map(let members): members[element.key] != nil
    default: throw CELError.noOverload
    }
  }

  private static func arithmetic(_ name: String, _ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
    switch (left, right) {
    case (.int(let one), .int(let two)): return .int(try integer(name, one, two))
    case (.uint(let one), .uint(let two)): return .uint(try integer(name, one, two))
    case (.double(let one), .double(let two)):
      switch name {
      case "_+_": return .double(one + two)
      case "_-_": return .double(one - two)
      case "_*_": return .double(one * two)
      case "_/_": return .double(one / two)
      default: throw CELError.noOverload
      }
    case (.string(let one), .string(let two)) where name == "_+_": return .string(one + two)
    case (.bytes(let one), .bytes(let two)) where name == "_+_": return .bytes(one + two)
    case (.list(let one), .list(let two)) where name == "_+_": return .list(one + two)
    default: return try time(name, left, right)
    }
  }

  private static func integer<Number: FixedWidthInteger>(
    _ name: String, _ one: Number, _ two: Number
  ) throws(CELError) -> Number {
    let result: (partialValue: Number, overflow: Bool)
    switch name {
    case "_+_": result = one.addingReportingOverflow(two)
    case "_-_": result = one.subtractingReportingOverflow(two)
    case "_*_": result = one.multipliedReportingOverflow(by: two)
    case "_/_":
      if two == 0 { throw CELError("division by zero") }
      result = one.dividedReportingOverflow(by: two)
    default:
      if two == 0 { throw CELError("modulus by zero") }
      result = one.remainderReportingOverflow(dividingBy: two)
    }
    if result.overflow { throw CELError(Number.isSigned ? "integer overflow" : "unsigned integer overflow") }
    return result.partialValue
  }

  private static func time(_ name: String, _ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
    switch (left, right, name) {
    case (.duration(let one), .duration(let two), "_+_"), (.duration(let one), .duration(let two), "_-_"):
      let result = name == "_+_" ? one.addingReportingOverflow(two) : one.subtractingReportingOverflow(two)
      if result.overflow { throw CELError("integer overflow") }
      return .duration(nanoseconds: result.partialValue)
    case (.timestamp(let moment), .duration(let span), "_+_"), (.duration(let span), .timestamp(let moment), "_+_"):
      return .timestamp(try shift(moment, by: span))
    case (.timestamp(let moment), .duration(let span), "_-_"):
      if span == .min { throw CELError("integer overflow") }
      return .timestamp(try shift(moment, by: -span))
    case (.timestamp(let one), .timestamp(let two), "_-_"):
      let (whole, overflow) = (one.seconds - two.seconds).multipliedReportingOverflow(by: 1_000_000_000)
      let (sum, overflowed) = whole.addingReportingOverflow(one.nanos - two.nanos)
      if overflow || overflowed { throw CELError("integer overflow") }
      return .duration(nanoseconds: sum)
    default: throw CELError.noOverload
    }
  }

  private static func shift(_ moment: CELTimestamp, by nanoseconds: Int64) throws(CELError) -> CELTimestamp {
    let seconds = nanoseconds / 1_000_000_000
    let out = CELTimestamp(seconds: moment.seconds + seconds, nanos: moment.nanos + nanoseconds % 1_000_000_000)
    guard CELTimestamp.range.contains(out.seconds) else { throw CELError("timestamp overflow") }
    return out
  }
}
