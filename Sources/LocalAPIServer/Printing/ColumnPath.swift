import JSON

/// A JSONPath as printer columns use it: members, positions, `*` and filters such as `[?(@.type=="Ready")]`
/// (https://kubernetes.io/docs/reference/kubectl/jsonpath/).
struct ColumnPath: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case member(String)
    case index(Int)
    case all
    case filter(path: [String], comparison: String, value: JSONValue?)
  }

  private(set) var steps: [Step] = []

  /// Reads the text; what it cannot read selects nothing.
  init(_ text: String) {
    var rest = Substring(text)
    if rest.hasPrefix("{"), rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
    while let first = rest.first {
      if first == "." {
        rest = rest.dropFirst()
        let name = Self.name(&rest)
        if name == "*" { steps.append(.all) } else if !name.isEmpty { steps.append(.member(name)) }
      } else if first == "[", let end = Self.closing(rest) {
        let inner = rest[rest.index(after: rest.startIndex)..<end]
        steps.append(Self.bracket(inner))
        rest = rest[rest.index(after: end)...]
      } else {
        steps.append(.member(Self.name(&rest)))
      }
    }
  }

  private static func name(_ rest: inout Substring) -> String {
    var out = ""
    while let character = rest.first, character != ".", character != "[" {
      rest = rest.dropFirst()
      if character == "\\", let next = rest.first {
        out.append(next)
        rest = rest.dropFirst()
      } else {
        out.append(character)
      }
    }
    return out
  }

  private static func closing(_ text: Substring) -> Substring.Index? {
    var quote: Character?
    var depth = 0
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "[" {
        depth += 1
      } else if character == "]" {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }

  private static func bracket(_ inner: Substring) -> Step {
    if inner == "*" { return .all }
    if let index = Int(inner) { return .index(index) }
    if inner.hasPrefix("?("), inner.hasSuffix(")") { return filter(inner.dropFirst(2).dropLast()) }
    return .member(String(inner.filter { $0 != "'" && $0 != "\"" }))
  }

  private static func filter(_ text: Substring) -> Step {
    for comparison in ["==", "!=", "<=", ">=", "<", ">"] {
      guard let range = text.firstRange(of: comparison) else { continue }
      let right = trimmed(text[range.upperBound...])
      let value: JSONValue
      if let quote = right.first, quote == "\"" || quote == "'" {
        value = .string(String(right.dropFirst().dropLast()))
      } else {
        value = (try? JSONValue(parsing: String(right))) ?? .string(String(right))
      }
      return .filter(path: members(text[..<range.lowerBound]), comparison: comparison, value: value)
    }
    return .filter(path: members(text), comparison: "", value: nil)
  }

  private static func members(_ text: Substring) -> [String] {
    trimmed(text).split(separator: ".").map(String.init).filter { $0 != "@" }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var out = text.drop { $0 == " " }
    while out.last == " " { out = out.dropLast() }
    return out
  }

  /// The values that the path leads to.
  func values(in object: JSONValue) -> [JSONValue] {
    steps.reduce([object]) { values, step in values.flatMap { Self.follow(step, $0) } }
  }

  private static func follow(_ step: Step, _ value: JSONValue) -> [JSONValue] {
    switch step {
    case .member(let name): return value[name].map { [$0] } ?? []
    case .index(let index):
      let items = value.array ?? []
      return value[index < 0 ? items.count + index : index].map { [$0] } ?? []
    case .all:
      if let members = value.object { return members.sorted { $0.key < $1.key }.map(\.value) }
      return value.array ?? []
    case .filter(let path, let comparison, let wanted):
      return (value.array ?? []).filter { item in
        guard let found = item[path: path] else { return false }
        guard let wanted else { return true }
        return compare(found, comparison, wanted)
      }
    }
  }

  private static func compare(_ found: JSONValue, _ comparison: String, _ wanted: JSONValue) -> Bool {
    switch comparison {
    case "==": return found == wanted
    case "!=": return found != wanted
    default: break
    }
    guard let left = found.double, let right = wanted.double else { return false }
    return switch comparison {
    case "<": left < right
    case "<=": left <= right
    case ">": left > right
    default: left >= right
    }
  }
}
