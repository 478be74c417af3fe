import CPostgres

/// Bound values in the form that libpq's functions take: arrays of types, pointers, lengths and formats.
struct BoundValues {
  private let types: [UInt32]
  private let formats: [Int32]
  private let lengths: [Int32]
  /// All values, each followed by a zero byte as text values must be.
  private let bytes: [UInt8]
  private let starts: [Int?]

  /// Throws `PostgresError` with the code `.encoding` for text with a NUL character, which PostgreSQL has no place for.
  init(_ values: [SQLValue]) throws(PostgresError) {
    // The protocol counts parameters in 16 bits.
    guard values.count <= Int(UInt16.max) else {
      throw PostgresError(.encoding, "a statement takes at most \(UInt16.max) values, not \(values.count); bind arrays")
    }
    var bytes: [UInt8] = []
    var starts: [Int?] = []
    for (index, value) in values.enumerated() {
      guard let content = value.bytes else {
        starts.append(nil)
        continue
      }
      if !value.isBinary, content.contains(0) {
        throw PostgresError(.encoding, "value \(index + 1) holds a NUL character, which PostgreSQL's text cannot")
      }
      starts.append(bytes.count)
      bytes += content
      bytes.append(0)
    }
    self.bytes = bytes
    self.starts = starts
    types = values.map(\.type)
    formats = values.map { $0.isBinary ? 1 : 0 }
    lengths = values.map { Int32($0.bytes?.count ?? 0) }
  }

  func withTypes(_ body: (Int32, UnsafePointer<UInt32>?) -> Int32) -> Int32 {
    types.withUnsafeBufferPointer { body(Int32(types.count), $0.baseAddress) }
  }

  func withValues(
    _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Int32
  ) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = starts.map { start in start.flatMap { base?.advanced(by: $0) } }
      return pointers.withUnsafeBufferPointer { pointers in
        lengths.withUnsafeBufferPointer { lengths in
          formats.withUnsafeBufferPointer { formats in
            body(Int32(starts.count), pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
          }
        }
      }
    }
  }
}
