public import JSON

/// A value of the Common Expression Language (https://github.com/google/cel-spec).
public indirect enum CELValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case list([CELValue])
  /// A map, or an object whose keys are its members' escaped names.
  case map([CELValue: CELValue])
  case timestamp(CELTimestamp)
  case duration(nanoseconds: Int64)
  case type(String)
  case quantity(CELQuantity)
  case optional(CELValue?)
}

/// A quantity inside an expression.
public struct CELQuantity: Sendable, Hashable {
  var value: Quantity
}

/// Why an expression has no value.
public struct CELError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }

  static let noOverload = CELError("no such overload")
}

extension CELValue {
  /// The name of the value's type, as `type()` gives it.
  var typeName: String {
    switch self {
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .list: "list"
    case .map: "map"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .type: "type"
    case .quantity: "kubernetes.Quantity"
    case .optional: "optional_type"
    }
  }

  /// The value as a boolean; throws where it is none.
  func truth() throws(CELError) -> Bool {
    guard case .bool(let flag) = self else { throw CELError.noOverload }
    return flag
  }

  /// The value as the key of a map: numbers with whole values are the same key whatever their type.
  var key: CELValue {
    switch self {
    case .uint(let number): Int64(exactly: number).map(CELValue.int) ?? self
    case .double(let number): Int64(exactly: number).map(CELValue.int) ?? self
    default: self
    }
  }

  /// Equality as `==` has it: numbers compare by value across types, anything else of two types differs.
  func equals(_ other: CELValue) -> Bool {
    switch (self, other) {
    case (.list(let one), .list(let two)): one.count == two.count && zip(one, two).allSatisfy { $0.equals($1) }
    case (.map(let one), .map(let two)):
      one.count == two.count && one.allSatisfy { key, value in two[key].map { value.equals($0) } ?? false }
    case (.double(let one), .double(let two)): one == two
    case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .double), (.double, .int), (.double, .uint):
      order(other) == .some(.same)
    case (.optional(let one?), .optional(let two?)): one.equals(two)
    default: self == other
    }
  }

  enum Order { case less, same, more }

  /// The order of two values of an ordered type; nil where there is none (NaN, or types without order).
  func order(_ other: CELValue) -> Order? {
    func of<Value: Comparable>(_ one: Value, _ two: Value) -> Order { one < two ? .less : one == two ? .same : .more }
    switch (self, other) {
    case (.int(let one), .int(let two)): return of(one, two)
    case (.uint(let one), .uint(let two)): return of(one, two)
    case (.int(let one), .uint(let two)): return one < 0 ? .less : of(UInt64(one), two)
    case (.uint(let one), .int(let two)): return two < 0 ? .more : of(one, UInt64(two))
    case (.string(let one), .string(let two)): return Self.textOrder(one, two)
    case (.bytes(let one), .bytes(let two)):
      return one.lexicographicallyPrecedes(two) ? .less : one == two ? .same : .more
    case (.bool(let one), .bool(let two)): return of(one ? 1 : 0, two ? 1 : 0)
    case (.timestamp(let one), .timestamp(let two)): return of(one, two)
    case (.duration(let one), .duration(let two)): return of(one, two)
    case (.quantity(let one), .quantity(let two)): return of(one.value, two.value)
    default:
      guard let one = asDouble, let two = other.asDouble, !one.isNaN, !two.isNaN else { return nil }
      return of(one, two)
    }
  }

  /// By code points, not by what a person reads as equal.
  private static func textOrder(_ one: String, _ two: String) -> Order {
    if one.unicodeScalars.elementsEqual(two.unicodeScalars) { return .same }
    return one.unicodeScalars.lexicographicallyPrecedes(two.unicodeScalars) ? .less : .more
  }

  var asDouble: Double? {
    switch self {
    case .int(let number): Double(number)
    case .uint(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  /// The value as JSON; nil for what JSON has no notation for.
  public var json: JSONValue? {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .integer(number)
    case .uint(let number): Int64(exactly: number).map(JSONValue.integer)
    case .double(let number): .number(number)
    case .string(let text): .string(text)
    case .list(let elements): .array(elements.compactMap(\.json))
    case .timestamp(let time): .string(time.description)
    case .duration(let nanoseconds): .string(GoDuration(nanoseconds: nanoseconds).description)
    case .map(let members):
      .object(
        members.reduce(into: JSONObject()) { out, member in
          if case .string(let name) = member.key { out[name] = member.value.json }
        })
    default: nil
    }
  }
}
