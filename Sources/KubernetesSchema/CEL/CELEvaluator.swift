/// Evaluates expressions. `&&`, `||` and the quantifiers take a decisive side even where the other is an error.
struct CELEvaluator {
  private var variables: [String: CELValue]
  private var steps = 0

  /// A bound on work, in place of cel-go's cost budget.
  private static let stepLimit = 10_000_000

  init(variables: [String: CELValue]) { self.variables = variables }

  mutating func value(of expression: CELExpression) throws(CELError) -> CELValue {
    steps += 1
    guard steps < Self.stepLimit else { throw CELError("operation cancelled: actual cost limit exceeded") }
    switch expression.form {
    case .literal(let value): return value
    case .name(let name): return try named(name)
    case .select(let operand, let field, let isTest, let isOptional):
      return try select(operand, field, isTest: isTest, isOptional: isOptional)
    case .index(let operand, let key, let isOptional):
      return try index(try value(of: operand), try value(of: key), isOptional: isOptional)
    case .list(let elements):
      var out: [CELValue] = []
      for element in elements { out.append(try value(of: element)) }
      return .list(out)
    case .map(let entries):
      var out: [CELValue: CELValue] = [:]
      for entry in entries { out[try value(of: entry.key).key] = try value(of: entry.value) }
      return .map(out)
    case .call(let name, let target, let arguments): return try call(name, target, arguments)
    case .macro(let macro): return try self.macro(macro)
    }
  }

  private func named(_ name: String) throws(CELError) -> CELValue {
    if let value = variables[name] { return value }
    if ["int", "uint", "double", "string", "bool", "bytes", "list", "map", "null_type", "type"].contains(name) {
      return .type(name)
    }
    throw CELError("no such attribute(s): \(name)")
  }

  private mutating func select(
    _ operand: CELExpression, _ field: String, isTest: Bool, isOptional: Bool
  ) throws(CELError) -> CELValue {
    if case .name("google") = operand.form { throw CELError("no such attribute(s): google.\(field)") }
    let value = try value(of: operand)
    if case .optional(let inner) = value {
      guard case .map(let members)? = inner, let member = members[.string(field)] else {
        return isTest ? .bool(false) : .optional(nil)
      }
      return isTest ? .bool(true) : .optional(member)
    }
    guard case .map(let members) = value else { throw CELError.noOverload }
    let member = members[.string(field)]
    if isTest { return .bool(member != nil) }
    if isOptional { return .optional(member) }
    guard let member else { throw CELError("no such key: \(field)") }
    return member
  }

  private func index(_ value: CELValue, _ key: CELValue, isOptional: Bool) throws(CELError) -> CELValue {
    switch value {
    case .optional(let inner):
      guard let inner else { return .optional(nil) }
      return try index(inner, key, isOptional: true)
    case .list(let elements):
      guard case .int(let position) = key.key else { throw CELError.noOverload }
      let found = elements.indices.contains(Int(position)) ? elements[Int(position)] : nil
      if isOptional { return .optional(found) }
      guard let found else { throw CELError("index out of bounds: \(position)") }
      return found
    case .map(let members):
      let found = members[key.key]
      if isOptional { return .optional(found) }
      guard let found else {
        throw CELError("no such key: \((try? CELFunctions.text(key)) ?? key.typeName)")
      }
      return found
    default: throw CELError.noOverload
    }
  }

  private mutating func call(
    _ name: String, _ target: CELExpression?, _ arguments: [CELExpression]
  ) throws(CELError) -> CELValue {
    switch name {
    case "_&&_", "_||_": return try logical(arguments[0], arguments[1], decisive: name == "_||_")
    case "_?_:_": return try value(of: arguments[0]).truth() ? try value(of: arguments[1]) : try value(of: arguments[2])
    case "!_": return .bool(try !value(of: arguments[0]).truth())
    default: break
    }
    var values: [CELValue] = []
    if let target, case .name("optional") = target.form {
      for argument in arguments { values.append(try value(of: argument)) }
      return try CELFunctions.optional(name, values)
    }
    if let target { values.append(try value(of: target)) }
    for argument in arguments { values.append(try value(of: argument)) }
    if values.count == 2, let result = try CELOperators.apply(name, values[0], values[1]) { return result }
    return try CELFunctions.call(name, isMethod: target != nil, values)
  }

  private mutating func logical(
    _ left: CELExpression, _ right: CELExpression, decisive: Bool
  ) throws(CELError) -> CELValue {
    let failure: CELError
    do throws(CELError) {
      let first = try value(of: left).truth()
      return .bool(first == decisive ? decisive : try value(of: right).truth())
    } catch {
      failure = error
    }
    do throws(CELError) {
      if try value(of: right).truth() == decisive { return .bool(decisive) }
    } catch {
      throw failure
    }
    throw failure
  }

  private mutating func macro(_ macro: CELMacro) throws(CELError) -> CELValue {
    let range = try value(of: macro.range)
    switch macro.kind {
    case .bind: return try with(macro.variable, range, macro.body)
    case .optMap, .optFlatMap:
      guard case .optional(let inner) = range else { throw CELError.noOverload }
      guard let inner else { return .optional(nil) }
      let result = try with(macro.variable, inner, macro.body)
      return macro.kind == .optMap ? .optional(result) : result
    case .all: return try quantify(macro, range, decisive: false)
    case .exists: return try quantify(macro, range, decisive: true)
    case .existsOne:
      var count = 0
      for element in try elements(range, pairs: macro.second != nil) where try holds(macro, element) { count += 1 }
      return .bool(count == 1)
    case .filter:
      var out: [CELValue] = []
      for element in try elements(range, pairs: false) where try holds(macro, element) { out.append(element.key) }
      return .list(out)
    case .map:
      var out: [CELValue] = []
      for element in try elements(range, pairs: false) {
        if let condition = macro.condition, try !with(macro.variable, element.key, condition).truth() { continue }
        out.append(try with(macro.variable, element.key, macro.body))
      }
      return .list(out)
    }
  }

  private mutating func quantify(_ macro: CELMacro, _ range: CELValue, decisive: Bool) throws(CELError) -> CELValue {
    var failure: CELError?
    for element in try elements(range, pairs: macro.second != nil) {
      do throws(CELError) {
        if try holds(macro, element) == decisive { return .bool(decisive) }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return .bool(!decisive)
  }

  private func elements(_ range: CELValue, pairs: Bool) throws(CELError) -> [(key: CELValue, value: CELValue)] {
    switch range {
    case .list(let elements):
      return elements.enumerated().map { pairs ? (.int(Int64($0)), $1) : ($1, $1) }
    case .map(let members):
      // In the order of keys, so that results do not depend on hashing.
      return members.sorted { $0.key.order($1.key) == .less }.map { ($0.key, $0.value) }
    default: throw CELError.noOverload
    }
  }

  private mutating func holds(_ macro: CELMacro, _ element: (key: CELValue, value: CELValue)) throws(CELError) -> Bool {
    guard let second = macro.second else { return try with(macro.variable, element.key, macro.body).truth() }
    let saved = variables[second]
    defer { variables[second] = saved }
    variables[second] = element.value
    return try with(macro.variable, element.key, macro.body).truth()
  }

  private mutating func with(_ name: String, _ bound: CELValue, _ body: CELExpression) throws(CELError) -> CELValue {
    let saved = variables[name]
    defer { variables[name] = saved }
    variables[name] = bound
    return try value(of: body)
  }
}
