public import JSON

/// The refusal of an object that breaks rules: HTTP 422 with reason `Invalid`.
public struct InvalidObject: Error, Sendable, CustomStringConvertible {
  public var group: String
  public var kind: String
  public var name: String
  public var errors: [FieldError]

  public init(group: String, kind: String, name: String, errors: [FieldError]) {
    self.group = group
    self.kind = kind
    self.name = name
    self.errors = errors
  }

  /// `Job.batch "j" is invalid: [a, b]`; the same error is said once.
  public var message: String {
    let qualified = group.isEmpty ? kind : kind + "." + group
    return "\(qualified) \(GoText.quoted(name)) is invalid: \(Self.aggregate(errors))"
  }

  public var description: String { message }

  /// The whole `metav1.Status`.
  public var status: JSONValue {
    [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
      "reason": "Invalid", "code": 422,
      "details": .compact([
        "name": name.isEmpty ? Optional.none : .string(name), "group": group.isEmpty ? Optional.none : .string(group),
        "kind": .string(kind), "causes": .array(errors.map(\.cause)),
      ]),
    ]
  }

  static func aggregate(_ errors: [FieldError]) -> String {
    var seen: Set<String> = []
    let texts = errors.map(\.description).filter { seen.insert($0).inserted }
    return texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
  }
}

/// The refusal of a strategic-merge patch whose result does not fit the kind: reason `Invalid` without a kind, which
/// kubectl shows as `The request is invalid: patch: Invalid value: ...`.
public enum PatchRefusal {
  /// The Status; `problem` is a strict decoding error's or a conversion's text.
  public static func status(patch: JSONValue, problem: String) -> JSONValue {
    let error = FieldError(.invalid, "patch", .string(GoText.map(patch)), problem)
    return [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "reason": "Invalid", "code": 422,
      "message": .string(" \"\" is invalid: " + error.description), "details": ["causes": [error.cause]],
    ]
  }
}
