/// Names of tables, columns and other objects, as SQL text.
public enum Identifier {
  /// The name in double quotes, safe to put into SQL whatever it holds. A dot is part of the name.
  public static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// A name that may be qualified, such as `public.events`: every part quoted.
  public static func quoted(qualified name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false).map { quoted(String($0)) }.joined(separator: ".")
  }

  /// A string constant, safe to put into SQL that cannot take parameters, such as `CREATE VIEW`.
  public static func literal(_ text: String) -> String {
    let quotes = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
    guard quotes.contains("\\") else { return "'\(quotes)'" }
    return "E'" + quotes.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") + "'"
  }
}
