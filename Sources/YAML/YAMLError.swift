/// Why a text is not YAML that stands for JSON, and where.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// The text breaks YAML's syntax.
    case syntax
    /// A mapping has a key twice.
    case duplicateKey
    /// An alias names no anchor, stands inside its own anchor, or the aliases together expand to too much.
    case alias
    /// JSON has no such value: a NaN, an infinity, a mapping with a key that is no scalar, an unknown tag.
    case notJSON
    /// Nested deeper, or larger, than is read.
    case tooLarge
    /// Not one document where one is needed.
    case documents
  }

  public let code: Code
  /// What is wrong, as a phrase.
  public let reason: String
  /// The line, from 1.
  public let line: Int
  /// The column, from 1.
  public let column: Int

  public init(code: Code, reason: String, line: Int, column: Int) {
    self.code = code
    self.reason = reason
    self.line = line
    self.column = column
  }

  public var description: String { "invalid YAML at line \(line), column \(column): \(reason)" }
}
