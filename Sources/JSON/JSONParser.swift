/// Why a text is not JSON, and where.
public struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, as a phrase.
  public let reason: String
  /// The offset of the offending byte.
  public let offset: Int

  public var description: String { "invalid JSON at byte \(offset): \(reason)" }
}

extension JSONValue {
  /// Parses a JSON text (RFC 8259). Of duplicate members the last wins; depth is bounded at 512.
  public init(parsing bytes: some Sequence<UInt8>) throws(JSONParseError) {
    let contiguous = Array(bytes)
    self = try JSONValue.parse(contiguous)
  }

  /// Parses a JSON text.
  public init(parsing text: String) throws(JSONParseError) {
    self = try JSONValue.parse(Array(text.utf8))
  }

  private static func parse(_ bytes: [UInt8]) throws(JSONParseError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.atEnd else { throw parser.error("content after the value") }
    return value
  }
}

struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  /// The members and elements read so far of the objects and arrays that are open: how many each will have is not
  /// known before its end, and then it gets an array that is just as long.
  private var members: ContiguousArray<JSONObject.Member> = []
  private var elements: [JSONValue] = []

  static let maxDepth = 512

  init(bytes: [UInt8]) { self.bytes = bytes }

  var atEnd: Bool { position >= bytes.count }

  func error(_ reason: String) -> JSONParseError { JSONParseError(reason: reason, offset: position) }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  mutating func value(depth: Int) throws(JSONParseError) -> JSONValue {
    guard depth < Self.maxDepth else { throw error("nested too deeply") }
    guard position < bytes.count else { throw error("unexpected end") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"):
      try literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    default: return try number()
    }
  }

  private mutating func literal(_ text: StaticString) throws(JSONParseError) {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { throw error("unexpected end") }
    for index in 0..<count where bytes[position + index] != text.utf8Start[index] {
      throw error("unknown literal")
    }
    position += count
  }

  private mutating func object(depth: Int) throws(JSONParseError) -> JSONValue {
    position += 1
    let start = members.count
    skipSpace()
    if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
      position += 1
      return .object([:])
    }
    while true {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw error("expected a member name")
      }
      let key = try string()
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw error("expected ':'") }
      position += 1
      skipSpace()
      members.append(JSONObject.Member(key: key, value: try value(depth: depth + 1)))
      skipSpace()
      guard position < bytes.count else { throw error("unexpected end") }
      let next = bytes[position]
      position += 1
      if next == UInt8(ascii: ",") { continue }
      if next == UInt8(ascii: "}") {
        defer { members.removeLast(members.count - start) }
        return .object(JSONObject(unsorted: members[start...]))
      }
      position -= 1
      throw error("expected ',' or '}'")
    }
  }

  private mutating func array(depth: Int) throws(JSONParseError) -> JSONValue {
    position += 1
    let start = elements.count
    skipSpace()
    if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
      position += 1
      return .array([])
    }
    while true {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
      guard position < bytes.count else { throw error("unexpected end") }
      let next = bytes[position]
      position += 1
      if next == UInt8(ascii: ",") { continue }
      if next == UInt8(ascii: "]") {
        defer { elements.removeLast(elements.count - start) }
        return .array(Array(elements[start...]))
      }
      position -= 1
      throw error("expected ',' or ']'")
    }
  }

  private mutating func number() throws(JSONParseError) -> JSONValue {
    let start = position
    var fraction = false
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
    let digits = position
    guard position < bytes.count, Self.isDigit(bytes[position]) else { throw error("unexpected character") }
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): position += 1
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        fraction = true
        position += 1
      default: break scan
      }
    }
    let leadingZero =
      bytes[digits] == UInt8(ascii: "0") && position > digits + 1 && Self.isDigit(bytes[digits + 1])
    if leadingZero { throw error("a number with a leading zero") }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !fraction, let integer = Int64(text) { return .integer(integer) }
    guard let double = Double(text), double.isFinite, pointsHaveDigits(from: digits) else {
      throw error("not a number")
    }
    return .number(double)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// Whether every point of the number that ends here has a digit behind it, which Swift's own reading does not ask.
  private func pointsHaveDigits(from start: Int) -> Bool {
    (start..<position).allSatisfy { index in
      bytes[index] != UInt8(ascii: ".") || (index + 1 < position && Self.isDigit(bytes[index + 1]))
    }
  }

  private mutating func string() throws(JSONParseError) -> String {
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
      bytes[position] >= 0x20
    {
      position += 1
    }
    guard position < bytes.count else { throw error("a string without an end") }
    if bytes[position] == UInt8(ascii: "\"") {
      defer { position += 1 }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
    var buffer = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: buffer, as: UTF8.self)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &buffer)
      case 0..<0x20:
        throw error("a control character in a string")
      default:
        buffer.append(byte)
        position += 1
      }
    }
    throw error("a string without an end")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONParseError) {
    guard position < bytes.count else { throw error("unexpected end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"):
      var code = UInt32(try hex4())
      if (0xD800..<0xDC00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      {
        let rewind = position
        position += 2
        let low = UInt32(try hex4())
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        } else {
          position = rewind
        }
      }
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      buffer.append(contentsOf: Array(String(Character(scalar)).utf8))
    default:
      position -= 1
      throw error("an unknown escape")
    }
  }

  private mutating func hex4() throws(JSONParseError) -> UInt16 {
    guard position + 4 <= bytes.count else { throw error("unexpected end") }
    var out: UInt16 = 0
    for _ in 0..<4 {
      let byte = bytes[position]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error("not a hexadecimal digit")
      }
      out = out << 4 | UInt16(digit)
      position += 1
    }
    return out
  }
}
