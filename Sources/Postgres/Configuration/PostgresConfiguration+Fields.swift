extension PostgresConfiguration {
  /// What a Secret's keys say: a `uri`, or else `host` with `port`, `user` (or `username`), `password`, `dbname` and
  /// `sslmode`.
  ///
  /// - Parameter value: the text of a key; nil where there is none.
  /// - Throws: `PostgresError` with the code `.invalidConfiguration`; its message names keys, never their values.
  public init(
    fields value: (String) -> String?, statementTimeout: Duration? = .seconds(30)
  ) throws(PostgresError) {
    func trimmed(_ key: String) -> String? {
      guard let text = value(key) else { return nil }
      let kept = text.drop { $0.isWhitespace }
      let end = kept.lastIndex { !$0.isWhitespace }
      return end.map { String(kept[...$0]) }
    }
    if let uri = trimmed("uri") {
      try self.init(uri, statementTimeout: statementTimeout)
      return
    }
    guard let host = trimmed("host") else {
      throw PostgresError(.invalidConfiguration, "neither uri nor host is set: set uri, or host, user, password, dbname")
    }
    var out = try PostgresConfiguration("postgresql://", statementTimeout: statementTimeout)
    out = out.setting("host", to: host)
    let rest = [
      ("port", trimmed("port")), ("user", trimmed("user") ?? trimmed("username")), ("dbname", trimmed("dbname")),
      ("sslmode", trimmed("sslmode")),
    ]
    for case (let keyword, let text?) in rest { out = out.setting(keyword, to: text) }
    // A password may begin or end with a space; the line break that an editor leaves is no part of it.
    if let password = value("password") {
      out = out.setting("password", to: String(password.reversed().drop { $0.isNewline }.reversed()))
    }
    self = out
  }

  /// The same place with a schema's tables found first.
  public func searching(schema: String) -> PostgresConfiguration {
    // Spaces and backslashes end an option unless they are escaped (PQconnectdb, `options`).
    let escaped = Identifier.quoted(schema).flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] }
    return setting("options", to: "-csearch_path=\(String(escaped))")
  }
}
