/// Functions of the standard library and of Kubernetes' extensions
/// (https://kubernetes.io/docs/reference/using-api/cel/).
enum CELFunctions {
  /// The names that exist, for the checker.
  static let names: Set<String> = Set([
    "size", "type", "dyn", "int", "uint", "double", "string", "bytes", "bool", "duration", "timestamp", "-_",
    "hasValue", "value", "or", "orValue", "isQuantity", "quantity", "min", "max", "matches",
  ]).union(stringNames).union(listNames).union(timeNames).union(quantityNames)

  /// Calls a function; a method's target is the first value.
  static func call(_ name: String, isMethod: Bool, _ values: [CELValue]) throws(CELError) -> CELValue {
    guard let first = values.first else { throw CELError.noOverload }
    if isMethod {
      if let result = try string(name, first, Array(values.dropFirst())) { return result }
      if let result = try list(name, first, Array(values.dropFirst())) { return result }
      if let result = try time(name, first, Array(values.dropFirst())) { return result }
      if let result = try quantity(name, first, Array(values.dropFirst())) { return result }
      if let result = try optionalMethod(name, first, Array(values.dropFirst())) { return result }
    }
    switch name {
    case "size": return .int(try size(first))
    case "type": return .type(first.typeName)
    case "dyn": return first
    case "-_": return try negated(first)
    case "matches" where values.count == 2: return try string(name, first, [values[1]]) ?? .bool(false)
    case "int": return .int(try int(first))
    case "uint": return .uint(try uint(first))
    case "double": return .double(try double(first))
    case "string": return .string(try text(first))
    case "bool": return try bool(first)
    case "bytes":
      if case .string(let text) = first { return .bytes(Array(text.utf8)) }
      if case .bytes = first { return first }
    case "duration": return .duration(nanoseconds: try duration(first))
    case "timestamp": return .timestamp(try timestamp(first))
    case "quantity", "isQuantity":
      guard case .string(let text) = first else { break }
      let value = Quantity(text)
      if name == "isQuantity" { return .bool(value != nil) }
      guard let value else { throw CELError(quantityError) }
      return .quantity(CELQuantity(value: value))
    default: break
    }
    throw CELError.noOverload
  }

  static let quantityError =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

  static func optional(_ name: String, _ values: [CELValue]) throws(CELError) -> CELValue {
    switch (name, values.first) {
    case ("none", nil): .optional(nil)
    case ("of", let value?): .optional(value)
    case ("ofNonZeroValue", let value?): .optional(isZero(value) ? nil : value)
    default: throw CELError.noOverload
    }
  }

  private static func isZero(_ value: CELValue) -> Bool {
    switch value {
    case .null, .bool(false), .int(0), .uint(0), .double(0), .string(""), .optional(nil): true
    case .list(let elements): elements.isEmpty
    case .map(let members): members.isEmpty
    default: false
    }
  }

  private static func optionalMethod(
    _ name: String, _ target: CELValue, _ arguments: [CELValue]
  ) throws(CELError) -> CELValue? {
    guard case .optional(let inner) = target else { return nil }
    switch name {
    case "hasValue": return .bool(inner != nil)
    case "value":
      guard let inner else { throw CELError("optional.none() dereference") }
      return inner
    case "or": return inner != nil ? target : arguments.first
    case "orValue": return inner ?? arguments.first
    default: return nil
    }
  }

  private static func size(_ value: CELValue) throws(CELError) -> Int64 {
    switch value {
    case .string(let text): Int64(text.unicodeScalars.count)
    case .bytes(let bytes): Int64(bytes.count)
    case .list(let elements): Int64(elements.count)
    case .map(let members): Int64(members.count)
    default: throw CELError.noOverload
    }
  }

  private static func negated(_ value: CELValue) throws(CELError) -> CELValue {
    switch value {
    case .int(let number):
      if number == .min { throw CELError("integer overflow") }
      return .int(-number)
    case .double(let number): return .double(-number)
    case .duration(let span):
      if span == .min { throw CELError("integer overflow") }
      return .duration(nanoseconds: -span)
    default: throw CELError.noOverload
    }
  }

  private static func int(_ value: CELValue) throws(CELError) -> Int64 {
    switch value {
    case .int(let number): return number
    case .uint(let number):
      guard let out = Int64(exactly: number) else { throw CELError("integer overflow") }
      return out
    case .double(let number):
      guard number > -9.3e18, number < 9.2e18, let out = Int64(exactly: number.rounded(.towardZero)) else {
        throw CELError("integer overflow")
      }
      return out
    case .string(let text):
      guard let out = Int64(text) else {
        throw CELError("type conversion error from 'string' to 'int'")
      }
      return out
    case .timestamp(let time): return time.seconds
    case .duration(let span): return span
    default: throw CELError.noOverload
    }
  }

  private static func uint(_ value: CELValue) throws(CELError) -> UInt64 {
    if case .uint(let number) = value { return number }
    if case .string(let text) = value {
      guard let out = UInt64(text) else {
        throw CELError("type conversion error from 'string' to 'uint'")
      }
      return out
    }
    guard let out = UInt64(exactly: try int(value)) else { throw CELError("unsigned integer overflow") }
    return out
  }

  private static func double(_ value: CELValue) throws(CELError) -> Double {
    if let number = value.asDouble { return number }
    guard case .string(let text) = value else { throw CELError.noOverload }
    // A number that is too large is refused, and not infinite; one that says that it is infinite is.
    guard let number = Double(text), number.isFinite || !text.contains(where: \.isNumber) else {
      throw CELError("type conversion error from 'string' to 'double'")
    }
    return number
  }

  private static func bool(_ value: CELValue) throws(CELError) -> CELValue {
    switch value {
    case .bool: return value
    case .string("true"), .string("True"), .string("TRUE"), .string("t"), .string("1"): return .bool(true)
    case .string("false"), .string("False"), .string("FALSE"), .string("f"), .string("0"): return .bool(false)
    case .string: throw CELError("type conversion error from 'string' to 'bool'")
    default: throw CELError.noOverload
    }
  }

  /// What `string()` gives.
  static func text(_ value: CELValue) throws(CELError) -> String {
    switch value {
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number): return GoText.float(number)
    case .string(let text): return text
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CELError("invalid UTF-8 in bytes, cannot convert to string")
      }
      return text
    case .timestamp(let time): return time.description
    case .duration(let span): return GoDuration(nanoseconds: span).description
    case .type(let name): return name
    case .quantity(let quantity): return quantity.value.canonical
    default: throw CELError.noOverload
    }
  }

  private static func duration(_ value: CELValue) throws(CELError) -> Int64 {
    switch value {
    case .duration(let span): return span
    case .string(let text):
      guard let span = GoDuration(text) else { throw CELError("time: invalid duration \(GoText.quoted(text))") }
      return span.nanoseconds
    default: throw CELError.noOverload
    }
  }

  private static func timestamp(_ value: CELValue) throws(CELError) -> CELTimestamp {
    switch value {
    case .timestamp(let time): return time
    case .int(let seconds):
      guard CELTimestamp.range.contains(seconds) else { throw CELError("timestamp overflow") }
      return CELTimestamp(seconds: seconds, nanos: 0)
    case .string(let text):
      guard let time = CELTimestamp(text) else {
        let layout = "2006-01-02T15:04:05Z07:00"
        throw CELError("parsing time \(GoText.quoted(text)) as \(GoText.quoted(layout)): cannot parse the value")
      }
      return time
    default: throw CELError.noOverload
    }
  }
}
