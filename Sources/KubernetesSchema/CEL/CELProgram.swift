/// A parsed expression, ready to be evaluated.
public struct CELProgram: Sendable {
  public let text: String
  let expression: CELExpression

  /// Parses the text; the error has the layout of cel-go's.
  public init(_ text: String) throws(CELParseError) {
    self.text = text
    var parser = try CELParser(text)
    expression = try parser.parse()
  }

  /// The expression's value with variables such as `self` bound.
  public func evaluate(_ variables: [String: CELValue]) throws(CELError) -> CELValue {
    var evaluator = CELEvaluator(variables: variables)
    return try evaluator.value(of: expression)
  }

  /// Whether a variable is mentioned anywhere.
  func mentions(_ name: String) -> Bool { Self.mentions(name, expression) }

  private static func mentions(_ name: String, _ expression: CELExpression) -> Bool {
    switch expression.form {
    case .literal: false
    case .name(let other): other == name
    case .select(let operand, _, _, _): mentions(name, operand)
    case .index(let operand, let key, _): mentions(name, operand) || mentions(name, key)
    case .call(_, let target, let arguments):
      (target.map { mentions(name, $0) } ?? false) || arguments.contains { mentions(name, $0) }
    case .list(let elements): elements.contains { mentions(name, $0) }
    case .map(let entries): entries.contains { mentions(name, $0.key) || mentions(name, $0.value) }
    case .macro(let macro):
      mentions(name, macro.range) || mentions(name, macro.body) || (macro.condition.map { mentions(name, $0) } ?? false)
    }
  }
}
