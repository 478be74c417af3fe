/// Parses expressions by precedence climbing (the grammar of the CEL specification).
struct CELParser {
  private let source: String
  private let tokens: [(token: CELToken, position: Int)]
  private var index = 0
  private var depth = 0

  /// cel-go refuses deeper recursion too.
  private static let depthLimit = 250

  init(_ source: String) throws(CELParseError) {
    self.source = source
    var lexer = CELLexer(source)
    tokens = try lexer.tokens()
  }

  mutating func parse() throws(CELParseError) -> CELExpression {
    let expression = try conditional()
    guard peek == .end else { throw unexpected() }
    return expression
  }

  private var peek: CELToken { tokens[index].token }
  private var place: Int { tokens[index].position }

  private mutating func eat(_ symbol: String) -> Bool {
    guard peek == .symbol(symbol) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ symbol: String) throws(CELParseError) {
    guard eat(symbol) else { throw unexpected(expecting: "'\(symbol)'") }
  }

  private func unexpected(expecting: String? = nil) -> CELParseError {
    let shown: String
    switch peek {
    case .end: shown = "<EOF>"
    case .identifier(let name): shown = name
    case .symbol(let symbol): shown = symbol
    case .int(let number), .uint(let number): shown = String(number)
    case .double(let number): shown = GoText.float(number)
    case .string(let text): shown = GoText.quoted(text)
    case .bytes: shown = "bytes"
    }
    let kind = expecting == nil ? "unexpected token" : "mismatched input '\(shown)'"
    return CELParseError(
      "Syntax error: " + (expecting.map { "\(kind) expecting \($0)" } ?? "mismatched input '\(shown)'"), at: place,
      in: source)
  }

