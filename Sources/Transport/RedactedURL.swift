/// URLs as they may be shown.
enum RedactedURL {
  /// Parts of query field names whose values are secrets: OAuth tokens, signed object-store URLs, API keys.
  private static let secretNames = ["token", "secret", "password", "signature", "credential", "auth", "key", "code"]

  /// The URL without user, password and fragment, and with the values of secret query fields replaced.
  static func text(_ url: String) -> String {
    let shown = url.prefix { $0 != "#" }
    let parts = shown.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var text = String(parts[0])
    if let scheme = text.range(ofScheme: "://") {
      let authority = text[scheme...].prefix { $0 != "/" }
      if let at = authority.lastIndex(of: "@") { text.removeSubrange(authority.startIndex...at) }
    }
    guard parts.count > 1 else { return text }
    let fields = parts[1].split(separator: "&", omittingEmptySubsequences: false).map { field -> String in
      guard let equals = field.firstIndex(of: "=") else { return String(field) }
      let name = field[..<equals].lowercased()
      return secretNames.contains { name.contains($0) } ? "\(field[..<equals])=REDACTED" : String(field)
    }
    return "\(text)?\(fields.joined(separator: "&"))"
  }
}

extension String {
  /// The index after the first `mark`, as `://`.
  fileprivate func range(ofScheme mark: String) -> String.Index? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(mark) { return self.index(index, offsetBy: mark.count) }
      index = self.index(after: index)
    }
    return nil
  }
}
