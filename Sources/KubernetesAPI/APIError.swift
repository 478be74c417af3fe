public import JSON

/// An answer of the API server that is not a success: its `Status` object with the request that it answers.
///
/// Answers that are no `Status` (a proxy's page, say) have the reason that their HTTP status suggests.
public struct APIError: Error, Sendable, Hashable {
  public let httpStatus: Int
  /// The machine-readable reason, such as `NotFound`; `meta/v1` StatusReason lists them.
  public let reason: String
  public let message: String
  public let method: String
  /// The request's path, without its query.
  public let path: String
  /// `Status.details`: name, kind, causes.
  public let details: JSONValue?
  /// How long the server asks to wait, from `Retry-After` or `details.retryAfterSeconds`.
  public let retryAfter: Duration?

  public init(
    httpStatus: Int, reason: String, message: String, method: String = "", path: String = "",
    details: JSONValue? = nil, retryAfter: Duration? = nil
  ) {
    self.httpStatus = httpStatus
    self.reason = reason
    self.message = message
    self.method = method
    self.path = path
    self.details = details
    self.retryAfter = retryAfter
  }

  /// One reason for a refusal: which field, and why.
  public struct Cause: Sendable, Hashable {
    public let field: String
    public let reason: String
    public let message: String

    public init(field: String, reason: String, message: String) {
      self.field = field
      self.reason = reason
      self.message = message
    }
  }

  /// The fields that the server named, in its order.
  public var causes: [Cause] {
    (details?["causes"]?.array ?? []).map {
      Cause(
        field: $0["field"]?.string ?? "", reason: $0["reason"]?.string ?? "", message: $0["message"]?.string ?? "")
    }
  }

  public var isNotFound: Bool { httpStatus == 404 }
  /// Another writer was first, or a precondition does not hold. `isAlreadyExists` is the other 409.
  public var isConflict: Bool { httpStatus == 409 && reason != "AlreadyExists" }
  public var isAlreadyExists: Bool { reason == "AlreadyExists" }
  /// The resource version is no longer known: list again.
  public var isGone: Bool { httpStatus == 410 || reason == "Expired" || reason == "Gone" }
  public var isForbidden: Bool { httpStatus == 403 }
  public var isUnauthorized: Bool { httpStatus == 401 }
  /// The object was refused by its schema, a validation rule or a patch's test.
  public var isInvalid: Bool { httpStatus == 422 || reason == "Invalid" || isMistyped }
  /// An applied object has a field that its type does not: servers say so with an internal error
  /// (kubernetes/kubernetes#139253).
  private var isMistyped: Bool { httpStatus == 500 && message.contains("failed to create typed patch object") }
  /// The request was understood and is not carried out: by validation, quota, admission or for want of a right.
  public var isRefusal: Bool { isInvalid || isForbidden || httpStatus == 400 || httpStatus == 413 }
  public var isTooManyRequests: Bool { httpStatus == 429 }
  /// The same request may succeed later without anything being changed.
  public var isTransient: Bool { httpStatus == 408 || httpStatus == 429 || httpStatus >= 500 && !isMistyped }
  /// The object could not be made because its namespace is being deleted.
  public var isNamespaceTerminating: Bool {
    causes.contains { $0.reason == "NamespaceTerminating" }
  }
}

extension APIError: CustomStringConvertible {
  public var description: String {
    let request = method.isEmpty ? "" : " (\(method) \(path))"
    return "\(message) [\(httpStatus) \(reason)]\(request)"
  }
}

extension APIError {
  /// Reads an answer with a status of 300 or more.
  init(httpStatus: Int, body: [UInt8], retryAfterHeader: String?, method: String, path: String) {
    let json = try? JSONValue(parsing: body)
    let isStatus = json?["kind"]?.string == "Status"
    let status = isStatus ? json : nil
    let reason = status?["reason"]?.string ?? ""
    let text = isStatus ? "" : Self.excerpt(of: body)
    let message = status?["message"]?.string ?? ""
    self.init(
      httpStatus: httpStatus,
      reason: reason.isEmpty ? Self.defaultReason(httpStatus) : reason,
      message: !message.isEmpty ? message : text.isEmpty ? "the server answered \(httpStatus)" : text,
      method: method, path: path, details: status?["details"],
      retryAfter: Self.retryAfter(header: retryAfterHeader, details: status?["details"]))
  }

  /// Reads the `Status` object of a watch's ERROR event.
  init(status: JSONValue, method: String, path: String) {
    let code = status["code"]?.int ?? 500
    self.init(
      httpStatus: code, reason: status["reason"]?.string ?? Self.defaultReason(code),
      message: status["message"]?.string ?? "the watch failed without a message", method: method, path: path,
      details: status["details"], retryAfter: Self.retryAfter(header: nil, details: status["details"]))
  }

  static func retryAfter(header: String?, details: JSONValue?) -> Duration? {
    if let header, let seconds = Int(header), seconds >= 0 { return .seconds(seconds) }
    if let seconds = details?["retryAfterSeconds"]?.integer, seconds > 0 { return .seconds(seconds) }
    return nil
  }

  /// The reason that goes with a status (apimachinery's `NewGenericServerResponse`).
  static func defaultReason(_ status: Int) -> String {
    switch status {
    case 400: "BadRequest"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "NotFound"
    case 405: "MethodNotAllowed"
    case 406: "NotAcceptable"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "RequestEntityTooLarge"
    case 415: "UnsupportedMediaType"
    case 422: "Invalid"
    case 429: "TooManyRequests"
    case 500: "InternalError"
    case 503: "ServiceUnavailable"
    case 504: "Timeout"
    default: "Unknown"
    }
  }

  /// The start of a body that is no `Status`, on one line.
  private static func excerpt(of body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(200), as: UTF8.self)
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
