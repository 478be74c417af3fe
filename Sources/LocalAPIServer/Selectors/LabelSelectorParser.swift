/// Reads the text form of label selectors: the grammar of `k8s.io/apimachinery/pkg/labels`, with its messages.
struct LabelSelectorParser {
  private enum Token: Equatable {
    case end, identifier(String), symbol(String)

    var text: String {
      switch self {
      case .end: ""
      case .identifier(let text), .symbol(let text): text
      }
    }
  }

  private var tokens: [Token] = []
  private var position = 0

  init(_ text: String) {
    let characters = Array(text)
    var index = 0
    while index < characters.count {
      let character = characters[index]
      if character == " " || character == "\t" || character == "\n" || character == "\r" {
        index += 1
      } else if Self.isSymbol(character) {
        var symbol = String(character)
        index += 1
        while index < characters.count, Self.symbols.contains(symbol + String(characters[index])) {
          symbol.append(characters[index])
          index += 1
        }
        tokens.append(.symbol(symbol))
      } else {
        var word = ""
        while index < characters.count, !Self.isSymbol(characters[index]), !characters[index].isWhitespace {
          word.append(characters[index])
          index += 1
        }
        tokens.append(.identifier(word))
      }
    }
  }

  private static let symbols: Set<String> = ["=", "==", "!=", "!", "(", ")", ",", "<", ">"]

  private static func isSymbol(_ character: Character) -> Bool { "=!(),<>".contains(character) }

  private var current: Token { position < tokens.count ? tokens[position] : .end }

  private mutating func take() -> Token {
    defer { position += 1 }
    return current
  }

  private func refuse(_ problem: String) -> StatusError {
    .badRequest("unable to parse requirement: \(problem)")
  }

  mutating func requirements() throws -> [LabelSelector.Requirement] {
    var out: [LabelSelector.Requirement] = []
    if current == .end { return out }
    while true {
      out.append(try requirement())
      switch take() {
      case .end: return out
      case .symbol(","):
        if case .identifier = current { continue }
        if current == .symbol("!") { continue }
        throw refuse("found '\(current.text)', expected: identifier after ','")
      case let other: throw refuse("found '\(other.text)', expected: ',' or 'end of string'")
      }
    }
  }

  private mutating func requirement() throws -> LabelSelector.Requirement {
    var absent = false
    if current == .symbol("!") {
      absent = true
      position += 1
    }
    guard case .identifier(let key) = take() else {
      position -= 1
      throw refuse("found '\(current.text)', expected: identifier")
    }
    if let problem = LabelSyntax.keyProblem(key) { throw refuse(problem) }
    if absent { return .init(key: key, operator: .absent, values: []) }
    switch current {
    case .end, .symbol(","): return .init(key: key, operator: .exists, values: [])
    default: break
    }
    switch take() {
    case .symbol("="), .symbol("=="): return try exact(key, .equals)
    case .symbol("!="): return try exact(key, .notEquals)
    case .symbol(">"): return try exact(key, .greater)
    case .symbol("<"): return try exact(key, .less)
    case .identifier("in"): return .init(key: key, operator: .isIn, values: try set())
    case .identifier("notin"): return .init(key: key, operator: .notIn, values: try set())
    case let other:
      throw refuse("found '\(other.text)', expected: in, notin, =, ==, !=, gt, lt")
    }
  }

  private mutating func exact(_ key: String, _ kind: LabelSelector.Operator) throws -> LabelSelector.Requirement {
    switch current {
    case .end, .symbol(","): return .init(key: key, operator: kind, values: [""])
    case .identifier(let value):
      position += 1
      if let problem = LabelSyntax.valueProblem(value) { throw refuse(problem) }
      return .init(key: key, operator: kind, values: [value])
    case let other: throw refuse("found '\(other.text)', expected: identifier")
    }
  }

  private mutating func set() throws -> [String] {
    guard case .symbol("(") = take() else {
      position -= 1
      throw refuse("found '\(current.text)' expected: '('")
    }
    var values: [String] = []
    while true {
      switch take() {
      case .identifier(let value):
        values.append(value)
        switch take() {
        case .symbol(","): continue
        case .symbol(")"): return values
        case let other: throw refuse("found '\(other.text)', expected: ',' or ')'")
        }
      case .symbol(")"): return values.isEmpty ? [""] : values
      case .symbol(","): values.append("")
      case let other: throw refuse("found '\(other.text)', expected: ',', ')' or identifier")
      }
    }
  }
}

/// What label keys and values may look like (`k8s.io/apimachinery/pkg/util/validation`).
enum LabelSyntax {
  static func keyProblem(_ key: String) -> String? {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.last ?? ""
    guard parts.count <= 2, isName(name) else {
      return "key: Invalid value: \"\(key)\": name part must consist of alphanumeric characters, '-', '_' or '.', "
        + "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
        + "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    }
    return nil
  }

  static func valueProblem(_ value: String) -> String? {
    if value.isEmpty || isName(Substring(value)) { return nil }
    return "values[0][x]: Invalid value: \"\(value)\": a valid label must be an empty string or consist of "
      + "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
      + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
      + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
  }

  private static func isName(_ text: Substring) -> Bool {
    func alphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return alphanumeric(first) && alphanumeric(last)
      && bytes.allSatisfy { alphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }
}
