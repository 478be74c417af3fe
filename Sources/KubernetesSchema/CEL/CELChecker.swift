/// Checks an expression against the types of its variables before it runs: unknown names and fields, and operands
/// that no overload takes.
struct CELChecker {
  let source: String
  private var scope: [String: CELType]

  init(source: String, scope: [String: CELType]) {
    self.source = source
    self.scope = scope
  }

  private func error(_ reason: String, _ expression: CELExpression) -> CELParseError {
    CELParseError(reason, at: expression.position, in: source)
  }

  mutating func type(of expression: CELExpression) throws(CELParseError) -> CELType {
    switch expression.form {
    case .literal(let value): return Self.type(of: value)
    case .name(let name):
      if let type = scope[name] { return type }
      if ["int", "uint", "double", "string", "bool", "bytes", "list", "map", "null_type", "type"].contains(name) {
        return .type
      }
      throw error("undeclared reference to '\(name)' (in container '')", expression)
    case .select(let operand, let field, let isTest, let isOptional):
      let type = try select(operand, field, expression)
      return isTest ? .bool : isOptional ? .optional(type) : type
    case .index(let operand, let key, let isOptional):
      let type = try index(operand, key, expression)
      return isOptional ? .optional(type) : type
    case .list(let elements): return .list(try common(elements))
    case .map(let entries): return .map(try common(entries.map(\.key)), try common(entries.map(\.value)))
    case .call(let name, let target, let arguments): return try call(name, target, arguments, expression)
    case .macro(let macro): return try self.macro(macro, expression)
    }
  }

  private static func type(of value: CELValue) -> CELType {
    switch value {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    default: .dyn
    }
  }

  private mutating func common(_ elements: [CELExpression]) throws(CELParseError) -> CELType {
    var out: CELType?
    for element in elements {
      let type = try type(of: element)
      out = out.map { $0.meets(type) ? $0 : .dyn } ?? type
    }
    return out ?? .dyn
  }

  private mutating func select(
    _ operand: CELExpression, _ field: String, _ expression: CELExpression
  ) throws(CELParseError) -> CELType {
    var type = try type(of: operand)
    if case .optional(let inner) = type { type = inner }
    switch type {
    case .dyn: return .dyn
    case .map(_, let value): return value
    case .object(let schema, let isRoot):
      for (name, property) in schema.properties where CELSchemaValues.escaped(name) == field {
        if property.typeName == "ObjectMeta" {
          if isRoot || schema.embeddedResource { return .object(Self.metadata, isRoot: false) }
          continue
        }
        if !isRoot, schema.embeddedResource == false, ["apiVersion", "kind"].contains(name), property.source == nil {
          break
        }
        if let fieldType = CELType(property, isRoot: property.embeddedResource) { return fieldType }
      }
      throw error("undefined field '\(field)'", expression)
    default: throw error("type '\(type)' does not support field selection", expression)
    }
  }

  private static let metadata: Schema = {
    var node = SchemaNode(.object)
    for name in ["name", "generateName"] { node.properties[name] = Schema(SchemaNode(.string)) }
    return Schema(node)
  }()

  private mutating func index(
    _ operand: CELExpression, _ key: CELExpression, _ expression: CELExpression
  ) throws(CELParseError) -> CELType {
    let container = try type(of: operand)
    let keyType = try type(of: key)
    switch container {
    case .dyn: return .dyn
    case .list(let element) where keyType.isNumber: return element
    case .map(let expected, let value) where expected.meets(keyType): return value
    case .optional(.list(let element)): return .optional(element)
    case .optional(.map(_, let value)): return .optional(value)
    default: throw noOverload("_[_]", [container, keyType], expression)
    }
  }

  private func noOverload(_ name: String, _ types: [CELType], _ expression: CELExpression) -> CELParseError {
    let shown = types.map(\.description).joined(separator: ", ")
    return error("found no matching overload for '\(name)' applied to '(\(shown))'", expression)
  }

