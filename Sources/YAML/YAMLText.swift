import JSON

/// How a string is written in YAML so that every reader reads the same string.
enum YAMLText: Sendable, Hashable {
  /// As it is.
  case plain
  /// In single quotes: nothing needs an escape, but a plain one would be read as syntax.
  case single
  /// In double quotes, with escapes.
  case double
  /// As a block in which lines stay lines.
  case literal

  /// The best form for a value.
  init(value text: String) { self = Self.isBlock(text) ? .literal : Self(key: text) }

  /// The best form for a key, which stays on one line.
  init(key text: String) {
    if !text.unicodeScalars.allSatisfy({ Self.isPrintable($0) && $0 != "\n" }) {
      self = .double
    } else if YAMLScalar(plain: text) != .string || Self.readsAsOther(text) {
      self = .double
    } else {
      self = Self.isPlain(text) ? .plain : .single
    }
  }

  /// What YAML lets stand unescaped (YAML 1.2, production 1), less what libyaml does not take or what breaks lines.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// Strings that other YAML readers take for a time, a number in base 60 or a `=` (YAML 1.1).
  private static func readsAsOther(_ text: String) -> Bool {
    if text == "=" { return true }
    let bytes = Array(text.utf8)
    func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = bytes.first, isDigit(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") else {
      return false
    }
    if bytes.count >= 8, bytes[..<4].allSatisfy(isDigit), bytes[4] == UInt8(ascii: "-"), isDigit(bytes[5]) {
      return true
    }
    let sixty = bytes.dropFirst(isDigit(first) ? 0 : 1)
    return sixty.contains(UInt8(ascii: ":"))
      && sixty.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || $0 == 0x5F }
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    if first == " " || last == " " || last == ":" { return false }
    if text.hasPrefix("---") || text.hasPrefix("...") { return false }
    switch first {
    case ",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": return false
    case "-", "?", ":":
      // An indicator only before a space.
      let second = text.unicodeScalars.dropFirst().first
      if second == nil || second == " " { return false }
      if first != "-" { return false }
    default: break
    }
    var previous = first
    for scalar in text.unicodeScalars.dropFirst() {
      if scalar == " " && previous == ":" || scalar == "#" && previous == " " { return false }
      previous = scalar
    }
    return true
  }

  /// More than one line, and nothing that a block would change: no escapes, no space where a reader looks for the
  /// indentation.
  private static func isBlock(_ text: String) -> Bool {
    guard text.contains("\n"), let first = text.unicodeScalars.first, first != "\n", first != " ", first != "\t" else {
      return false
    }
    guard text.unicodeScalars.allSatisfy({ isPrintable($0) || $0 == "\t" }) else { return false }
    // Spaces at the end of the last line would be hard to see, and to keep.
    return text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { !$0.hasSuffix(" ") }
  }

  /// A string in double quotes.
  static func doubleQuoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if isPrintable(scalar) {
          out.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          out += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
      }
    }
    return out + "\""
  }

  /// A string in single quotes.
  static func singleQuoted(_ text: String) -> String {
    var out = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" { out += "'" }
      out.unicodeScalars.append(scalar)
    }
    return out + "'"
  }
}
