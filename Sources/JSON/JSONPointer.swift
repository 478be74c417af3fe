/// A JSON pointer (RFC 6901): the way from a document's root to one of its values.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// The reference tokens, unescaped.
  public var tokens: [String]

  public init(tokens: [String]) { self.tokens = tokens }

  /// Parses the text form; nil where it is neither empty nor starts with `/`.
  public init?(_ text: String) {
    guard !text.isEmpty else {
      tokens = []
      return
    }
    guard text.hasPrefix("/") else { return nil }
    tokens = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(Self.unescaped)
  }

  public var description: String { tokens.map { "/" + Self.escaped($0) }.joined() }

  private static func unescaped(_ token: Substring) -> String {
    var out = ""
    var tilde = false
    for character in token {
      if tilde {
        out.append(character == "1" ? "/" : character == "0" ? "~" : character)
        tilde = false
      } else if character == "~" {
        tilde = true
      } else {
        out.append(character)
      }
    }
    return out
  }

  private static func escaped(_ token: String) -> String {
    var out = ""
    for character in token {
      switch character {
      case "~": out += "~0"
      case "/": out += "~1"
      default: out.append(character)
      }
    }
    return out
  }
}

extension JSONValue {
  /// The value a pointer leads to, or nil where it leads nowhere.
  public subscript(pointer: JSONPointer) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      switch value {
      case .object(let members):
        guard let next = members[token] else { return nil }
        value = next
      case .array(let elements):
        guard let index = Int(token), elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }
}
