import JSON

/// The fields of a kind that field selectors may name.
struct SelectableFields: Sendable {
  /// Supported beside `metadata.name` and `metadata.namespace`.
  let extra: [String]
  /// How an unsupported field is refused: upstream has one wording for kinds with extra fields, one for the rest,
  /// and one for custom kinds.
  enum Refusal: Sendable { case builtin, builtinWithExtras, custom }
  let refusal: Refusal

  static let common = ["metadata.name", "metadata.namespace"]

  func check(_ field: String) throws {
    if Self.common.contains(field) || extra.contains(field) { return }
    if refusal == .builtinWithExtras || !extra.isEmpty {
      throw StatusError.badRequest("field label not supported: \(field)")
    }
    throw StatusError.badRequest(
      "\"\(field)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
  }

  /// The text of a field as selectors compare it; empty where it is not set.
  func value(_ field: String, of object: JSONValue) -> String {
    if field == "source" {
      return object[path: "source", "component"]?.string ?? object["reportingComponent"]?.string ?? ""
    }
    switch object[path: field.split(separator: ".").map(String.init)] {
    case .string(let text): return text
    case .integer(let number): return String(number)
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let number): return String(number)
    default:
      // Go's zero values: what an unset boolean or number reads as.
      return Self.zeroValues[field] ?? ""
    }
  }

  private static let zeroValues = [
    "spec.unschedulable": "false", "status.successful": "0", "spec.hostNetwork": "false", "status.replicas": "0",
  ]
}
