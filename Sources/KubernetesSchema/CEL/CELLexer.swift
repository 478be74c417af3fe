/// Why a text is no expression, and where.
public struct CELParseError: Error, Sendable, Hashable, CustomStringConvertible {
  public let reason: String
  /// The offset in Unicode scalars.
  public let position: Int
  let source: String

  init(_ reason: String, at position: Int, in source: String) {
    self.reason = reason
    self.position = position
    self.source = source
  }

  /// In the layout of cel-go: the message, the line and a caret under the place.
  public var description: String {
    let scalars = Array(source.unicodeScalars)
    var line = 1
    var lineStart = 0
    for (index, scalar) in scalars.prefix(position).enumerated() where scalar == "\n" {
      line += 1
      lineStart = index + 1
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[lineStart...].prefix { $0 != "\n" })
    let column = position - lineStart
    return "ERROR: <input>:\(line):\(column + 1): \(reason)\n | \(String(text))\n | "
      + String(repeating: ".", count: column) + "^"
  }
}

enum CELToken: Sendable, Hashable {
  case identifier(String)
  case int(UInt64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case symbol(String)
  case end
}

/// Cuts an expression into tokens (the lexis of the CEL specification).
struct CELLexer {
  private let source: String
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ source: String) {
    self.source = source
    scalars = Array(source.unicodeScalars)
  }

  mutating func tokens() throws(CELParseError) -> [(token: CELToken, position: Int)] {
    var out: [(token: CELToken, position: Int)] = []
    while true {
      skipSpace()
      let start = position
      guard position < scalars.count else {
        out.append((.end, start))
        return out
      }
      out.append((try next(), start))
    }
  }

  private mutating func skipSpace() {
    while position < scalars.count {
      if [" ", "\t", "\n", "\r", "\u{0C}"].contains(scalars[position]) {
        position += 1
      } else if scalars[position] == "/", position + 1 < scalars.count, scalars[position + 1] == "/" {
        while position < scalars.count, scalars[position] != "\n" { position += 1 }
      } else {
        return
      }
    }
  }

  private func error(_ reason: String, at place: Int? = nil) -> CELParseError {
    CELParseError(reason, at: place ?? position, in: source)
  }

  private mutating func next() throws(CELParseError) -> CELToken {
    let scalar = scalars[position]
    if ScalarSet.digit.contains(scalar) { return try number() }
    if scalar == ".", position + 1 < scalars.count, ScalarSet.digit.contains(scalars[position + 1]) {
      return try number()
    }
    if scalar == "\"" || scalar == "'" { return .string(try string(isRaw: false)) }
    if let prefixed = try prefixedString(scalar) { return prefixed }
    if ScalarSet.word.contains(scalar) {
      let start = position
      while position < scalars.count, ScalarSet.word.contains(scalars[position]) { position += 1 }
      return .identifier(slice(start))
    }
    if scalar == "`" {
      position += 1
      let start = position
      while position < scalars.count, scalars[position] != "`" { position += 1 }
      defer { position += 1 }
      return .identifier(slice(start))
    }
    for symbol in ["==", "!=", "<=", ">=", "&&", "||", "?.", "[?"] where starts(with: symbol) {
      position += symbol.unicodeScalars.count
      return .symbol(symbol)
    }
    guard "()[]{}.,:?+-*/%!<>".unicodeScalars.contains(scalar) else {
      throw error("Syntax error: token recognition error at: '\(scalar)'")
    }
    position += 1
    return .symbol(String(scalar))
  }

  private func starts(with text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    return position + wanted.count <= scalars.count && Array(scalars[position..<position + wanted.count]) == wanted
  }

  private func slice(_ start: Int) -> String {
    var out = String.UnicodeScalarView()
    out.append(contentsOf: scalars[start..<position])
    return String(out)
  }