  private mutating func macro(_ macro: CELMacro, _ expression: CELExpression) throws(CELParseError) -> CELType {
    let range = try type(of: macro.range)
    var key = CELType.dyn
    var value = CELType.dyn
    switch range {
    case .list(let element): (key, value) = macro.second == nil ? (element, element) : (.int, element)
    case .map(let mapKey, let mapValue): (key, value) = (mapKey, mapValue)
    case .optional(let inner) where macro.kind == .optMap || macro.kind == .optFlatMap: key = inner
    case .dyn: break
    default:
      if macro.kind == .bind {
        key = range
      } else {
        throw error(
          "expression of type '\(range)' cannot be range of a comprehension (must be list, map, or dynamic)",
          macro.range)
      }
    }
    if macro.kind == .bind { key = range }
    let saved = scope
    defer { scope = saved }
    scope[macro.variable] = key
    if let second = macro.second { scope[second] = value }
    if let condition = macro.condition, try !type(of: condition).isBool {
      throw error("expected type 'bool' but found another", condition)
    }
    let body = try type(of: macro.body)
    switch macro.kind {
    case .all, .exists, .existsOne, .filter:
      guard body.isBool else { throw error("expected type 'bool' but found '\(body)'", macro.body) }
      return macro.kind == .filter ? .list(key) : .bool
    case .map: return .list(body)
    case .bind: return body
    case .optMap: return .optional(body)
    case .optFlatMap: return body
    }
  }

  private mutating func call(
    _ name: String, _ target: CELExpression?, _ arguments: [CELExpression], _ expression: CELExpression
  ) throws(CELParseError) -> CELType {
    if let target, case .name("optional") = target.form, scope["optional"] == nil {
      let types = try types(of: arguments)
      return .optional(types.first ?? .dyn)
    }
    var types: [CELType] = []
    if let target { types.append(try type(of: target)) }
    types += try self.types(of: arguments)
    if name.hasPrefix("_") || name.hasPrefix("!") || name == "@in" || name == "-_" {
      return try operation(name, types, expression)
    }
    guard CELFunctions.names.contains(name) else {
      throw error("undeclared reference to '\(name)' (in container '')", expression)
    }
    guard let result = CELSignatures.result(name, isMethod: target != nil, types) else {
      let shown = types.map(\.description)
      let applied =
        target == nil
        ? "(\(shown.joined(separator: ", ")))"
        : "\(shown[0]).(\(shown.dropFirst().joined(separator: ", ")))"
      throw error("found no matching overload for '\(name)' applied to '\(applied)'", expression)
    }
    return result
  }

  private mutating func types(of expressions: [CELExpression]) throws(CELParseError) -> [CELType] {
    var out: [CELType] = []
    for expression in expressions { out.append(try type(of: expression)) }
    return out
  }

  private func operation(
    _ name: String, _ types: [CELType], _ expression: CELExpression
  ) throws(CELParseError) -> CELType {
    switch name {
    case "_&&_", "_||_", "!_": if types.allSatisfy(\.isBool) { return .bool }
    case "_?_:_":
      if types[0].isBool { return types[1].meets(types[2]) ? (types[1].isDyn ? types[2] : types[1]) : .dyn }
    case "_==_", "_!=_": if types[0].meets(types[1]) { return .bool }
    case "_<_", "_<=_", "_>_", "_>=_":
      if types[0].isNumber && types[1].isNumber { return .bool }
      switch types[0] {
      case .object, .list, .map, .null, .type, .quantity: break
      default: if types[0].meets(types[1]) { return .bool }
      }
    case "@in":
      switch types[1] {
      case .list(let element): if element.meets(types[0]) { return .bool }
      case .map(let key, _): if key.meets(types[0]) { return .bool }
      case .dyn: return .bool
      default: break
      }
    case "-_":
      switch types[0] {
      case .int, .double, .duration, .dyn: return types[0]
      default: break
      }
    default: if let result = CELSignatures.arithmetic(name, types[0], types[1]) { return result }
    }
    throw noOverload(name, types, expression)
  }
}
