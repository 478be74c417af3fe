/// How a field of a message is written.
indirect enum MessageFieldType: Sendable, Hashable {
  case string, integer, boolean, bytes, double, time, microTime, quantity, intOrString, fields
  case message(String)
  case repeated(MessageFieldType)
  case map(MessageFieldType)
  /// A message that wraps a list.
  case items(MessageFieldType)

  init(_ text: Substring) {
    if text.hasPrefix("*") {
      let rest = text.dropFirst()
      self = rest.hasSuffix("!") ? .items(MessageFieldType(rest.dropLast())) : .repeated(MessageFieldType(rest))
      return
    }
    if text.hasPrefix("%") {
      self = .map(MessageFieldType(text.dropFirst()))
      return
    }
    switch text {
    case "s": self = .string
    case "i": self = .integer
    case "b": self = .boolean
    case "y": self = .bytes
    case "d": self = .double
    case "t": self = .time
    case "u": self = .microTime
    case "q": self = .quantity
    case "o": self = .intOrString
    case "f": self = .fields
    default: self = .message(String(text))
    }
  }
}

/// One field of a message.
struct MessageField: Sendable, Hashable {
  let name: String
  let type: MessageFieldType
}

/// The messages by name, read from the table.
enum MessageTypes {
  static let all: [String: [UInt64: MessageField]] = {
    var out: [String: [UInt64: MessageField]] = [:]
    // A line that begins with a space goes on where the one before ended.
    var entries: [String] = []
    for line in messageTable.split(separator: "\n") {
      if line.hasPrefix(" "), let last = entries.indices.last {
        entries[last] += " " + line.drop { $0 == " " }
      } else {
        entries.append(String(line))
      }
    }
    for entry in entries {
      guard let colon = entry.firstIndex(of: ":") else { continue }
      var fields: [UInt64: MessageField] = [:]
      for field in entry[entry.index(after: colon)...].split(separator: ",") {
        let words = field.split(separator: " ")
        guard words.count == 3, let number = UInt64(words[0]) else { continue }
        fields[number] = MessageField(name: String(words[1]), type: MessageFieldType(words[2]))
      }
      out[String(entry[..<colon])] = fields
    }
    return out
  }()
}
