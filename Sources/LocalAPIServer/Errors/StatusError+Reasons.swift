import JSON

/// The refusals of `k8s.io/apimachinery/pkg/api/errors`, with its messages.
extension StatusError {
  private static func details(_ resource: GroupResource, name: String, causes: [JSONValue] = []) -> JSONValue {
    .compact([
      "name": name.isEmpty ? nil : .string(name), "group": resource.group.isEmpty ? nil : .string(resource.group),
      "kind": .string(resource.resource), "causes": causes.isEmpty ? nil : .array(causes),
    ])
  }

  static func notFound(_ resource: GroupResource, _ name: String) -> StatusError {
    StatusError(
      code: 404, reason: "NotFound", message: "\(resource) \"\(name)\" not found",
      details: details(resource, name: name))
  }

  static let noSuchPath = StatusError(
    code: 404, reason: "NotFound", message: "the server could not find the requested resource",
    details: .object([:]))

  static func alreadyExists(_ resource: GroupResource, _ name: String) -> StatusError {
    StatusError(
      code: 409, reason: "AlreadyExists", message: "\(resource) \"\(name)\" already exists",
      details: details(resource, name: name))
  }

  static func conflict(_ resource: GroupResource, _ name: String, _ problem: String) -> StatusError {
    StatusError(
      code: 409, reason: "Conflict",
      message: "Operation cannot be fulfilled on \(resource) \"\(name)\": \(problem)",
      details: details(resource, name: name))
  }

  /// A write that was made from an old state of the object.
  static func modified(_ resource: GroupResource, _ name: String) -> StatusError {
    conflict(
      resource, name,
      "the object has been modified; please apply your changes to the latest version and try again")
  }

  static func forbidden(
    _ resource: GroupResource, _ name: String, _ problem: String, causes: [JSONValue] = []
  ) -> StatusError {
    let subject = name.isEmpty ? "\(resource) is forbidden" : "\(resource) \"\(name)\" is forbidden"
    return StatusError(
      code: 403, reason: "Forbidden", message: "\(subject): \(problem)",
      details: details(resource, name: name, causes: causes))
  }

  static func forbidden(_ message: String) -> StatusError {
    StatusError(code: 403, reason: "Forbidden", message: message, details: .object([:]))
  }

  static func badRequest(_ message: String) -> StatusError {
    StatusError(code: 400, reason: "BadRequest", message: message)
  }

  static let unauthorized = StatusError(code: 401, reason: "Unauthorized", message: "Unauthorized")

  static func expired(_ message: String) -> StatusError {
    StatusError(code: 410, reason: "Expired", message: message)
  }

  static func methodNotAllowed() -> StatusError {
    StatusError(
      code: 405, reason: "MethodNotAllowed",
      message: "the server does not allow this method on the requested resource", details: .object([:]))
  }

  static func unsupportedMediaType(_ message: String) -> StatusError {
    StatusError(code: 415, reason: "UnsupportedMediaType", message: message)
  }

  static func tooManyRequests(_ message: String, causes: [JSONValue] = []) -> StatusError {
    StatusError(
      code: 429, reason: "TooManyRequests", message: message,
      details: causes.isEmpty ? nil : ["causes": .array(causes)])
  }

  /// 422 for what no kind can be named for, as upstream answers a failed JSON patch test.
  static let unprocessable = StatusError(
    code: 422, reason: "Invalid", message: "the server rejected our request due to an error in our request",
    details: .object([:]))

  /// A part of the Kubernetes API that the local cluster does not have.
  static func notImplemented(_ what: String) -> StatusError {
    StatusError(
      code: 501, reason: "NotImplemented", message: "\(what) is not implemented by the local cluster")
  }

  /// A failure that upstream answers without a reason (an error that is no API status).
  static func plain(_ message: String) -> StatusError {
    StatusError(code: 500, reason: "", message: message)
  }
}
