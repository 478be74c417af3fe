public import JSON

extension JSONValue {
  /// The value as a YAML document in block style, the way kubectl prints: members sorted, lists at their key's
  /// indentation, strings quoted only where they would read as something else, lines kept as literal blocks.
  ///
  /// Reading it back gives the same value. NaN and infinities, which JSON does not have, are written as null.
  public func yaml() -> String {
    var writer = YAMLWriter()
    writer.root(self)
    return writer.out
  }

  /// Values as one YAML stream, with a `---` line before each but the first.
  public static func yaml(documents: [JSONValue]) -> String {
    documents.map { $0.yaml() }.joined(separator: "---\n")
  }
}

struct YAMLWriter {
  private(set) var out = ""

  /// A key of more bytes is written with `?`: YAML limits the others to 1024 characters.
  private static let longestKey = 500

  mutating func root(_ value: JSONValue) {
    switch value {
    case .array(let elements) where !elements.isEmpty: sequence(elements, indent: 0)
    case .object(let members) where !members.isEmpty: mapping(members, indent: 0, continuing: false)
    default:
      scalar(value, indent: 0)
      out += "\n"
    }
  }

  /// - Parameter continuing: the first key goes on the line that is begun, behind a list's dash.
  private mutating func mapping(_ members: JSONObject, indent: Int, continuing: Bool) {
    var onLine = continuing
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if !onLine { pad(indent) }
      onLine = false
      if key.utf8.count > Self.longestKey {
        out += "? "
        text(key, YAMLText(key: key), indent: indent)
        out += "\n"
        pad(indent)
      } else {
        text(key, YAMLText(key: key), indent: indent)
      }
      out += ":"
      switch value {
      case .object(let members) where !members.isEmpty:
        out += "\n"
        mapping(members, indent: indent + 2, continuing: false)
      case .array(let elements) where !elements.isEmpty:
        out += "\n"
        sequence(elements, indent: indent)
      default:
        out += " "
        scalar(value, indent: indent)
        out += "\n"
      }
    }
  }

  private mutating func sequence(_ elements: [JSONValue], indent: Int, continuing: Bool = false) {
    var onLine = continuing
    for element in elements {
      if !onLine { pad(indent) }
      onLine = false
      out += "- "
      switch element {
      case .object(let members) where !members.isEmpty: mapping(members, indent: indent + 2, continuing: true)
      case .array(let elements) where !elements.isEmpty: sequence(elements, indent: indent + 2, continuing: true)
      default:
        scalar(element, indent: indent)
        out += "\n"
      }
    }
  }

  private mutating func scalar(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: out += "null"
    case .bool(let flag): out += flag ? "true" : "false"
    case .integer(let number): out += String(number)
    case .number(let number): out += number.isFinite ? "\(number)" : "null"
    case .string(let string): text(string, YAMLText(value: string), indent: indent)
    case .array: out += "[]"
    case .object: out += "{}"
    }
  }

  private mutating func text(_ string: String, _ form: YAMLText, indent: Int) {
    switch form {
    case .plain: out += string
    case .single: out += YAMLText.singleQuoted(string)
    case .double: out += YAMLText.doubleQuoted(string)
    case .literal: literal(string, indent: indent + 2)
    }
  }

  /// A literal block, without the newline of its last line.
  private mutating func literal(_ string: String, indent: Int) {
    var lines = string.split(separator: "\n", omittingEmptySubsequences: false)
    var mark = "|-"
    if lines.last?.isEmpty == true {
      lines.removeLast()
      // `|` keeps one line end, `|+` all of them.
      mark = lines.last?.isEmpty == true ? "|+" : "|"
    }
    out += mark
    for line in lines {
      out += "\n"
      if !line.isEmpty {
        pad(indent)
        out += line
      }
    }
  }

  private mutating func pad(_ count: Int) { out += String(repeating: " ", count: count) }
}
