import FoundationEssentials

/// Base64 as Secrets use it.
enum Base64 {
  /// The bytes, or nil where the text is not base64.
  static func decode(_ text: String) -> [UInt8]? {
    Data(base64Encoded: text, options: .ignoreUnknownCharacters).map(Array.init)
  }
}