  private mutating func number() throws(CELParseError) -> CELToken {
    let start = position
    if starts(with: "0x") || starts(with: "0X") {
      position += 2
      let digits = position
      while position < scalars.count, Character(scalars[position]).isHexDigit { position += 1 }
      guard let value = UInt64(slice(digits), radix: 16) else { throw error("invalid int literal", at: start) }
      return unsignedSuffix(value)
    }
    var isFloating = false
    while position < scalars.count {
      let scalar = scalars[position]
      if ScalarSet.digit.contains(scalar) {
        position += 1
      } else if scalar == ".", !isFloating, position + 1 < scalars.count,
        ScalarSet.digit.contains(scalars[position + 1])
      {
        isFloating = true
        position += 1
      } else if scalar == "e" || scalar == "E" {
        isFloating = true
        position += 1
        if position < scalars.count, scalars[position] == "+" || scalars[position] == "-" { position += 1 }
      } else {
        break
      }
    }
    let text = slice(start)
    if isFloating {
      guard let value = Double(text.hasPrefix(".") ? "0" + text : text) else {
        throw error("invalid double literal", at: start)
      }
      return .double(value)
    }
    guard let value = UInt64(text) else { throw error("invalid int literal", at: start) }
    return unsignedSuffix(value)
  }

  private mutating func unsignedSuffix(_ value: UInt64) -> CELToken {
    if position < scalars.count, scalars[position] == "u" || scalars[position] == "U" {
      position += 1
      return .uint(value)
    }
    return .int(value)
  }

  /// `r"..."`, `b"..."`, `br"..."`; nil where the letters begin an identifier.
  private mutating func prefixedString(_ first: Unicode.Scalar) throws(CELParseError) -> CELToken? {
    guard "rRbB".unicodeScalars.contains(first) else { return nil }
    var quote = position + 1
    if quote < scalars.count, "rRbB".unicodeScalars.contains(scalars[quote]) { quote += 1 }
    guard quote < scalars.count, scalars[quote] == "\"" || scalars[quote] == "'" else { return nil }
    let letters = scalars[position..<quote].map { Character($0).lowercased() }
    position = quote
    let text = try string(isRaw: letters.contains("r"))
    return letters.contains("b") ? .bytes(Array(text.utf8)) : .string(text)
  }

  private mutating func string(isRaw: Bool) throws(CELParseError) -> String {
    let start = position
    let quote = scalars[position]
    let triple = String(repeating: String(quote), count: 3)
    let isTriple = starts(with: triple)
    position += isTriple ? 3 : 1
    var out = String.UnicodeScalarView()
    while position < scalars.count {
      let scalar = scalars[position]
      if isTriple ? starts(with: triple) : scalar == quote {
        position += isTriple ? 3 : 1
        return String(out)
      }
      if scalar == "\n", !isTriple { break }
      position += 1
      if scalar == "\\", !isRaw {
        out.append(try escape())
      } else {
        out.append(scalar)
      }
    }
    throw error("Syntax error: token recognition error at: '\(slice(start))'", at: start)
  }

  private mutating func escape() throws(CELParseError) -> Unicode.Scalar {
    guard position < scalars.count else { throw error("unable to unescape string, found '\\' as last character") }
    let scalar = scalars[position]
    position += 1
    switch scalar {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "a": return "\u{07}"
    case "b": return "\u{08}"
    case "f": return "\u{0C}"
    case "v": return "\u{0B}"
    case "\\", "'", "\"", "`", "?": return scalar
    case "x", "X": return try code(digits: 2, radix: 16)
    case "u": return try code(digits: 4, radix: 16)
    case "U": return try code(digits: 8, radix: 16)
    case "0"..."3":
      position -= 1
      return try code(digits: 3, radix: 8)
    default: throw error("unable to unescape string: \\\(scalar)", at: position - 2)
    }
  }

  private mutating func code(digits: Int, radix: Int) throws(CELParseError) -> Unicode.Scalar {
    let start = position
    position = min(scalars.count, position + digits)
    guard let value = UInt32(slice(start), radix: radix), let scalar = Unicode.Scalar(value) else {
      throw error("unable to unescape string", at: start)
    }
    return scalar
  }
}
