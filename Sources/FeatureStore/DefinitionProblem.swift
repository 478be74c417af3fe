/// Something about a definition that the source does not agree with.
public struct DefinitionProblem: Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    case tableMissing, columnMissing, typeMismatch, invalidExpression, reservedName, duplicateName
  }

  public let code: Code
  /// The table, column or feature that it is about.
  public let subject: String
  /// What is wrong and what is there instead.
  public let message: String

  public init(code: Code, subject: String, message: String) {
    self.code = code
    self.subject = subject
    self.message = message
  }

  public var description: String { message }
}
