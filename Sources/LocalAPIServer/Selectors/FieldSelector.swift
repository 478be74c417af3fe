import JSON

/// A field selector (`metadata.name=a,status.phase!=Running`): equalities on a few fields that a kind supports.
struct FieldSelector: Sendable, Hashable {
  struct Term: Sendable, Hashable {
    let field: String
    let value: String
    let equal: Bool
  }

  let terms: [Term]

  static let everything = FieldSelector(terms: [])

  private init(terms: [Term]) { self.terms = terms }

  /// Parses the text form and refuses fields that the resource does not support, in upstream's words.
  init(_ text: String, resource: Resource) throws {
    var terms: [Term] = []
    for part in Self.parts(text) where !part.isEmpty {
      let term = try Self.term(part, of: text)
      try resource.fields.check(term.field)
      terms.append(term)
    }
    self.terms = terms
  }

  /// A field selector that is no resource's business, such as the one of a deletion; nothing is refused.
  func matches(_ object: JSONValue, fields: SelectableFields) -> Bool {
    terms.allSatisfy { (fields.value($0.field, of: object) == $0.value) == $0.equal }
  }

  private static func parts(_ text: String) -> [String] {
    var parts = [""]
    var escaped = false
    for character in text {
      if escaped {
        parts[parts.count - 1] += "\\" + String(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == "," {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  private static func term(_ part: String, of text: String) throws -> Term {
    for (sign, equal) in [("!=", false), ("==", true), ("=", true)] {
      guard let range = part.firstRange(of: sign) else { continue }
      let value = part[range.upperBound...]
      return Term(field: String(part[..<range.lowerBound]), value: unescaped(value), equal: equal)
    }
    throw StatusError.badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
  }

  private static func unescaped(_ text: Substring) -> String {
    var out = ""
    var escaped = false
    for character in text {
      if escaped || character != "\\" {
        out.append(character)
        escaped = false
      } else {
        escaped = true
      }
    }
    return out
  }
}
