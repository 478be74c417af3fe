import JSON

/// A decoder that finds out what a type decodes: it answers every question with a made-up value and keeps what it
/// was asked.
struct ProbeDecoder: Decoder {
  /// Where the answers for one value are kept.
  final class Record {
    var shape: DecodedShape?
  }

  /// The form of what `type` decodes.
  static func shape<Value: Decodable>(of type: Value.Type) throws -> DecodedShape {
    let record = Record()
    _ = try value(of: type, into: record)
    guard let shape = record.shape else { throw ProbeFailure(what: "\(type) decodes nothing") }
    return shape
  }

  struct ProbeFailure: Error { let what: String }

  let record: Record
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    if record.shape == nil { record.shape = .object([:]) }
    return KeyedDecodingContainer(Keyed<Key>(record: record))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(record: record) }
  func singleValueContainer() -> any SingleValueDecodingContainer { Single(record: record) }

  static func value<Value: Decodable>(of type: Value.Type, into record: Record) throws -> Value {
    if type == JSONValue.self {
      record.shape = .anything
      if let value = JSONValue.null as? Value { return value }
    }
    if let closed = type as? any (CaseIterable & RawRepresentable).Type {
      let cases = allCases(of: closed)
      record.shape = .choice(Set(cases.map(\.name)))
      if let value = cases.first?.value as? Value { return value }
    }
    return try Value(from: ProbeDecoder(record: record))
  }

  private static func allCases<Closed: CaseIterable & RawRepresentable>(
    of type: Closed.Type
  ) -> [(name: String, value: Any)] {
    type.allCases.map { ("\($0.rawValue)", $0) }
  }
}

extension ProbeDecoder {
  struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let record: Record
    var codingPath: [any CodingKey] { [] }
    /// Dictionaries ask for the keys; one that no struct has stands for all of theirs.
    var allKeys: [Key] { [Key(stringValue: "*")].compactMap { $0 } }

    /// Only `decodeIfPresent` asks: the member is optional.
    func contains(_ key: Key) -> Bool {
      var members = self.members
      members[key.stringValue] = DecodedShape.Member(shape: .anything, isRequired: false)
      record.shape = .object(members)
      return true
    }

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      let child = Record()
      let value = try ProbeDecoder.value(of: type, into: child)
      let shape = child.shape ?? .object([:])
      if key.stringValue == "*" {
        record.shape = .map(shape)
      } else {
        var members = self.members
        let isRequired = members[key.stringValue]?.isRequired ?? true
        members[key.stringValue] = DecodedShape.Member(shape: shape, isRequired: isRequired)
        record.shape = .object(members)
      }
      return value
    }

    private var members: [String: DecodedShape.Member] {
      if case .object(let members)? = record.shape { members } else { [:] }
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
      throw ProbeFailure(what: "a nested container at \(key.stringValue)")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw ProbeFailure(what: "a nested container at \(key.stringValue)")
    }

    func superDecoder() throws -> any Decoder { throw ProbeFailure(what: "a super decoder") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw ProbeFailure(what: "a super decoder") }
  }

  struct Unkeyed: UnkeyedDecodingContainer {
    let record: Record
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }
    var currentIndex = 0

    init(record: Record) { self.record = record }

    mutating func decodeNil() -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      currentIndex += 1
      let child = Record()
      let value = try ProbeDecoder.value(of: type, into: child)
      record.shape = .list(child.shape ?? .object([:]))
      return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
      throw ProbeFailure(what: "a nested container in a list")
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      throw ProbeFailure(what: "a nested container in a list")
    }

    mutating func superDecoder() throws -> any Decoder { throw ProbeFailure(what: "a super decoder") }
  }

  struct Single: SingleValueDecodingContainer {
    let record: Record
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode(_ type: String.Type) -> String {
      record.shape = .string
      return ""
    }

    func decode(_ type: Bool.Type) -> Bool {
      record.shape = .boolean
      return false
    }

    func decode(_ type: Int64.Type) -> Int64 {
      record.shape = .integer
      return 0
    }

    /// Floating-point numbers have no place in the API, nor have integers of other widths.
    func decode(_ type: Double.Type) throws -> Double { throw ProbeFailure(what: "a Double") }
    func decode(_ type: Float.Type) throws -> Float { throw ProbeFailure(what: "a Float") }
    func decode(_ type: Int.Type) throws -> Int { throw ProbeFailure(what: "an Int") }
    func decode(_ type: Int8.Type) throws -> Int8 { throw ProbeFailure(what: "an Int8") }
    func decode(_ type: Int16.Type) throws -> Int16 { throw ProbeFailure(what: "an Int16") }
    func decode(_ type: Int32.Type) throws -> Int32 { throw ProbeFailure(what: "an Int32") }
    func decode(_ type: UInt.Type) throws -> UInt { throw ProbeFailure(what: "a UInt") }
    func decode(_ type: UInt8.Type) throws -> UInt8 { throw ProbeFailure(what: "a UInt8") }
    func decode(_ type: UInt16.Type) throws -> UInt16 { throw ProbeFailure(what: "a UInt16") }
    func decode(_ type: UInt32.Type) throws -> UInt32 { throw ProbeFailure(what: "a UInt32") }
    func decode(_ type: UInt64.Type) throws -> UInt64 { throw ProbeFailure(what: "a UInt64") }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try ProbeDecoder.value(of: type, into: record)
    }
  }
}
