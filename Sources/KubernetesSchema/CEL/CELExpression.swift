/// A parsed expression and the place of its operator.
struct CELExpression: Sendable {
  indirect enum Form: Sendable {
    case literal(CELValue)
    case name(String)
    /// `operand.field`, `operand.?field` where optional, `has(operand.field)` where it tests.
    case select(CELExpression, field: String, isTest: Bool, isOptional: Bool)
    case index(CELExpression, CELExpression, isOptional: Bool)
    case call(String, target: CELExpression?, arguments: [CELExpression])
    case list([CELExpression])
    case map([(key: CELExpression, value: CELExpression)])
    case macro(CELMacro)
  }

  var form: Form
  var position: Int
}

/// A macro that binds a variable to the elements of a list or the keys of a map.
struct CELMacro: Sendable {
  enum Kind: String, Sendable {
    case all, exists
    case existsOne = "exists_one"
    case map, filter, optMap, optFlatMap, bind
  }

  var kind: Kind
  var range: CELExpression
  var variable: String
  /// The second variable of `all(i, v, ...)` and the like: the value, while the first is the index or key.
  var second: String?
  /// The filter of `map(x, filter, transform)`.
  var condition: CELExpression?
  var body: CELExpression
}
