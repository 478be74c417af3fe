import JSON

/// Builds JSON values from YAML events: anchors, aliases, merge keys, tags.
struct YAMLComposer {
  private struct Anchored {
    let value: JSONValue
    /// How many values it consists of.
    let size: Int
  }

  private let events: YAMLEvents
  private var anchors: [String: Anchored] = [:]
  /// Values made so far in this document, and how many of them by aliases.
  private var size = 0
  private var expanded = 0

  /// Deep enough for any manifest, shallow enough for any thread's stack.
  static let maxDepth = 200
  /// How many values the aliases of one document may stand for together: a few lines of nested aliases would
  /// otherwise fill the memory.
  static let maxExpansion = 100_000

  init(_ events: YAMLEvents) { self.events = events }

  /// The documents up to the end of the stream.
  mutating func documents() throws(YAMLError) -> [JSONValue] {
    var out: [JSONValue] = []
    while true {
      switch try events.next() {
      case .streamEnd: return out
      case .documentStart:
        (anchors, size, expanded) = ([:], 0, 0)
        out.append(try value(from: try events.next(), depth: 0))
      default: continue
      }
    }
  }

  private func error(_ code: YAMLError.Code, _ reason: String, at mark: YAMLEvents.Mark? = nil) -> YAMLError {
    let mark = mark ?? events.mark
    return YAMLError(code: code, reason: reason, line: mark.line, column: mark.column)
  }

  private mutating func value(from event: YAMLEvents.Event, depth: Int) throws(YAMLError) -> JSONValue {
    guard depth < Self.maxDepth else { throw error(.tooLarge, "nested deeper than \(Self.maxDepth) levels") }
    let before = size
    size += 1
    let value: JSONValue
    let anchor: String?
    switch event {
    case .alias(let name): return try expand(name)
    case .scalar(let scalar):
      value = try resolve(scalar)
      anchor = scalar.anchor
    case .sequenceStart(let name):
      value = try sequence(depth: depth)
      anchor = name
    case .mappingStart(let name):
      value = try mapping(depth: depth)
      anchor = name
    default: throw error(.syntax, "a value is missing")
    }
    if let anchor { anchors[anchor] = Anchored(value: value, size: size - before) }
    return value
  }

  private mutating func expand(_ name: String) throws(YAMLError) -> JSONValue {
    // An anchor is known only behind its value, so one inside itself is unknown too.
    guard let anchored = anchors[name] else { throw error(.alias, "the alias *\(name) names no anchor before it") }
    expanded += anchored.size
    size += anchored.size - 1
    guard expanded <= Self.maxExpansion else {
      throw error(.alias, "the aliases stand for more than \(Self.maxExpansion) values")
    }
    return anchored.value
  }

  private mutating func sequence(depth: Int) throws(YAMLError) -> JSONValue {
    var elements: [JSONValue] = []
    while true {
      let event = try events.next()
      if case .sequenceEnd = event { return .array(elements) }
      elements.append(try value(from: event, depth: depth + 1))
    }
  }

  private mutating func mapping(depth: Int) throws(YAMLError) -> JSONValue {
    var members: JSONObject = [:]
    var merged: JSONObject = [:]
    while true {
      let event = try events.next()
      if case .mappingEnd = event { break }
      let mark = events.mark
      guard let key = try key(from: event, depth: depth + 1) else {
        let source = try value(from: try events.next(), depth: depth + 1)
        try merge(source, into: &merged, at: mark)
        continue
      }
      guard members[key] == nil else { throw error(.duplicateKey, "the key \"\(key)\" is there twice", at: mark) }
      members[key] = try value(from: try events.next(), depth: depth + 1)
    }
    // A key of the mapping itself wins over a merged one, wherever it stands.
    return .object(members.merging(merged) { own, _ in own })
  }

  /// Adds the members of a merge key's mapping, or list of mappings; the earlier ones win.
  private func merge(
    _ source: JSONValue, into merged: inout JSONObject, at mark: YAMLEvents.Mark
  ) throws(YAMLError) {
    for element in source.array ?? [source] {
      guard let members = element.object else {
        throw error(.notJSON, "the merge key << needs a mapping or a list of mappings", at: mark)
      }
      merged.merge(members) { earlier, _ in earlier }
    }
  }

  /// The text of a key; nil for the merge key. Keys that are numbers or booleans become the text that JSON would have.
  private mutating func key(from event: YAMLEvents.Event, depth: Int) throws(YAMLError) -> String? {
    let mark = events.mark
    if case .scalar(let scalar) = event, scalar.isPlain, scalar.tag == nil,
      YAMLScalar(plain: scalar.text) == .merge
    {
      return nil
    }
    switch try value(from: event, depth: depth) {
    case .string(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .integer(let number): return String(number)
    case .number(let number): return JSONValue.number(number).text()
    case .null: throw error(.notJSON, "a mapping's key is null", at: mark)
    case .array, .object: throw error(.notJSON, "a mapping's key is no scalar", at: mark)
    }
  }

  private func resolve(_ scalar: YAMLEvents.Scalar) throws(YAMLError) -> JSONValue {
    let core = "tag:yaml.org,2002:"
    guard let tag = scalar.tag, tag != "!" else {
      return scalar.isPlain && scalar.tag == nil
        ? try json(YAMLScalar(plain: scalar.text), scalar) : .string(scalar.text)
    }
    guard tag.hasPrefix(core) else { return .string(scalar.text) }
    let meaning = YAMLScalar(plain: scalar.text)
    switch (tag.dropFirst(core.count), meaning) {
    case ("str", _): return .string(scalar.text)
    case ("null", .null), ("bool", .bool), ("int", .integer), ("float", .number): return try json(meaning, scalar)
    case ("float", .integer(let number)): return .number(Double(number))
    case ("timestamp", .string): return .string(scalar.text)
    case ("null", _), ("bool", _), ("int", _), ("float", _):
      throw error(.notJSON, "\"\(scalar.text)\" is no !!\(tag.dropFirst(core.count))")
    default: throw error(.notJSON, "the tag !!\(tag.dropFirst(core.count)) has no JSON form")
    }
  }

  private func json(_ meaning: YAMLScalar, _ scalar: YAMLEvents.Scalar) throws(YAMLError) -> JSONValue {
    switch meaning {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    case .string, .merge: .string(scalar.text)
    case .unrepresentable: throw error(.notJSON, "JSON has no number \(scalar.text)")
    }
  }
}
