public import FoundationEssentials

/// A value of a row as the server sent it.
public struct Cell: Sendable {
  let bytes: ArraySlice<UInt8>?
  let column: Rows.Column

  public var isNull: Bool { bytes == nil }

  func mismatch(_ wanted: String) -> PostgresError {
    let problem = isNull ? "is NULL" : "has the type number \(column.type)"
    return PostgresError(.decoding, "column \(column.name) \(problem), which does not read as \(wanted)")
  }

  /// The value as the server's text form.
  var text: String? {
    guard let bytes else { return nil }
    guard column.isBinary else { return String(decoding: bytes, as: UTF8.self) }
    switch column.type {
    case TypeNumber.bool: return bytes.first == 1 ? "t" : "f"
    case TypeNumber.int8, TypeNumber.int4, TypeNumber.int2, TypeNumber.oid: return integer.map(String.init)
    case TypeNumber.float8, TypeNumber.float4: return double.map { "\($0)" }
    case TypeNumber.timestamp, TypeNumber.timestamptz: return integer.map(PostgresTime.text(microseconds:))
    case TypeNumber.bytea:
      return "\\x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    default: return String(decoding: bytes, as: UTF8.self)
    }
  }

  var integer: Int64? {
    guard let bytes else { return nil }
    guard column.isBinary else { return Int64(String(decoding: bytes, as: UTF8.self)) }
    switch (column.type, bytes.count) {
    case (TypeNumber.int8, 8), (TypeNumber.timestamp, 8), (TypeNumber.timestamptz, 8):
      return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    case (TypeNumber.int4, 4): return Int64(Int32(truncatingIfNeeded: bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }))
    case (TypeNumber.int2, 2): return Int64(Int16(truncatingIfNeeded: bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }))
    case (TypeNumber.oid, 4): return bytes.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    default: return nil
    }
  }

  var double: Double? {
    guard let bytes else { return nil }
    guard column.isBinary else { return Double(String(decoding: bytes, as: UTF8.self)) }
    switch (column.type, bytes.count) {
    case (TypeNumber.float8, 8): return Double(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    case (TypeNumber.float4, 4): return Double(Float(bitPattern: bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }))
    case (TypeNumber.timestamp, _), (TypeNumber.timestamptz, _): return nil
    default: return integer.map(Double.init)
    }
  }
}

/// What a column can be read as.
public protocol PostgresDecodable: Sendable {
  static func decode(_ cell: Cell) throws(PostgresError) -> Self
  /// An array of such values.
  static func decodeArray(_ cell: Cell) throws(PostgresError) -> [Self]
}

extension PostgresDecodable {
  public static func decodeArray(_ cell: Cell) throws(PostgresError) -> [Self] {
    guard let text = cell.text, let elements = ArrayText.read(text) else {
      throw cell.mismatch("an array of \(Self.self)")
    }
    let column = Rows.Column(name: cell.column.name, type: 0, isBinary: false)
    var out: [Self] = []
    for element in elements { out.append(try decode(Cell(bytes: element.map { Array($0.utf8)[...] }, column: column))) }
    return out
  }
}

extension Int64: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> Int64 {
    let isTime = cell.column.type == TypeNumber.timestamp || cell.column.type == TypeNumber.timestamptz
    guard !isTime, let value = cell.integer else { throw cell.mismatch("an integer") }
    return value
  }
}

extension Int: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> Int { Int(try Int64.decode(cell)) }
}

extension Double: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> Double {
    guard let value = cell.double else { throw cell.mismatch("a number") }
    return value
  }
}

extension Bool: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> Bool {
    switch cell.text {
    case "t": true
    case "f": false
    default: throw cell.mismatch("a boolean")
    }
  }
}

/// Every type reads as a string: its text form.
extension String: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> String {
    guard let value = cell.text else { throw cell.mismatch("a string") }
    return value
  }
}

/// Times without a time zone are taken as UTC, which is also every connection's time zone.
extension Date: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> Date {
    let isTime = cell.column.type == TypeNumber.timestamp || cell.column.type == TypeNumber.timestamptz
    if cell.column.isBinary, isTime, let value = cell.integer { return PostgresTime.date(microseconds: value) }
    guard let text = cell.text, let value = PostgresTime.date(text: text) else { throw cell.mismatch("a time") }
    return value
  }
}

/// Bytes: an array of them is a `bytea`.
extension UInt8: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> UInt8 {
    guard let value = cell.integer.flatMap({ UInt8(exactly: $0) }) else { throw cell.mismatch("a byte") }
    return value
  }

  public static func decodeArray(_ cell: Cell) throws(PostgresError) -> [UInt8] {
    guard let bytes = cell.bytes else { throw cell.mismatch("bytes") }
    if cell.column.isBinary { return Array(bytes) }
    guard let text = cell.text, text.hasPrefix("\\x") else { throw cell.mismatch("bytes") }
    let digits = Array(text.utf8.dropFirst(2))
    var out: [UInt8] = []
    for index in stride(from: 0, to: digits.count - 1, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
        throw cell.mismatch("bytes")
      }
      out.append(byte)
    }
    return out
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> Wrapped? {
    cell.isNull ? nil : try Wrapped.decode(cell)
  }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
  public static func decode(_ cell: Cell) throws(PostgresError) -> [Element] { try Element.decodeArray(cell) }
}
