/// A field's value as protocol buffers write it.
enum WireValue: Sendable, Hashable {
  case varint(UInt64), fixed64(UInt64), bytes(ArraySlice<UInt8>)
}

/// Reads the fields of one message (https://protobuf.dev/programming-guides/encoding/).
struct WireReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var atEnd: Bool { position >= bytes.endIndex }

  private static let truncated = ProtobufObject.Failure(description: "the message ends in the middle of a field")

  mutating func varint() throws -> UInt64 {
    var out: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < bytes.endIndex else { throw Self.truncated }
      let byte = bytes[position]
      position += 1
      out |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return out }
    }
    throw ProtobufObject.Failure(description: "an integer is longer than ten bytes")
  }

  private mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
    guard count <= UInt64(bytes.endIndex - position) else { throw Self.truncated }
    defer { position += Int(count) }
    return bytes[position..<(position + Int(count))]
  }

  /// The next field's number and value; nil at the end.
  mutating func next() throws -> (UInt64, WireValue)? {
    guard !atEnd else { return nil }
    let tag = try varint()
    switch tag & 7 {
    case 0: return (tag >> 3, .varint(try varint()))
    case 1: return (tag >> 3, .fixed64(try fixed(8)))
    case 2: return (tag >> 3, .bytes(try take(try varint())))
    case 5: return (tag >> 3, .varint(try fixed(4)))
    default: throw ProtobufObject.Failure(description: "wire type \(tag & 7) is not read")
    }
  }

  private mutating func fixed(_ count: UInt64) throws -> UInt64 {
    try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }
}
