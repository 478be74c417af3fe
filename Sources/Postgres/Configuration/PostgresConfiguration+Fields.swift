extension PostgresConfiguration {
  /// What a Secret's keys say: a `uri` (or `url`), or else `host` with `port`, `user` (or `username`), `password`,
  /// `dbname` (or `database`) and `sslmode`. White space around values, such as an editor's last line break, is left
  /// out.
  ///
  /// - Parameter value: the text of a key; nil where there is none.
  /// - Throws: `PostgresError` with the code `.invalidConfiguration`; its message names keys, never their values.
  public init(
    fields value: (String) -> String?, statementTimeout: Duration? = .seconds(30)
  ) throws(PostgresError) {
    func first(_ keys: String...) -> String? {
      for key in keys {
        guard let text = value(key), let end = text.lastIndex(where: { !$0.isWhitespace }) else { continue }
        return String(text[...end].drop { $0.isWhitespace })
      }
      return nil
    }
    if let uri = first("uri", "url") {
      try self.init(uri, statementTimeout: statementTimeout)
      return
    }
    guard let host = first("host") else {
      throw PostgresError(
        .invalidConfiguration, "it has neither a key uri nor a key host: add uri, or host, user, password and dbname")
    }
    self.init(
      host: host, port: first("port"), user: first("user", "username"), password: first("password"),
      database: first("dbname", "database"), sslMode: first("sslmode"), statementTimeout: statementTimeout)
  }
}
