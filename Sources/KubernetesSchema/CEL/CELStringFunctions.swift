extension CELFunctions {
  static let stringNames: Set<String> = [
    "startsWith", "endsWith", "contains", "matches", "lowerAscii", "upperAscii", "trim", "split", "replace",
    "substring",
    "charAt", "indexOf", "lastIndexOf", "find", "findAll", "reverse",
  ]

  /// A method of a string; nil where it is none.
  static func string(_ name: String, _ target: CELValue, _ arguments: [CELValue]) throws(CELError) -> CELValue? {
    guard case .string(let text) = target, stringNames.contains(name) else { return nil }
    switch (name, arguments.first) {
    case ("startsWith", .string(let part)?): return .bool(text.utf8.starts(with: part.utf8))
    case ("endsWith", .string(let part)?): return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
    case ("contains", .string(let part)?): return .bool(indices(of: part, in: text, limit: 1).isEmpty == false)
    case ("matches", .string(let source)?): return .bool(try pattern(source).matches(text))
    case ("lowerAscii", nil): return .string(mapped(text, 65...90) { $0 + 32 })
    case ("upperAscii", nil): return .string(mapped(text, 97...122) { $0 - 32 })
    case ("trim", nil): return .string(trimmed(text))
    case ("reverse", nil): return .string(joined(text.unicodeScalars.reversed()))
    case ("charAt", .int(let position)?):
      let scalars = Array(text.unicodeScalars)
      if position == scalars.count { return .string("") }
      guard scalars.indices.contains(Int(position)) else { throw CELError("index out of range: \(position)") }
      return .string(String(scalars[Int(position)]))
    case ("indexOf", .string(let part)?): return .int(try indexOf(text, part, arguments, last: false))
    case ("lastIndexOf", .string(let part)?): return .int(try indexOf(text, part, arguments, last: true))
    case ("split", .string(let separator)?):
      return .list(split(text, separator, limit: count(arguments)).map(CELValue.string))
    case ("replace", .string(let old)?):
      guard arguments.count >= 2, case .string(let new) = arguments[1] else { throw CELError.noOverload }
      let limit = arguments.count > 2 ? count(Array(arguments.dropFirst())) : nil
      return .string(replaced(text, old, new, limit: limit))
    case ("substring", .int(let start)?): return .string(try substring(text, Int(start), arguments))
    case ("find", .string(let source)?): return .string(try found(text, source, limit: 1).first ?? "")
    case ("findAll", .string(let source)?):
      return .list(try found(text, source, limit: count(arguments)).map(CELValue.string))
    default: throw CELError.noOverload
    }
  }

  private static func count(_ arguments: [CELValue]) -> Int? {
    guard arguments.count > 1, case .int(let limit) = arguments[1], limit >= 0 else { return nil }
    return Int(limit)
  }

  static func pattern(_ source: String) throws(CELError) -> Pattern {
    do throws(PatternError) { return try Pattern(source) } catch { throw CELError(error.description) }
  }

  private static func joined(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var out = String.UnicodeScalarView()
    out.append(contentsOf: scalars)
    return String(out)
  }

  private static func mapped(_ text: String, _ range: ClosedRange<UInt8>, _ change: (UInt8) -> UInt8) -> String {
    String(decoding: text.utf8.map { range.contains($0) ? change($0) : $0 }, as: UTF8.self)
  }

  private static func trimmed(_ text: String) -> String {
    var view = text.unicodeScalars[...]
    while let first = view.first, first.properties.isWhitespace { view = view.dropFirst() }
    while let last = view.last, last.properties.isWhitespace { view = view.dropLast() }
    return String(view)
  }

  /// Where a part begins, in scalars; occurrences do not overlap.
  private static func indices(of part: String, in text: String, limit: Int? = nil) -> [Int] {
    let haystack = Array(text.unicodeScalars)
    let needle = Array(part.unicodeScalars)
    var out: [Int] = []
    var position = 0
    while position + needle.count <= haystack.count, out.count < limit ?? .max {
      if haystack[position..<position + needle.count].elementsEqual(needle) {
        out.append(position)
        position += max(1, needle.count)
      } else {
        position += 1
      }
    }
    return out
  }

  private static func indexOf(
    _ text: String, _ part: String, _ arguments: [CELValue], last: Bool
  ) throws(CELError) -> Int64 {
    let length = text.unicodeScalars.count
    var bound = last ? length : 0
    if arguments.count > 1 {
      guard case .int(let given) = arguments[1] else { throw CELError.noOverload }
      guard (0...Int64(length)).contains(given) else { throw CELError("index out of range: \(given)") }
      bound = Int(given)
    }
    let haystack = Array(text.unicodeScalars)
    let needle = Array(part.unicodeScalars)
    let candidates = (0...length).filter { last ? $0 <= bound : $0 >= bound }
    func matches(_ start: Int) -> Bool {
      start + needle.count <= length && haystack[start..<start + needle.count].elementsEqual(needle)
    }
    let found = last ? candidates.last(where: matches) : candidates.first(where: matches)
    return Int64(found ?? -1)
  }

  private static func split(_ text: String, _ separator: String, limit: Int?) -> [String] {
    if limit == 0 { return [] }
    let scalars = Array(text.unicodeScalars)
    let width = separator.unicodeScalars.count
    if width == 0 {
      let whole = scalars.map { String($0) }
      guard let limit, limit < whole.count else { return whole }
      return Array(whole.prefix(limit - 1)) + [whole.dropFirst(limit - 1).joined()]
    }
    var out: [String] = []
    var start = 0
    for index in indices(of: separator, in: text, limit: limit.map { $0 - 1 }) {
      out.append(joined(scalars[start..<index]))
      start = index + width
    }
    out.append(joined(scalars[start...]))
    return out
  }

  private static func replaced(_ text: String, _ old: String, _ new: String, limit: Int?) -> String {
    let scalars = Array(text.unicodeScalars)
    let width = old.unicodeScalars.count
    if width == 0 { return text }
    var out = ""
    var start = 0
    for index in indices(of: old, in: text, limit: limit) {
      out += joined(scalars[start..<index]) + new
      start = index + width
    }
    return out + joined(scalars[start...])
  }

  private static func substring(_ text: String, _ start: Int, _ arguments: [CELValue]) throws(CELError) -> String {
    let scalars = Array(text.unicodeScalars)
    var end = scalars.count
    if arguments.count > 1 {
      guard case .int(let given) = arguments[1] else { throw CELError.noOverload }
      guard given >= 0, given <= end else { throw CELError("index out of range: \(given)") }
      end = Int(given)
    }
    guard start >= 0, start <= scalars.count else { throw CELError("index out of range: \(start)") }
    guard start <= end else { throw CELError("invalid substring range. start: \(start), end: \(end)") }
    return joined(scalars[start..<end])
  }

  private static func found(_ text: String, _ source: String, limit: Int?) throws(CELError) -> [String] {
    let pattern = try pattern(source)
    let scalars = Array(text.unicodeScalars)
    var out: [String] = []
    var position = 0
    while out.count < limit ?? .max, let range = pattern.firstRange(in: scalars, from: position) {
      out.append(joined(scalars[range]))
      position = range.isEmpty ? range.upperBound + 1 : range.upperBound
    }
    return out
  }
}
