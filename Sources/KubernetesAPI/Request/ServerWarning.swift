/// A warning that the API server attached to an answer (the `Warning` header, RFC 7234 section 5.5, code 299), such
/// as the use of a deprecated API or of an unknown field.
public struct ServerWarning: Sendable, Hashable, CustomStringConvertible {
  /// The method and path of the request that was answered.
  public let request: String
  public let message: String

  public init(request: String, message: String) {
    self.request = request
    self.message = message
  }

  public var description: String { "\(message) (\(request))" }

  /// Reads a header's value: any number of `code agent "text" ["date"]`, with commas between; others are skipped.
  static func messages(in header: String) -> [String] {
    var messages: [String] = []
    var rest = Substring(header)
    while let quote = rest.firstIndex(of: "\"") {
      let words = rest[..<quote].split(whereSeparator: { $0 == " " || $0 == "," })
      var text = ""
      var escaped = false
      var end = rest.endIndex
      var index = rest.index(after: quote)
      while index < rest.endIndex {
        let character = rest[index]
        if escaped {
          text.append(character)
          escaped = false
        } else if character == "\\" {
          escaped = true
        } else if character == "\"" {
          end = rest.index(after: index)
          break
        } else {
          text.append(character)
        }
        index = rest.index(after: index)
      }
      // A quoted text without a code before it is the date of the warning before.
      if words.count >= 2, words[words.count - 2] == "299", !text.isEmpty { messages.append(text) }
      rest = rest[end...]
    }
    return messages
  }
}
