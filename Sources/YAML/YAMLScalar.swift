import JSON

/// What a plain (unquoted) scalar means.
///
/// The rules are those of the YAML library behind Kubernetes' manifests (sigs.k8s.io/yaml, which keeps go-yaml 2's):
/// YAML 1.1's booleans with `y`, `on` and so on, integers in four bases with underscores, decimal floats. Times stay
/// strings.
enum YAMLScalar: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string
  /// `.nan`, `.inf`: numbers that JSON does not have.
  case unrepresentable
  /// `<<` as a key: the mapping behind it is merged in.
  case merge

  init(plain text: String) {
    guard let first = text.utf8.first else {
      self = .null
      return
    }
    switch first {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      self = Self.number(text)
    case UInt8(ascii: "."):
      if Self.words[text] == .unrepresentable { self = .unrepresentable } else { self = Self.float(text) }
    default:
      self = Self.words[text] ?? .string
    }
  }

  private static let words: [String: YAMLScalar] = {
    var words: [String: YAMLScalar] = ["~": .null, "<<": .merge]
    func add(_ spellings: [String], _ value: YAMLScalar) { for word in spellings { words[word] = value } }
    add(["null", "Null", "NULL"], .null)
    add(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], .bool(true))
    add(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], .bool(false))
    for sign in ["", "+", "-"] { add([".inf", ".Inf", ".INF"].map { sign + $0 }, .unrepresentable) }
    add([".nan", ".NaN", ".NAN"], .unrepresentable)
    return words
  }()

  private static func number(_ text: String) -> YAMLScalar {
    if words[text] == .unrepresentable { return .unrepresentable }
    let plain = text.filter { $0 != "_" }
    return integer(plain) ?? float(plain)
  }

  /// An integer with an optional sign: decimal, `0x`, `0o` or a leading zero (octal), `0b`.
  private static func integer(_ text: String) -> YAMLScalar? {
    var digits = Substring(text)
    var sign = ""
    if let first = digits.first, first == "-" || first == "+" {
      sign = first == "-" ? "-" : ""
      digits = digits.dropFirst()
    }
    var radix = 10
    if digits.first == "0", digits.count > 1 {
      switch digits.dropFirst().first {
      case "x", "X": (radix, digits) = (16, digits.dropFirst(2))
      case "o", "O": (radix, digits) = (8, digits.dropFirst(2))
      case "b", "B": (radix, digits) = (2, digits.dropFirst(2))
      default: (radix, digits) = (8, digits.dropFirst())
      }
    }
    // `Int64` would take a second sign.
    guard let lead = digits.utf8.first, lead != UInt8(ascii: "+"), lead != UInt8(ascii: "-") else { return nil }
    if let value = Int64(sign + digits, radix: radix) { return .integer(value) }
    if let value = UInt64(digits, radix: radix), sign.isEmpty { return .number(Double(value)) }
    return nil
  }

  /// A decimal float: digits on at least one side of the point, and an optional exponent.
  private static func float(_ text: String) -> YAMLScalar {
    var rest = Substring(text).utf8
    func skipSign() {
      if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
    }
    func skipDigits() -> Int {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      return digits.count
    }
    skipSign()
    var digits = skipDigits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      digits += skipDigits()
    }
    guard digits > 0 else { return .string }
    if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      skipSign()
      guard skipDigits() > 0 else { return .string }
    }
    guard rest.isEmpty, let value = Double(normalized(text)), value.isFinite else { return .string }
    return .number(value)
  }

  /// Swift reads no `1.` and no `.5`.
  private static func normalized(_ text: String) -> String {
    var out = ""
    var last: Character = " "
    for character in text {
      if character == ".", !last.isNumber { out.append("0") }
      if last == ".", !character.isNumber { out.append("0") }
      out.append(character)
      last = character
    }
    if last == "." { out.append("0") }
    return out
  }
}