  private mutating func conditional() throws(CELParseError) -> CELExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.depthLimit else {
      throw CELParseError("expression recursion limit exceeded: \(Self.depthLimit)", at: place, in: source)
    }
    let condition = try binary(0)
    let position = place
    guard eat("?") else { return condition }
    let yes = try binary(0)
    try expect(":")
    let no = try conditional()
    return CELExpression(form: .call("_?_:_", target: nil, arguments: [condition, yes, no]), position: position)
  }

  private static let levels: [[String]] = [
    ["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"],
  ]

  private mutating func binary(_ level: Int) throws(CELParseError) -> CELExpression {
    guard level < Self.levels.count else { return try unary() }
    var left = try binary(level + 1)
    while let symbol = Self.levels[level].first(where: { isOperator($0) }) {
      let position = place
      index += 1
      let right = try binary(level + 1)
      let name = symbol == "in" ? "@in" : "_\(symbol)_"
      left = CELExpression(form: .call(name, target: nil, arguments: [left, right]), position: position)
    }
    return left
  }

  private func isOperator(_ symbol: String) -> Bool {
    peek == .symbol(symbol) || symbol == "in" && peek == .identifier("in")
  }

  private mutating func unary() throws(CELParseError) -> CELExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.depthLimit else {
      throw CELParseError("expression recursion limit exceeded: \(Self.depthLimit)", at: place, in: source)
    }
    let position = place
    if eat("!") {
      return CELExpression(form: .call("!_", target: nil, arguments: [try unary()]), position: position)
    }
    if eat("-") {
      if case .int(let number) = peek {
        index += 1
        guard number <= UInt64(Int64.max) + 1 else {
          throw CELParseError("invalid int literal", at: position, in: source)
        }
        let value = number == UInt64(Int64.max) + 1 ? Int64.min : -Int64(number)
        return try member(CELExpression(form: .literal(.int(value)), position: position))
      }
      if case .double(let number) = peek {
        index += 1
        return try member(CELExpression(form: .literal(.double(-number)), position: position))
      }
      return CELExpression(form: .call("-_", target: nil, arguments: [try unary()]), position: position)
    }
    return try member(try primary())
  }

  private mutating func member(_ start: CELExpression) throws(CELParseError) -> CELExpression {
    var out = start
    while true {
      let position = place
      if eat("?.") {
        let name = try identifier()
        out = CELExpression(form: .select(out, field: name, isTest: false, isOptional: true), position: position)
      } else if eat(".") {
        let isOptional = eat("?")
        let name = try identifier()
        if !isOptional, peek == .symbol("(") {
          let call = place
          index += 1
          out = try expand(name, target: out, arguments: try arguments(until: ")"), position: call)
        } else {
          out = CELExpression(
            form: .select(out, field: name, isTest: false, isOptional: isOptional), position: position)
        }
      } else if eat("[?") {
        let key = try conditional()
        try expect("]")
        out = CELExpression(form: .index(out, key, isOptional: true), position: position)
      } else if eat("[") {
        let key = try conditional()
        try expect("]")
        out = CELExpression(form: .index(out, key, isOptional: false), position: position)
      } else {
        return out
      }
    }
  }

  private mutating func identifier() throws(CELParseError) -> String {
    guard case .identifier(let name) = peek else { throw unexpected(expecting: "IDENTIFIER") }
    index += 1
    return name
  }

  private mutating func arguments(until close: String) throws(CELParseError) -> [CELExpression] {
    var out: [CELExpression] = []
    while !eat(close) {
      out.append(try conditional())
      if eat(close) { break }
      try expect(",")
    }
    return out
  }

  private mutating func primary() throws(CELParseError) -> CELExpression {
    let position = place
    let token = peek
    index += 1
    switch token {
    case .int(let number):
      guard let value = Int64(exactly: number) else {
        throw CELParseError("invalid int literal", at: position, in: source)
      }
      return CELExpression(form: .literal(.int(value)), position: position)
    case .uint(let number): return CELExpression(form: .literal(.uint(number)), position: position)
    case .double(let number): return CELExpression(form: .literal(.double(number)), position: position)
    case .string(let text): return CELExpression(form: .literal(.string(text)), position: position)
    case .bytes(let bytes): return CELExpression(form: .literal(.bytes(bytes)), position: position)
    case .symbol("("):
      let inner = try conditional()
      try expect(")")
      return inner
    case .symbol("["): return CELExpression(form: .list(try arguments(until: "]")), position: position)
    case .symbol("{"): return CELExpression(form: .map(try entries()), position: position)
    case .symbol("."): return try primary()
    case .identifier(let name): return try named(name, at: position)
    default:
      index -= 1
      throw unexpected()
    }
  }

  private mutating func named(_ name: String, at position: Int) throws(CELParseError) -> CELExpression {
    switch name {
    case "true": return CELExpression(form: .literal(.bool(true)), position: position)
    case "false": return CELExpression(form: .literal(.bool(false)), position: position)
    case "null": return CELExpression(form: .literal(.null), position: position)
    case "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
      "namespace", "return", "var", "void", "while":
      throw CELParseError("reserved identifier: \(name)", at: position, in: source)
    default: break
    }
    let call = place
    guard eat("(") else { return CELExpression(form: .name(name), position: position) }
    return try expand(name, target: nil, arguments: try arguments(until: ")"), position: call)
  }

  private mutating func entries() throws(CELParseError) -> [(key: CELExpression, value: CELExpression)] {
    var out: [(key: CELExpression, value: CELExpression)] = []
    while !eat("}") {
      let key = try conditional()
      try expect(":")
      out.append((key, try conditional()))
      if eat("}") { break }
      try expect(",")
    }
    return out
  }

  /// A call, or the macro of that name and shape.
  private func expand(
    _ name: String, target: CELExpression?, arguments: [CELExpression], position: Int
  ) throws(CELParseError) -> CELExpression {
    if name == "has", target == nil, arguments.count == 1 {
      guard case .select(let operand, let field, _, _) = arguments[0].form else {
        throw CELParseError("invalid argument to has() macro", at: arguments[0].position, in: source)
      }
      return CELExpression(
        form: .select(operand, field: field, isTest: true, isOptional: false), position: arguments[0].position)
    }
    if let target, case .name("cel") = target.form, name == "bind", arguments.count == 3 {
      let macro = CELMacro(kind: .bind, range: arguments[1], variable: try variable(arguments[0]), body: arguments[2])
      return CELExpression(form: .macro(macro), position: position)
    }
    guard let target, let kind = CELMacro.Kind(rawValue: name), kind != .bind, arguments.count >= 2 else {
      return CELExpression(form: .call(name, target: target, arguments: arguments), position: position)
    }
    var macro = CELMacro(kind: kind, range: target, variable: try variable(arguments[0]), body: arguments[1])
    if arguments.count == 3 {
      switch kind {
      case .map: macro.condition = arguments[1]
      case .all, .exists, .existsOne: macro.second = try variable(arguments[1])
      default: return CELExpression(form: .call(name, target: target, arguments: arguments), position: position)
      }
      macro.body = arguments[2]
    }
    return CELExpression(form: .macro(macro), position: position)
  }

  private func variable(_ expression: CELExpression) throws(CELParseError) -> String {
    guard case .name(let name) = expression.form else {
      throw CELParseError("argument must be a simple name", at: expression.position, in: source)
    }
    return name
  }
}
