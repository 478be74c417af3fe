/// The syntax of a kind of name: which bytes it is made of, and which it may begin and end with. Names are checked with
/// every write of every object, where regular expressions cost several times as much.
struct NameSyntax: Sendable {
  private let isInner: @Sendable (UInt8) -> Bool
  private let isFirst: @Sendable (UInt8) -> Bool
  private let isLast: @Sendable (UInt8) -> Bool

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
  private static func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
  private static func isLowerOrDigit(_ byte: UInt8) -> Bool { isLower(byte) || isDigit(byte) }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerOrDigit(byte) || isLower(byte | 0x20) && byte < 128 }

  /// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
  static let label1123 = NameSyntax(
    isInner: { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }, isFirst: isLowerOrDigit, isLast: isLowerOrDigit)
  /// `[a-z]([-a-z0-9]*[a-z0-9])?`
  static let label1035 = NameSyntax(
    isInner: { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }, isFirst: isLower, isLast: isLowerOrDigit)
  /// `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`
  static let qualified = NameSyntax(
    isInner: {
      isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
    }, isFirst: isAlphanumeric, isLast: isAlphanumeric)

  func matches(_ text: some StringProtocol) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, isFirst(first) else { return false }
    var last = first
    for byte in bytes {
      guard isInner(byte) else { return false }
      last = byte
    }
    return isLast(last)
  }

  /// Whether it is such names with dots between them.
  func matchesParts(of text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(matches)
  }
}
