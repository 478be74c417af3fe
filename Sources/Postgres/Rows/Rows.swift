/// The rows a statement gave, and how many it changed.
public struct Rows: Sendable, RandomAccessCollection {
  /// A column of a result.
  public struct Column: Sendable, Hashable {
    public let name: String
    /// The type's number in the server's catalogue (pg_type).
    public let type: UInt32
    let isBinary: Bool
  }

  final class Storage: Sendable {
    let columns: [Column]
    let bytes: [UInt8]
    /// Where each cell begins, row by row; a cell ends where the next begins.
    let starts: [Int]
    let nulls: [Bool]

    init(columns: [Column], bytes: [UInt8], starts: [Int], nulls: [Bool]) {
      self.columns = columns
      self.bytes = bytes
      self.starts = starts
      self.nulls = nulls
    }
  }

  let storage: Storage
  public let count: Int
  /// The number of rows that were inserted, changed, deleted or read.
  public let affected: Int

  public var columns: [Column] { storage.columns }
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }
  public subscript(position: Int) -> Row { Row(storage: storage, index: position) }
}

/// One row of a result.
public struct Row: Sendable {
  let storage: Rows.Storage
  let index: Int

  public var columns: [Rows.Column] { storage.columns }

  subscript(cell column: Int) -> Cell {
    let position = index * storage.columns.count + column
    let bytes = storage.nulls[position] ? nil : storage.bytes[storage.starts[position]..<storage.starts[position + 1]]
    return Cell(bytes: bytes, column: storage.columns[column])
  }

  /// The value of a column by its name. Throws `PostgresError` with the code `.decoding`.
  public func decode<Value: PostgresDecodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    guard let column = storage.columns.firstIndex(where: { $0.name == name }) else {
      let names = storage.columns.map(\.name).joined(separator: ", ")
      throw PostgresError(.decoding, "the result has no column \(name); it has \(names)")
    }
    return try Value.decode(self[cell: column])
  }

  /// The value of a column by its place, from 0. Throws `PostgresError` with the code `.decoding`.
  public func decode<Value: PostgresDecodable>(
    at column: Int, as type: Value.Type = Value.self
  ) throws(PostgresError) -> Value {
    guard storage.columns.indices.contains(column) else {
      throw PostgresError(.decoding, "the result has \(storage.columns.count) columns; there is none at \(column)")
    }
    return try Value.decode(self[cell: column])
  }

  /// The first columns, each as its own type. Throws `PostgresError` with the code `.decoding`.
  public func decode<each Value: PostgresDecodable>(
    _ types: (repeat each Value).Type
  ) throws(PostgresError) -> (repeat each Value) {
    var column = -1
    func next<One: PostgresDecodable>(_: One.Type) throws(PostgresError) -> One {
      column += 1
      return try decode(at: column)
    }
    return (repeat try next((each Value).self))
  }
}
