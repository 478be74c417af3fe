/// A statement and the values bound to it.
///
/// Written as a string literal, in which `\(value)` becomes a parameter, never text, so a value cannot change what
/// the statement does:
///
///     try await pool.query("SELECT name FROM runs WHERE run_uuid = \(id) LIMIT \(10)")
///
/// `\(identifier:)` puts a quoted name, `\(unescaped:)` text as it is, and `\(sql)` another piece of SQL with its
/// values.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
  enum Piece: Sendable, Hashable {
    case text(String)
    case value(SQLValue)
  }

  private(set) var pieces: [Piece]

  public init(stringLiteral value: String) { pieces = [.text(value)] }

  public init(stringInterpolation: Interpolation) { pieces = stringInterpolation.pieces }

  /// Text that holds no values of its own; it must not be made of anything that a user wrote.
  public init(unescaped text: String) { pieces = [.text(text)] }

  public static func + (left: SQL, right: SQL) -> SQL {
    var out = left
    out.pieces += right.pieces
    return out
  }

  public static func += (left: inout SQL, right: SQL) { left.pieces += right.pieces }

  /// Pieces with a separator between them.
  public static func joined(_ pieces: [SQL], separator: SQL) -> SQL {
    var out = SQL(unescaped: "")
    for (index, piece) in pieces.enumerated() {
      if index > 0 { out += separator }
      out += piece
    }
    return out
  }

  /// The text with `$1`, `$2` and so on in place of the values.
  public var text: String {
    var out = ""
    var count = 0
    for piece in pieces {
      switch piece {
      case .text(let text): out += text
      case .value:
        count += 1
        out += "$\(count)"
      }
    }
    return out
  }

  /// The values, in the order of their numbers.
  public var values: [SQLValue] {
    pieces.compactMap { if case .value(let value) = $0 { value } else { nil } }
  }

  public struct Interpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []

    public init(literalCapacity: Int, interpolationCount: Int) { pieces.reserveCapacity(2 * interpolationCount + 1) }

    public mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.text(literal)) }
    }

    public mutating func appendInterpolation(_ value: some PostgresEncodable) {
      pieces.append(.value(value.sqlValue))
    }

    /// NULL where there is no value.
    public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
      pieces.append(.value(value.sqlValue))
    }

    public mutating func appendInterpolation(_ value: SQLValue) { pieces.append(.value(value)) }

    public mutating func appendInterpolation(_ sql: SQL) { pieces += sql.pieces }

    /// A name, quoted. A dot is part of the name.
    public mutating func appendInterpolation(identifier name: String) {
      pieces.append(.text(Identifier.quoted(name)))
    }

    /// A name that may be qualified by a schema, every part quoted.
    public mutating func appendInterpolation(qualified name: String) {
      pieces.append(.text(Identifier.quoted(qualified: name)))
    }

    /// Text as it is. It must not be made of anything that a user wrote.
    public mutating func appendInterpolation(unescaped text: String) { pieces.append(.text(text)) }
  }
}
