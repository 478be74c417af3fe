extension CELFunctions {
  static let timeNames: Set<String> = [
    "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes",
    "getSeconds", "getMilliseconds",
  ]

  /// A method of a timestamp or a duration; nil where it is none.
  static func time(_ name: String, _ target: CELValue, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
    guard timeNames.contains(name) else { return nil }
    switch target {
    case .duration(let span):
      switch name {
      case "getHours": return .int(span / 3_600_000_000_000)
      case "getMinutes": return .int(span / 60_000_000_000)
      case "getSeconds": return .int(span / 1_000_000_000)
      case "getMilliseconds": return .int(span / 1_000_000 % 1000)
      default: throw CELError.noOverload
      }
    case .timestamp(let moment):
      var offset: Int64 = 0
      if let zone = arguments.first {
        guard case .string(let text) = zone else { throw CELError.noOverload }
        guard let known = CELTimestamp.offset(text) else { throw CELError("unknown time zone \(text)") }
        offset = known
      }
      let fields = moment.fields(offset: offset)
      switch name {
      case "getFullYear": return .int(fields.year)
      case "getMonth": return .int(fields.month - 1)
      case "getDate": return .int(fields.day)
      case "getDayOfMonth": return .int(fields.day - 1)
      case "getDayOfWeek": return .int(fields.weekday)
      case "getDayOfYear": return .int(fields.dayOfYear)
      case "getHours": return .int(fields.second / 3600)
      case "getMinutes": return .int(fields.second / 60 % 60)
      case "getSeconds": return .int(fields.second % 60)
      default: return .int(moment.nanos / 1_000_000)
      }
    default: throw CELError.noOverload
    }
  }

  static let quantityNames: Set<String> = [
    "isInteger", "asInteger", "asApproximateFloat", "sign", "add", "sub", "isGreaterThan", "isLessThan", "compareTo",
  ]

  /// A method of a quantity; nil where it is none.
  static func quantity(_ name: String, _ target: CELValue, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
    guard case .quantity(let one) = target, quantityNames.contains(name) else { return nil }
    switch name {
    case "isInteger": return .bool(one.value.isWhole)
    case "asInteger":
      guard one.value.isWhole else { throw CELError("cannot convert value to integer") }
      return .int(one.value.roundedUp)
    case "asApproximateFloat": return .double(one.value.approximate)
    case "sign": return .int(Int64(one.value.nanos.signum()))
    default: break
    }
    let other: Quantity
    switch arguments.first {
    case .quantity(let given)?: other = given.value
    case .int(let number)?: other = Quantity(nanos: Int128(number) * 1_000_000_000, format: .decimalSI)
    default: throw CELError.noOverload
    }
    switch name {
    case "isGreaterThan": return .bool(one.value > other)
    case "isLessThan": return .bool(one.value < other)
    case "compareTo": return .int(one.value < other ? -1 : one.value == other ? 0 : 1)
    default:
      let sum = name == "add" ? one.value.nanos + other.nanos : one.value.nanos - other.nanos
      return .quantity(CELQuantity(value: Quantity(nanos: sum, format: one.value.format)))
    }
  }
}
