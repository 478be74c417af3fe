import CYAML

/// The events of a YAML text, one at a time, as libyaml's parser finds them.
///
/// Not thread-safe: it owns a C parser, and is used within one call.
final class YAMLEvents {
  enum Event {
    case documentStart
    case documentEnd
    case streamEnd
    case alias(String)
    case scalar(Scalar)
    case sequenceStart(anchor: String?)
    case sequenceEnd
    case mappingStart(anchor: String?)
    case mappingEnd
  }

  struct Scalar {
    let text: String
    let anchor: String?
    /// An explicit tag such as `!!str` in its long form.
    let tag: String?
    /// Quoted and block scalars are strings whatever they hold.
    let isPlain: Bool
  }

  struct Mark {
    let line: Int
    let column: Int
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  /// libyaml keeps a pointer into the text.
  private let text: UnsafeMutableBufferPointer<UInt8>
  /// Where the last event begins.
  private(set) var mark = Mark(line: 1, column: 1)

  init(_ bytes: [UInt8]) throws(YAMLError) {
    parser = .allocate(capacity: 1)
    text = .allocate(capacity: max(1, bytes.count))
    _ = text.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLError(code: .tooLarge, reason: "no memory to parse it", line: 1, column: 1)
    }
    yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    text.deallocate()
  }

  func next() throws(YAMLError) -> Event {
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
      defer { yaml_event_delete(&event) }
      mark = Mark(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1)
      if let read = read(event) { return read }
    }
  }

  private func read(_ event: yaml_event_t) -> Event? {
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_STREAM_END_EVENT: return .streamEnd
    case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return .scalar(
        Scalar(
          text: String(decoding: bytes, as: UTF8.self), anchor: string(scalar.anchor), tag: string(scalar.tag),
          isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE))
    case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: string(event.data.sequence_start.anchor))
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: string(event.data.mapping_start.anchor))
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    default: return nil
    }
  }

  private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    text.map { String(cString: $0) }
  }

  private func syntaxError() -> YAMLError {
    let parser = parser.pointee
    let problem = parser.problem.map { String(cString: $0) } ?? "unknown error"
    let context = parser.context.map { String(cString: $0) + ": " } ?? ""
    // The reader of bytes knows an offset only; the scanner and parser know a mark.
    let atByte = parser.error == YAML_READER_ERROR
    return YAMLError(
      code: .syntax, reason: context + problem,
      line: Int(atByte ? parser.mark.line : parser.problem_mark.line) + 1,
      column: Int(atByte ? parser.mark.column : parser.problem_mark.column) + 1)
  }
}
