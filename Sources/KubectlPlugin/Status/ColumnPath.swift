import CRDTypes
import FoundationEssentials
import JSON

/// Reads the value of a printer column: the JSONPath that this project's columns use, members and one filter by type.
struct ColumnPath: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case member(String)
    /// The element of a list whose `type` is this.
    case ofType(String)
  }

  let steps: [Step]

  /// Nil for a path that this reads not.
  init?(_ text: String) {
    var steps: [Step] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "." {
        rest.removeFirst()
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else { return nil }
        steps.append(.member(String(name)))
        rest = rest.dropFirst(name.count)
      } else {
        let opening = "[?(@.type==\""
        let closing = "\")]"
        guard rest.hasPrefix(opening) else { return nil }
        rest = rest.dropFirst(opening.count)
        let type = rest.prefix { $0 != "\"" }
        rest = rest.dropFirst(type.count)
        guard !type.isEmpty, rest.hasPrefix(closing) else { return nil }
        steps.append(.ofType(String(type)))
        rest = rest.dropFirst(closing.count)
      }
    }
    self.steps = steps
  }

  func value(in object: JSONValue) -> JSONValue? {
    var value: JSONValue? = object
    for step in steps {
      switch step {
      case .member(let name): value = value?[name]
      case .ofType(let type): value = value?.array?.first { $0["type"]?.string == type }
      }
    }
    return value
  }
}

extension PrinterColumn {
  /// The cell of an object, as `kubectl get` would show it.
  func cell(of object: DynamicObject, at now: Date) -> String {
    guard let value = ColumnPath(path)?.value(in: object.json) else { return "" }
    switch value {
    case .string(let text): return kind == .date ? Age.text(since: text, at: now) : text
    case .integer(let number): return String(number)
    case .null: return ""
    default: return value.text()
    }
  }
}
