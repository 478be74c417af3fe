import JSON

extension Schema {
  static func object(_ description: String, _ fields: [SchemaField], rules: [ValidationRule] = []) -> Schema {
    Schema(description, .object(fields), rules: rules)
  }

  static func list(
    _ description: String, of element: Schema, minItems: Int = 0, maxItems: Int, kind: ListKind = .atomic
  ) -> Schema {
    Schema(description, .list(of: element, minItems: minItems, maxItems: maxItems, kind: kind))
  }

  static func map(_ description: String, of value: Schema, maxProperties: Int) -> Schema {
    Schema(description, .map(of: value, maxProperties: maxProperties))
  }

  static func anyObject(_ description: String) -> Schema { Schema(description, .anyObject) }

  static func string(
    _ description: String, minLength: Int = 0, maxLength: Int, pattern: String? = nil, default: String? = nil
  ) -> Schema {
    Schema(
      description, .string(StringBounds(minLength: minLength, maxLength: maxLength, pattern: pattern)),
      default: `default`.map(JSONValue.string))
  }

  /// A string that is one of an enumeration's raw values.
  static func choice<Value: RawRepresentable & CaseIterable>(
    _ description: String, of type: Value.Type, default: Value? = nil
  ) -> Schema where Value.RawValue == String {
    let choices = type.allCases.map(\.rawValue)
    let bounds = StringBounds(maxLength: choices.map(\.utf8.count).max() ?? 0, choices: choices)
    return Schema(description, .string(bounds), default: (`default`?.rawValue).map(JSONValue.string))
  }

  /// Bounded at 2^53 either way, beyond which many JSON readers lose digits (API conventions, primitive types).
  static func int64(
    _ description: String, minimum: Int64 = -9_007_199_254_740_991, maximum: Int64 = 9_007_199_254_740_991,
    default: Int64? = nil
  ) -> Schema {
    Schema(
      description, .integer(IntegerBounds(minimum: minimum, maximum: maximum, format: "int64")),
      default: `default`.map(JSONValue.integer))
  }

  static func boolean(_ description: String, default: Bool? = nil) -> Schema {
    Schema(description, .boolean, default: `default`.map(JSONValue.bool))
  }

  /// A decimal number as text, which `DecimalText` reads.
  static func decimal(_ description: String, positive: Bool = false, default: String? = nil) -> Schema {
    var schema = string(
      description, minLength: 1, maxLength: DecimalText.maxLength, pattern: DecimalText.pattern, default: `default`)
    if positive { schema.rules = [ValidationRule("double(self) > 0.0", message: "must be above 0: raise it")] }
    return schema
  }

  /// A length of time as text, which `DurationText` reads.
  static func duration(_ description: String, default: String? = nil) -> Schema {
    string(
      description, minLength: 2, maxLength: DurationText.maxLength, pattern: DurationText.pattern, default: `default`)
  }

  /// The name of another object of the same namespace: a DNS-1123 subdomain.
  static func objectName(_ description: String) -> Schema {
    string(
      description, minLength: 1, maxLength: 253,
      pattern: #"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#)
  }

  /// A point in time, RFC 3339.
  static func time(_ description: String) -> Schema {
    Schema(description, .string(StringBounds(maxLength: 64, format: "date-time")))
  }

  /// The conditions of a status, as KEP-1623 defines them.
  static func conditions(_ description: String) -> Schema {
    list(description, of: Condition.schema, maxItems: 16, kind: .map(key: "type"))
  }
}

extension Condition {
  /// Bounds and patterns as in metav1.Condition (k8s.io/apimachinery/pkg/apis/meta/v1/types.go).
  static let schema = Schema.object(
    "One aspect of the state of the object.",
    [
      .required("type", .string("The aspect, a CamelCase word.", minLength: 1, maxLength: 316)),
      .required("status", .choice("True, False or Unknown.", of: Condition.Status.self)),
      .optional(
        "observedGeneration", .int64("The generation of the spec that the condition was decided from.", minimum: 0)),
      .required("lastTransitionTime", .time("When status last changed.")),
      .required(
        "reason",
        .string(
          "A CamelCase word for programs.", minLength: 1, maxLength: 1024,
          pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")),
      .required("message", .string("What is so, and what to do.", maxLength: 32768)),
    ])
}
