/// The string formats that schemas of custom resources check; others are accepted as they are.
enum StringFormat {
  private static let hexColorPattern = KnownPattern("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")
  private static let macAddressPattern = KnownPattern("^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$")
  private static let zoneOffsetPattern = KnownPattern("^[+-][0-9]{2}:?[0-9]{2}$")
  private static let isoDurationPattern = KnownPattern(
    "^P([0-9]+W|([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$")
  private static let base64Pattern = KnownPattern("^[A-Za-z0-9+/]*={0,2}$")
  private static let uuidPattern = KnownPattern(
    "^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$")
  private static let uriPattern = KnownPattern("^[a-zA-Z][a-zA-Z0-9+.-]*:[^ ]+$")
  private static let hostnamePattern = KnownPattern(
    "^([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)(\\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*$")
  private static let emailPattern = KnownPattern("^[^@ <>]+@[^@ <>]+$")

  static func accepts(_ text: String, _ format: String) -> Bool {
    switch format {
    case "date-time", "datetime": isDateTime(text)
    case "date": isDate(Array(text.utf8)[...]) && text.utf8.count == 10
    case "duration": GoDuration(text) != nil || isISODuration(text)
    case "byte": isBase64(text)
    case "uuid", "uuid3", "uuid4", "uuid5": isUUID(text)
    case "ipv4": isIPv4(text)
    case "ipv6": isIPv6(text)
    case "cidr": isCIDR(text)
    case "uri": isURI(text)
    case "hostname": isHostname(text)
    case "email": isEmail(text)
    case "hexcolor": hexColorPattern.matches(text)
    case "mac": macAddressPattern.matches(text)
    default: true
    }
  }

  /// RFC 3339, section 5.6, as strfmt reads it: the fraction and the colon of the offset may be missing.
  static func isDateTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, isDate(bytes[0..<10]), bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
      let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19])
    else { return false }
    guard bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), hour < 24, minute < 60, second < 61 else {
      return false
    }
    var rest = bytes[19...]
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let digits = rest.prefix { (48...57).contains($0) }
      if digits.isEmpty { return false }
      rest = rest.dropFirst(digits.count)
    }
    let zone = String(decoding: rest, as: UTF8.self)
    return zone == "Z" || zone == "z" || zoneOffsetPattern.matches(zone)
  }

  private static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = bytes.startIndex
    guard bytes.count == 10, bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
      let year = number(bytes[start..<start + 4]), let month = number(bytes[start + 5..<start + 7]),
      let day = number(bytes[start + 8..<start + 10]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self))
  }

  private static func isISODuration(_ text: String) -> Bool {
    text.count > 1 && isoDurationPattern.matches(text)
  }

  static func isBase64(_ text: String) -> Bool {
    text.utf8.count % 4 == 0 && base64Pattern.matches(text)
  }

  /// The offset at which a base64 text goes wrong.
  static func firstIllegalBase64(_ text: String) -> Int {
    let bytes = Array(text.utf8)
    let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return bytes.firstIndex { !letters.contains($0) && $0 != UInt8(ascii: "=") } ?? bytes.count / 4 * 4
  }

  static func isUUID(_ text: String) -> Bool {
    uuidPattern.matches(text)
  }

  static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        !part.isEmpty && part.count <= 3 && part.utf8.allSatisfy { (48...57).contains($0) } && (Int(part) ?? 256) < 256
          && (part.count == 1 || part.first != "0")
      }
  }

  static func isIPv6(_ text: String) -> Bool {
    guard text.contains(":"), !text.contains(":::") else { return false }
    let halves = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    var groups = halves
    let compressed = text.contains("::")
    if compressed, text.components(of: "::") > 2 { return false }
    groups.removeAll(where: \.isEmpty)
    var count = groups.count
    if let last = groups.last, last.contains(".") {
      guard isIPv4(last) else { return false }
      groups.removeLast()
      count += 1
    }
    guard groups.allSatisfy({ $0.count <= 4 && UInt32($0, radix: 16) != nil && !$0.hasPrefix("+") }) else {
      return false
    }
    return compressed ? count < 8 : count == 8 && halves.count >= 7
  }

  static func isCIDR(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let length = Int(parts[1]), length >= 0 else { return false }
    let address = String(parts[0])
    return isIPv4(address) && length <= 32 || isIPv6(address) && length <= 128
  }

  static func isURI(_ text: String) -> Bool {
    text.hasPrefix("/") || uriPattern.matches(text)
  }

  static func isHostname(_ text: String) -> Bool {
    text.count <= 255 && hostnamePattern.matches(text)
  }

  static func isEmail(_ text: String) -> Bool { emailPattern.matches(text) }
}

extension String {
  /// How many parts a separator cuts the text into.
  fileprivate func components(of separator: String) -> Int {
    var count = 1
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(separator) {
        count += 1
        rest = rest.dropFirst(separator.count)
      } else {
        rest = rest.dropFirst()
      }
    }
    return count
  }
}
