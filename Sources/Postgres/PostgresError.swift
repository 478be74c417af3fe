/// What went wrong between this program and PostgreSQL.
///
/// No message holds a password or a bound value of this program's; a server's own message may quote a value of a row.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// The connection string cannot be used as it is.
    case invalidConfiguration
    /// No server answers at the address, or its name does not resolve.
    case unreachable
    /// The server wants, or does not offer, TLS; or its certificate is not the one to trust.
    case tls
    /// Wrong user or password, or no entry in pg_hba.conf.
    case authenticationFailed
    case databaseMissing
    /// The server is starting, stopping or recovering.
    case unavailable
    case tooManyConnections
    /// The connection broke; a statement on its way may or may not have been carried out.
    case connectionLost
    /// The statement took longer than allowed, and was cancelled.
    case timeout
    /// No connection of the pool came free in time.
    case poolTimeout
    case poolClosed
    case syntax
    case undefinedTable
    case undefinedColumn
    case undefinedFunction
    case undefinedObject
    case typeMismatch
    case permissionDenied
    case readOnly
    case uniqueViolation
    case constraintViolation
    /// Serialization failure or deadlock: the same transaction may succeed when tried again.
    case serialization
    case outOfResources
    /// A value cannot be sent.
    case encoding
    /// A result is not what the program asked to read.
    case decoding
    /// The operating system refused a thread or a descriptor.
    case system
    case other
  }

  public let code: Code
  /// The five characters of SQL's error codes, where the server gave them
  /// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
  public let sqlState: String?
  /// The server's primary message, or this program's.
  public let message: String
  public let detail: String?
  public let hint: String?
  /// The table and column the server names for a violated constraint.
  public let table: String?
  public let column: String?
  public let constraint: String?

  public init(
    _ code: Code, _ message: String, sqlState: String? = nil, detail: String? = nil, hint: String? = nil,
    table: String? = nil, column: String? = nil, constraint: String? = nil
  ) {
    self.code = code
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.table = table
    self.column = column
    self.constraint = constraint
  }

  public var description: String {
    var text = message
    if let detail { text += "; \(detail)" }
    if let hint { text += " (\(hint))" }
    if let sqlState { text += " [SQLSTATE \(sqlState)]" }
    return text
  }

  /// Whether the same call may succeed later without a change of configuration or SQL.
  public var isTransient: Bool {
    switch code {
    case .unreachable, .unavailable, .tooManyConnections, .connectionLost, .timeout, .poolTimeout, .serialization,
      .outOfResources, .system:
      true
    default: false
    }
  }
}

extension PostgresError.Code {
  /// The code for a SQLSTATE.
  static func of(sqlState: String) -> Self {
    switch sqlState {
    case "28000", "28P01": return .authenticationFailed
    case "3D000": return .databaseMissing
    case "53300": return .tooManyConnections
    case "57P01", "57P02": return .connectionLost
    case "57P03": return .unavailable
    case "57014", "25P03", "55P03": return .timeout
    case "42P01": return .undefinedTable
    case "42703": return .undefinedColumn
    case "42883": return .undefinedFunction
    case "42704", "3F000", "26000": return .undefinedObject
    case "42804", "22P02", "42846", "22003", "42P18", "22007": return .typeMismatch
    case "42501": return .permissionDenied
    case "42601", "42P02": return .syntax
    case "25006": return .readOnly
    case "23505": return .uniqueViolation
    case "40001", "40P01": return .serialization
    default: break
    }
    return switch sqlState.prefix(2) {
    case "08": .connectionLost
    case "23": .constraintViolation
    case "53", "54": .outOfResources
    case "28": .authenticationFailed
    default: .other
    }
  }
}
