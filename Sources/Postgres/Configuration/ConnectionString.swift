import CPostgres

/// Reads connection strings by libpq's own rules.
enum ConnectionString {
  /// The parameters that the string sets. libpq's message is never passed on: it can quote part of the password.
  static func parse(_ text: String) throws(PostgresError) -> [String: String] {
    let trimmed = withoutDriver(text)
    guard !trimmed.isEmpty else {
      throw PostgresError(.invalidConfiguration, "the connection string is empty")
    }
    guard !trimmed.utf8.contains(0) else {
      throw PostgresError(.invalidConfiguration, "the connection string holds a NUL character")
    }
    let isURL = trimmed.contains("://")
    if isURL, !trimmed.hasPrefix("postgresql://"), !trimmed.hasPrefix("postgres://") {
      let scheme = trimmed.prefix { $0 != ":" }
      let known = scheme.allSatisfy { $0.isLetter || $0.isNumber || $0 == "+" } && !scheme.contains("@")
      throw PostgresError(
        .invalidConfiguration,
        "the connection string is a URL of \(known ? "scheme \(scheme)" : "another scheme"); "
          + "it must begin with postgresql://")
    }
    var problem: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(trimmed, &problem) else {
      PQfreemem(problem)
      throw PostgresError(
        .invalidConfiguration,
        isURL
          ? "the connection URL cannot be read; characters such as @ : / ? # % in the user name or password must be "
            + "percent-encoded, and only libpq's parameters may follow the ?"
          : "the connection string cannot be read; it must be a postgresql:// URL or keyword=value pairs, with values "
            + "that have spaces in single quotes")
    }
    defer { PQconninfoFree(options) }
    var out: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { out[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return out
  }

  private static func withoutDriver(_ text: String) -> String {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    for scheme in ["postgresql", "postgres"] where text.hasPrefix(scheme + "+") {
      guard let end = text.firstIndex(of: ":") else { break }
      return "postgresql" + text[end...]
    }
    return String(text)
  }
}
