/// Reads RE2's syntax (https://github.com/google/re2/wiki/Syntax), without named Unicode scripts.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private let text: String
  private var position = 0
  private var ignoresCase = false
  private var multiline = false
  private var dotMatchesNewline = false
  private var depth = 0

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  mutating func parse() throws(PatternError) -> PatternTree {
    let tree = try alternatives()
    if position < scalars.count { throw PatternError("unexpected )", text) }
    return tree
  }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func eat(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }

  private mutating func alternatives() throws(PatternError) -> PatternTree {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { throw PatternError("expression nests too deeply", text) }
    var options = [try sequence()]
    while eat("|") { options.append(try sequence()) }
    return options.count == 1 ? options[0] : .alternatives(options)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let next = peek, next != "|", next != ")" {
      let start = position
      var part = try atom()
      var repeats = 0
      while let range = try repetition() {
        repeats += 1
        if repeats > 1 {
          throw PatternError("invalid nested repetition operator", slice(start, position))
        }
        part = .repeated(part, minimum: range.minimum, maximum: range.maximum)
        _ = eat("?")
      }
      parts.append(part)
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private func slice(_ start: Int, _ end: Int) -> String {
    var out = String.UnicodeScalarView()
    out.append(contentsOf: scalars[start..<end])
    return String(out)
  }

  private mutating func repetition() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
    switch peek {
    case "*":
      position += 1
      return (0, nil)
    case "+":
      position += 1
      return (1, nil)
    case "?":
      position += 1
      return (0, 1)
    case "{": return try bounds()
    default: return nil
    }
  }

  /// `{2}`, `{2,}`, `{2,5}`; anything else is a literal brace.
  private mutating func bounds() throws(PatternError) -> (minimum: Int, maximum: Int?)? {
    let start = position
    position += 1
    guard let minimum = number() else {
      position = start
      return nil
    }
    var maximum: Int? = minimum
    if eat(",") { maximum = number() }
    guard eat("}") else {
      position = start
      return nil
    }
    guard minimum <= 1000, (maximum ?? 0) <= 1000, maximum.map({ $0 >= minimum }) ?? true else {
      throw PatternError("invalid repeat count", slice(start, position))
    }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    let start = position
    while let next = peek, ScalarSet.digit.contains(next), position - start < 6 { position += 1 }
    return Int(slice(start, position))
  }

  private mutating func atom() throws(PatternError) -> PatternTree {
    let scalar = scalars[position]
    position += 1
    switch scalar {
    case ".": return .set(dotMatchesNewline ? .all : .allButNewline)
    case "^": return .assertion(multiline ? .lineStart : .textStart)
    case "$": return .assertion(multiline ? .lineEnd : .textEnd)
    case "[": return .set(try bracket())
    case "(": return try group()
    case "*", "+", "?": throw PatternError("missing argument to repetition operator", String(scalar))
    case "\\": return try escape()
    case "{":
      let rest = position
      position -= 1
      if try bounds() != nil { throw PatternError("missing argument to repetition operator", "{") }
      position = rest
      return literal(scalar)
    default: return literal(scalar)
    }
  }

  private func literal(_ scalar: Unicode.Scalar) -> PatternTree {
    let set = ScalarSet.only(scalar)
    return .set(ignoresCase ? set.ignoringCase : set)
  }

  private mutating func group() throws(PatternError) -> PatternTree {
    let saved = (ignoresCase, multiline, dotMatchesNewline)
    if eat("?") {
      if eat("P") { _ = peek }
      if eat("<") {
        guard peek != "=", peek != "!" else {
          throw PatternError("invalid or unsupported Perl syntax", "(?<" + String(peek ?? "="))
        }
        while let next = peek, next != ">" {
          position += 1
          _ = next
        }
        _ = eat(">")
      } else if try !flags() {
        return .empty
      }
    }
    let tree = try alternatives()
    guard eat(")") else { throw PatternError("missing closing )", text) }
    (ignoresCase, multiline, dotMatchesNewline) = saved
    return tree
  }

  /// Flags of a group; false where they hold for the rest of the enclosing group: `(?i)`.
  private mutating func flags() throws(PatternError) -> Bool {
    let start = position
    var value = true
    while let next = peek {
      position += 1
      switch next {
      case "i": ignoresCase = value
      case "m": multiline = value
      case "s": dotMatchesNewline = value
      case "U": break
      case "-": value = false
      case ":": return true
      case ")": return false
      default: throw PatternError("invalid or unsupported Perl syntax", "(?" + slice(start, position))
      }
    }
    throw PatternError("missing closing )", text)
  }

  private mutating func escape() throws(PatternError) -> PatternTree {
    guard let next = peek else { throw PatternError("trailing backslash at end of expression", "") }
    switch next {
    case "b":
      position += 1
      return .assertion(.wordBoundary)
    case "B":
      position += 1
      return .assertion(.noWordBoundary)
    case "A":
      position += 1
      return .assertion(.textStart)
    case "z":
      position += 1
      return .assertion(.textEnd)
    default:
      let set = try escapedSet()
      return .set(ignoresCase ? set.ignoringCase : set)
    }
  }

  /// The set that an escape stands for; the backslash is read already.
  private mutating func escapedSet() throws(PatternError) -> ScalarSet {
    guard let next = peek else { throw PatternError("trailing backslash at end of expression", "") }
    position += 1
    switch next {
    case "d": return .digit
    case "D": return ScalarSet(ranges: ScalarSet.digit.complement)
    case "w": return .word
    case "W": return ScalarSet(ranges: ScalarSet.word.complement)
    case "s": return .space
    case "S": return ScalarSet(ranges: ScalarSet.space.complement)
    case "n": return .only("\n")
    case "r": return .only("\r")
    case "t": return .only("\t")
    case "f": return .only("\u{0C}")
    case "v": return .only("\u{0B}")
    case "a": return .only("\u{07}")
    case "x": return .only(try hexadecimal())
    case "p", "P": return try category(isNegated: next == "P")
    default:
      if ScalarSet.word.contains(next), next != "_" {
        throw PatternError("invalid escape sequence", "\\" + String(next))
      }
      return .only(next)
    }
  }

  private mutating func hexadecimal() throws(PatternError) -> Unicode.Scalar {
    let start = position
    var digits = ""
    if eat("{") {
      while let next = peek, next != "}" {
        digits.unicodeScalars.append(next)
        position += 1
      }
      _ = eat("}")
    } else {
      while let next = peek, digits.count < 2 {
        digits.unicodeScalars.append(next)
        position += 1
      }
    }
    guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
      throw PatternError("invalid escape sequence", "\\x" + slice(start, position))
    }
    return scalar
  }

  /// `\pL`, `\p{Lu}`: letters, digits and the like, of ASCII and Latin-1; beyond, letters only.
  private mutating func category(isNegated: Bool) throws(PatternError) -> ScalarSet {
    var name = ""
    if eat("{") {
      while let next = peek, next != "}" {
        name.unicodeScalars.append(next)
        position += 1
      }
      _ = eat("}")
    } else if let next = peek {
      name = String(next)
      position += 1
    }
    let sets: [String: ScalarSet] = [
      "L": ScalarSet(ranges: [
        65...90, 97...122, 0xAA...0xAA, 0xB5...0xB5, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x1FFF,
        0x2C00...0xD7FF, 0xF900...0xFDFF, 0x10000...0x1EFFF, 0x20000...0x3FFFF,
      ]),
      "Lu": ScalarSet(ranges: [65...90, 0xC0...0xD6, 0xD8...0xDE]),
      "Ll": ScalarSet(ranges: [97...122, 0xDF...0xF6, 0xF8...0xFF]),
      "N": .digit, "Nd": .digit,
      "P": ScalarSet(ranges: [
        33...35, 37...42, 44...47, 58...59, 63...64, 91...93, 95...95,
        123...123, 125...125,
      ]),
      "Z": ScalarSet(ranges: [32...32, 0xA0...0xA0, 0x2000...0x200A]),
    ]
    guard let set = sets[name] else { throw PatternError("invalid character class range", "\\p{\(name)}") }
    return isNegated ? ScalarSet(ranges: set.complement) : set
  }

  private mutating func bracket() throws(PatternError) -> ScalarSet {
    let start = position - 1
    var set = ScalarSet(ranges: [])
    let isNegated = eat("^")
    var isFirst = true
    while true {
      guard let next = peek else { throw PatternError("missing closing ]", slice(start, scalars.count)) }
      if next == "]", !isFirst {
        position += 1
        break
      }
      isFirst = false
      if next == "[", position + 1 < scalars.count, scalars[position + 1] == ":", let named = namedClass() {
        set.ranges += named
        continue
      }
      let low = try element()
      guard low.ranges.count == 1, let from = low.ranges.first, from.lowerBound == from.upperBound, peek == "-",
        position + 1 < scalars.count, scalars[position + 1] != "]"
      else {
        set.ranges += low.ranges
        continue
      }
      position += 1
      let high = try element()
      guard let to = high.ranges.first, high.ranges.count == 1, to.lowerBound >= from.lowerBound else {
        throw PatternError("invalid character class range", slice(position - 3, position))
      }
      set.ranges.append(from.lowerBound...to.upperBound)
    }
    if ignoresCase { set = set.ignoringCase }
    set.isNegated = isNegated
    return set
  }

  private mutating func element() throws(PatternError) -> ScalarSet {
    let scalar = scalars[position]
    position += 1
    return scalar == "\\" ? try escapedSet() : .only(scalar)
  }

  private mutating func namedClass() -> [ClosedRange<UInt32>]? {
    let classes: [String: [ClosedRange<UInt32>]] = [
      "alpha": [65...90, 97...122], "digit": [48...57], "alnum": [48...57, 65...90, 97...122], "lower": [97...122],
      "upper": [65...90], "space": [9...13, 32...32], "word": ScalarSet.word.ranges,
      "xdigit": [48...57, 65...70, 97...102], "punct": [33...47, 58...64, 91...96, 123...126], "print": [32...126],
    ]
    for (name, ranges) in classes {
      let token = Array("[:\(name):]".unicodeScalars)
      if position + token.count <= scalars.count, Array(scalars[position..<position + token.count]) == token {
        position += token.count
        return ranges
      }
    }
    return nil
  }
}
