import JSON

/// A rule of a node, parsed and checked.
struct CompiledRule: Sendable {
  var rule: ValidationRule
  var program: CELProgram?
  var message: CELProgram?
  var usesOldSelf = false
  /// Why the rule cannot run; a CRD with such a rule is refused.
  var problem: String?
  var messageProblem: String?

  init(_ rule: ValidationRule, scope: CELType?, isRoot: Bool) {
    self.rule = rule
    do throws(CELParseError) {
      let compiled = try Self.compile(rule.rule, self: scope, optionalOldSelf: rule.optionalOldSelf)
      if !compiled.type.isBool { problem = "cel expression must evaluate to a bool" }
      program = compiled.program
      usesOldSelf = compiled.program.mentions("oldSelf")
    } catch {
      problem = "compilation failed: \(error.description)"
    }
    guard let text = rule.messageExpression else { return }
    do throws(CELParseError) {
      let compiled = try Self.compile(text, self: scope, optionalOldSelf: false)
      if compiled.type.isString {
        message = compiled.program
      } else {
        messageProblem = "messageExpression must evaluate to a string"
      }
    } catch {
      messageProblem = "messageExpression compilation failed: \(error.description)"
    }
  }

  private static func compile(
    _ text: String, self type: CELType?, optionalOldSelf: Bool
  ) throws(CELParseError) -> (program: CELProgram, type: CELType) {
    let program = try CELProgram(text)
    let own = type ?? .dyn
    let scope: [String: CELType] = ["self": own, "oldSelf": optionalOldSelf ? .optional(own) : own]
    var checker = CELChecker(source: text, scope: scope)
    return (program, try checker.type(of: program.expression))
  }
}

/// The rules of a schema in the shape of the schema: only branches that hold rules.
final class RuleTree: Sendable {
  let schema: Schema
  let rules: [CompiledRule]
  let properties: [String: RuleTree]
  let items: RuleTree?
  let additionalProperties: RuleTree?
  let isRoot: Bool

  /// Nil where the schema and what is below it have no rules.
  init?(_ schema: Schema, isRoot: Bool) {
    let stated = schema.validations + schema.allOf.flatMap(\.validations)
    let type = stated.isEmpty ? nil : CELType(schema, isRoot: isRoot)
    rules = stated.map { CompiledRule($0, scope: type, isRoot: isRoot) }
    var branches: [String: RuleTree] = [:]
    for (name, property) in schema.properties where property.typeName == nil {
      if let branch = RuleTree(property, isRoot: property.embeddedResource) { branches[name] = branch }
    }
    properties = branches
    items = schema.items.flatMap { RuleTree($0, isRoot: $0.embeddedResource) }
    additionalProperties = schema.additionalProperties.flatMap { RuleTree($0, isRoot: $0.embeddedResource) }
    self.schema = schema
    self.isRoot = isRoot
    if rules.isEmpty, properties.isEmpty, items == nil, additionalProperties == nil { return nil }
  }
}
