import JSON

/// A refusal as the Kubernetes API words it: what becomes the `metav1.Status` of an answer.
public struct StatusError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The HTTP status.
  public let code: Int
  /// The CamelCase word for programs, such as `NotFound`; empty where upstream gives none.
  public let reason: String
  /// For people.
  public let message: String
  let details: JSONValue?

  init(code: Int, reason: String, message: String, details: JSONValue? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
    self.details = details
  }

  /// An error that was made elsewhere as a whole `metav1.Status`.
  init(status: JSONValue) {
    code = status["code"]?.int ?? 500
    reason = status["reason"]?.string ?? ""
    message = status["message"]?.string ?? ""
    details = status["details"]
  }

  public var description: String { message }

  /// The `metav1.Status` of the answer.
  var status: JSONValue {
    .compact([
      "kind": "Status", "apiVersion": "v1", "metadata": .object([:]), "status": "Failure",
      "message": .string(message), "reason": reason.isEmpty ? nil : .string(reason), "details": details,
      "code": JSONValue(code),
    ])
  }
}
