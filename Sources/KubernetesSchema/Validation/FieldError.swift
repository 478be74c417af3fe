public import JSON

/// One thing that is wrong with an object, and where: what Kubernetes calls a field error
/// (`k8s.io/apimachinery/pkg/util/validation/field`).
public struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    case invalid, typeInvalid, required, notSupported, duplicate, notFound, forbidden, tooLong, tooMany, tooFew
    case internalError
  }

  public var kind: Kind
  /// The field, such as `spec.parts[1].name`; `<nil>` for the object as a whole.
  public var path: String
  /// The offending value; nil where the message leaves it out.
  public var badValue: JSONValue?
  public var detail: String

  public init(_ kind: Kind, _ path: String, _ badValue: JSONValue? = nil, _ detail: String = "") {
    self.kind = kind
    self.path = path
    self.badValue = badValue
    self.detail = detail
  }

  /// The error without its path, as `details.causes[].message` has it.
  public var body: String {
    var text = title
    switch kind {
    case .required, .forbidden, .tooLong, .internalError: break
    default: if let badValue { text += ": " + GoText.badValue(badValue) }
    }
    return detail.isEmpty ? text : text + ": " + detail
  }

  public var description: String { path + ": " + body }

  private var title: String {
    switch kind {
    case .invalid, .typeInvalid: "Invalid value"
    case .required: "Required value"
    case .notSupported: "Unsupported value"
    case .duplicate: "Duplicate value"
    case .notFound: "Not found"
    case .forbidden: "Forbidden"
    case .tooLong: "Too long"
    case .tooMany: "Too many"
    case .tooFew: "Too few"
    case .internalError: "Internal error"
    }
  }

  /// The machine-readable reason of the cause.
  public var reason: String {
    switch kind {
    case .invalid: "FieldValueInvalid"
    case .typeInvalid: "FieldValueTypeInvalid"
    case .required: "FieldValueRequired"
    case .notSupported: "FieldValueNotSupported"
    case .duplicate: "FieldValueDuplicate"
    case .notFound: "FieldValueNotFound"
    case .forbidden: "FieldValueForbidden"
    case .tooLong: "FieldValueTooLong"
    case .tooMany: "FieldValueTooMany"
    case .tooFew: "FieldValueTooFew"
    case .internalError: "InternalError"
    }
  }

  /// The error as one of a Status's `details.causes`.
  public var cause: JSONValue { ["reason": .string(reason), "message": .string(body), "field": .string(path)] }
}

extension FieldError {
  static func invalid(_ path: FieldPath, _ value: JSONValue?, _ detail: String) -> FieldError {
    FieldError(.invalid, path.text, value, detail)
  }
  static func typeInvalid(_ path: FieldPath, _ value: JSONValue?, _ detail: String) -> FieldError {
    FieldError(.typeInvalid, path.text, value, detail)
  }
  static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
    FieldError(.required, path.text, "", detail)
  }
  static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
    FieldError(.forbidden, path.text, "", detail)
  }
  static func duplicate(_ path: FieldPath, _ value: JSONValue) -> FieldError {
    FieldError(.duplicate, path.text, value)
  }
  static func notFound(_ path: FieldPath, _ value: JSONValue) -> FieldError { FieldError(.notFound, path.text, value) }
  static func notSupported(_ path: FieldPath, _ value: JSONValue, _ supported: [String]) -> FieldError {
    let detail = "supported values: " + supported.map(GoText.quoted).joined(separator: ", ")
    return FieldError(.notSupported, path.text, value, supported.isEmpty ? "" : detail)
  }
  static func tooLong(_ path: FieldPath, _ maximum: Int) -> FieldError {
    FieldError(.tooLong, path.text, nil, "may not be more than \(maximum) bytes")
  }
  static func tooMany(_ path: FieldPath, _ actual: Int, _ maximum: Int) -> FieldError {
    FieldError(.tooMany, path.text, JSONValue(actual), "must have at most \(maximum) items")
  }
}
