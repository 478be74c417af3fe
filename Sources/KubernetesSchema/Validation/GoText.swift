public import JSON

/// Values as Go's `fmt` prints them, since the API server's messages are made with it.
public enum GoText {
  /// `%v` of an unstructured value: `map[data:map[x:6]]`, members sorted by name.
  public static func map(_ value: JSONValue) -> String {
    switch value {
    case .null: "<nil>"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .number(let number): float(number)
    case .string(let text): text
    case .array(let elements): "[" + elements.map(map).joined(separator: " ") + "]"
    case .object(let members):
      "map[" + members.sorted { $0.key < $1.key }.map { $0.key + ":" + map($0.value) }.joined(separator: " ") + "]"
    }
  }

  /// `%q` of a string: Go's quoting with escapes for what cannot be printed.
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{07}": out += "\\a"
      case "\u{08}": out += "\\b"
      case "\u{0B}": out += "\\v"
      case "\u{0C}": out += "\\f"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let hex = String(scalar.value, radix: 16)
          out += "\\x" + (hex.count < 2 ? "0" : "") + hex
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  /// `%v` of a float64: the shortest digits that read back, with an exponent below 1e-4 and from 1e6 on.
  static func float(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    if number == 0 { return "0" }
    let sign = number < 0 ? "-" : ""
    let parts = "\(abs(number))".split(separator: "e")
    let halves = parts[0].split(separator: ".")
    let whole = halves[0] == "0" ? "" : String(halves[0])
    let fraction = halves.count > 1 && halves[1] != "0" ? String(halves[1]) : ""
    var digits = whole + fraction
    var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.hasPrefix("0") {
      digits.removeFirst()
      point -= 1
    }
    while digits.hasSuffix("0") { digits.removeLast() }
    let exponent = point - 1
    if exponent < -4 || exponent >= 6 {
      let mantissa = String(digits.prefix(1)) + (digits.count > 1 ? "." + digits.dropFirst() : "")
      let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
      return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + magnitude
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }

  /// A bad value in a field error: simple values plainly, strings quoted, anything else as JSON.
  static func badValue(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .string(let text): quoted(text)
    case .number(let number): float(number)
    default: value.text()
    }
  }

  /// The Go type that an unstructured value has.
  static func typeName(_ value: JSONValue) -> String {
    switch value {
    case .null: "nil"
    case .bool: "bool"
    case .integer: "int64"
    case .number: "float64"
    case .string: "string"
    case .array: "[]interface {}"
    case .object: "map[string]interface {}"
    }
  }
}
