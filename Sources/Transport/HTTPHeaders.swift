/// The header fields of a request or a response, in order; names are compared without regard to case (RFC 9110, 5.1).
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// One field line.
  public struct Field: Sendable, Hashable {
    /// As it was written; HTTP/2 servers send lower case.
    public let name: String
    public let value: String
  }

  /// All field lines, in the order they were sent or added.
  public private(set) var fields: [Field] = []

  public init() {}

  public init(_ pairs: [(String, String)]) {
    fields = pairs.map { Field(name: $0.0, value: $0.1) }
  }

  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }

  /// The first value of a field; setting it replaces all lines of that name, and nil removes them.
  public subscript(name: String) -> String? {
    get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
    set {
      fields.removeAll { $0.name.equalsIgnoringCase(name) }
      if let newValue { add(name, newValue) }
    }
  }

  /// Every value of a field, in order.
  public func values(_ name: String) -> [String] {
    fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
  }

  /// Adds a field line, keeping older ones of the same name.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
    left.fields.elementsEqual(right.fields) { $0.name.equalsIgnoringCase($1.name) && $0.value == $1.value }
  }

  public func hash(into hasher: inout Hasher) {
    for field in fields {
      hasher.combine(field.name.lowercased())
      hasher.combine(field.value)
    }
  }
}

extension HTTPHeaders {
  /// Reads the field lines of a header section as it came over the wire; the status line and empty lines are skipped.
  init(wire: [UInt8]) {
    var start = 0
    while start < wire.count {
      let end = wire[start...].firstIndex(of: UInt8(ascii: "\n")) ?? wire.count
      let line = wire[start..<end]
      start = end + 1
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { continue }
      if line.starts(with: "HTTP/".utf8) { continue }
      let value = line[(colon + 1)...].trimmingWhitespace()
      fields.append(
        Field(
          name: String(decoding: line[..<colon], as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
    }
  }
}

extension String {
  /// Equality for ASCII text, where `A` equals `a`.
  func equalsIgnoringCase(_ other: String) -> Bool {
    let (left, right) = (utf8, other.utf8)
    return left.count == right.count
      && left.elementsEqual(right) { $0 == $1 || $0.lowercasedASCII == $1.lowercasedASCII }
  }
}

extension UInt8 {
  var lowercasedASCII: UInt8 { (65...90).contains(self) ? self | 0x20 : self }

  /// Space, tab and the ends of lines.
  var isWhitespace: Bool { self == 32 || (9...13).contains(self) }
}

extension ArraySlice<UInt8> {
  func trimmingWhitespace() -> ArraySlice<UInt8> {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return []
    }
    return self[first...last]
  }
}
