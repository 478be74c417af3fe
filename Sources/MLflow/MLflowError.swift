/// What went wrong between this program and MLflow. Errors of the database connection itself are `PostgresError`s.
public struct MLflowError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// The database has no MLflow schema that this project knows: tables or columns are missing.
    case unknownSchema
    /// The database user may not read a table.
    case notReadable
    /// The server's host check refuses the name that it is called by.
    case hostNotAllowed
    /// No credentials, or wrong ones.
    case authenticationFailed
    case permissionDenied
    case notFound
    case alreadyExists
    /// The experiment is there, but deleted.
    case deleted
    /// The server refuses the content of the request.
    case invalidRequest
    /// No connection to the server.
    case unreachable
    case timeout
    /// The server has a problem of its own, or is too busy.
    case unavailable
    /// Something answers that is not MLflow's REST API.
    case unexpectedResponse
  }

  public let code: Code
  public let message: String
  /// What a person can do about it.
  public let hint: String?
  /// The status of the HTTP response, where there was one.
  public let httpStatus: Int?
  /// MLflow's own error code, such as RESOURCE_DOES_NOT_EXIST.
  public let errorCode: String?

  public init(
    _ code: Code, _ message: String, hint: String? = nil, httpStatus: Int? = nil, errorCode: String? = nil
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.httpStatus = httpStatus
    self.errorCode = errorCode
  }

  public var description: String { hint.map { "\(message): \($0)" } ?? message }

  /// Whether the same call may succeed later without a change of configuration.
  public var isTransient: Bool { [.unreachable, .timeout, .unavailable].contains(code) }
}
