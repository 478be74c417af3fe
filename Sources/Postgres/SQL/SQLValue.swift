public import FoundationEssentials

/// A value bound to a statement: never part of its text.
public struct SQLValue: Sendable, Hashable {
  /// The bytes as sent; nil for NULL.
  let bytes: [UInt8]?
  /// The type as the server's catalogue numbers it (pg_type.dat); 0 leaves it to the server to infer.
  let type: UInt32
  let isBinary: Bool

  init(bytes: [UInt8]?, type: UInt32, isBinary: Bool) {
    self.bytes = bytes
    self.type = type
    self.isBinary = isBinary
  }

  /// A value as its text form; the server infers its type from the place it is used in.
  public static func text(_ text: String?) -> SQLValue {
    SQLValue(bytes: text.map { Array($0.utf8) }, type: 0, isBinary: false)
  }
}

/// What can be bound to a statement.
public protocol PostgresEncodable: Sendable {
  var sqlValue: SQLValue { get }
  /// The type of NULL in place of a value.
  static var sqlType: UInt32 { get }
  /// An array of such values.
  static func sqlArray(_ elements: [Self]) -> SQLValue
  /// The value as an element of an array's text form; nil for NULL.
  var arrayElement: String? { get }
  /// The type of an array of such values.
  static var sqlArrayType: UInt32 { get }
}

extension PostgresEncodable {
  public static func sqlArray(_ elements: [Self]) -> SQLValue {
    SQLValue(bytes: Array(ArrayText.write(elements.map(\.arrayElement)).utf8), type: sqlArrayType, isBinary: false)
  }
}

/// Numbers of types and arrays of them, from PostgreSQL's pg_type.dat.
enum TypeNumber {
  static let bool: UInt32 = 16
  static let bytea: UInt32 = 17
  static let name: UInt32 = 19
  static let int8: UInt32 = 20
  static let int2: UInt32 = 21
  static let int4: UInt32 = 23
  static let text: UInt32 = 25
  static let oid: UInt32 = 26
  static let json: UInt32 = 114
  static let float4: UInt32 = 700
  static let float8: UInt32 = 701
  static let unknown: UInt32 = 705
  static let bpchar: UInt32 = 1042
  static let varchar: UInt32 = 1043
  static let timestamp: UInt32 = 1114
  static let timestamptz: UInt32 = 1184

  static let boolArray: UInt32 = 1000
  static let textArray: UInt32 = 1009
  static let int8Array: UInt32 = 1016
  static let float8Array: UInt32 = 1022
  static let timestamptzArray: UInt32 = 1185

  /// The types whose binary form this module reads.
  static let readInBinary: Set<UInt32> = [
    bool, bytea, name, int8, int2, int4, text, oid, json, float4, float8, unknown, bpchar, varchar, timestamp,
    timestamptz,
  ]
}

func networkBytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

extension Int64: PostgresEncodable {
  public var sqlValue: SQLValue { SQLValue(bytes: networkBytes(self), type: TypeNumber.int8, isBinary: true) }
  public static var sqlType: UInt32 { TypeNumber.int8 }
  public static var sqlArrayType: UInt32 { TypeNumber.int8Array }
  public var arrayElement: String? { description }
}

extension Int: PostgresEncodable {
  public var sqlValue: SQLValue { Int64(self).sqlValue }
  public static var sqlType: UInt32 { TypeNumber.int8 }
  public static var sqlArrayType: UInt32 { TypeNumber.int8Array }
  public var arrayElement: String? { description }
}

extension Double: PostgresEncodable {
  public var sqlValue: SQLValue { SQLValue(bytes: networkBytes(bitPattern), type: TypeNumber.float8, isBinary: true) }
  public static var sqlType: UInt32 { TypeNumber.float8 }
  public static var sqlArrayType: UInt32 { TypeNumber.float8Array }
  public var arrayElement: String? { description }
}

extension Bool: PostgresEncodable {
  public var sqlValue: SQLValue { SQLValue(bytes: [self ? 1 : 0], type: TypeNumber.bool, isBinary: true) }
  public static var sqlType: UInt32 { TypeNumber.bool }
  public static var sqlArrayType: UInt32 { TypeNumber.boolArray }
  public var arrayElement: String? { self ? "t" : "f" }
}

/// Strings are bound without a type, so that they also serve for json, uuid, date and other types.
extension String: PostgresEncodable {
  public var sqlValue: SQLValue { .text(self) }
  public static var sqlType: UInt32 { 0 }
  public static var sqlArrayType: UInt32 { TypeNumber.textArray }
  public var arrayElement: String? { self }
}

extension Date: PostgresEncodable {
  public var sqlValue: SQLValue {
    SQLValue(bytes: networkBytes(PostgresTime.microseconds(self)), type: TypeNumber.timestamptz, isBinary: true)
  }
  public static var sqlType: UInt32 { TypeNumber.timestamptz }
  public static var sqlArrayType: UInt32 { TypeNumber.timestamptzArray }
  public var arrayElement: String? { PostgresTime.text(microseconds: PostgresTime.microseconds(self)) }
}

/// Bytes: an array of them is a `bytea`.
extension UInt8: PostgresEncodable {
  public var sqlValue: SQLValue { Int64(self).sqlValue }
  public static var sqlType: UInt32 { TypeNumber.int8 }
  public static var sqlArrayType: UInt32 { TypeNumber.bytea }
  public var arrayElement: String? { description }
  public static func sqlArray(_ elements: [UInt8]) -> SQLValue {
    SQLValue(bytes: elements, type: TypeNumber.bytea, isBinary: true)
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  public var sqlValue: SQLValue {
    switch self {
    case .some(let value): value.sqlValue
    case .none: SQLValue(bytes: nil, type: Wrapped.sqlType, isBinary: false)
    }
  }
  public static var sqlType: UInt32 { Wrapped.sqlType }
  public static var sqlArrayType: UInt32 { Wrapped.sqlArrayType }
  public var arrayElement: String? { flatMap(\.arrayElement) }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
  public var sqlValue: SQLValue { Element.sqlArray(self) }
  public static var sqlType: UInt32 { Element.sqlArrayType }
  /// Arrays of arrays are sent as text arrays of their elements' text form; the server infers the type.
  public static var sqlArrayType: UInt32 { 0 }
  public var arrayElement: String? { ArrayText.write(map(\.arrayElement)) }
}
