public import JSON

/// A CustomResourceDefinition that cannot be served.
public struct InvalidCRD: Error, Sendable, CustomStringConvertible {
  public var errors: [FieldError]
  public var description: String { InvalidObject.aggregate(errors) }
}

/// A kind that a CustomResourceDefinition adds, in one of its versions.
public struct CustomResourceKind: KindSchema {
  public let group: String
  public let version: String
  public let kind: String
  public let schema: Schema
  public let isNamespaced: Bool
  /// Whether status has an endpoint of its own.
  public let hasStatus: Bool
  /// The `scale` subresource's declaration: `specReplicasPath`, `statusReplicasPath`, `labelSelectorPath`.
  public let scale: JSONValue?
  private let rules: RuleTree?
  private let statusRules: RuleTree?

  /// Reads an accepted CRD. Throws where the version is missing or its schema is broken.
  public init(crd: JSONValue, version: String) throws(InvalidCRD) {
    let versions = crd["spec"]?["versions"]?.array ?? []
    guard let entry = versions.first(where: { $0["name"]?.string == version }) else {
      throw InvalidCRD(errors: [.notFound(FieldPath("spec.versions"), .string(version))])
    }
    group = crd[path: "spec", "group"]?.string ?? ""
    self.version = version
    kind = crd[path: "spec", "names", "kind"]?.string ?? ""
    isNamespaced = crd[path: "spec", "scope"]?.string == "Namespaced"
    hasStatus = entry[path: "subresources", "status"] != nil
    scale = entry[path: "subresources", "scale"]
    var reader = StructuralReader()
    let document =
      entry[path: "schema", "openAPIV3Schema"] ?? ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    let read = reader.root(document, at: FieldPath("spec.validation.openAPIV3Schema"))
    guard reader.errors.isEmpty else { throw InvalidCRD(errors: reader.errors) }
    let keepsAll = crd[path: "spec", "preserveUnknownFields"] == true
    schema = keepsAll ? read.with { $0.preserveUnknownFields = true } : read
    rules = RuleTree(schema, isRoot: true)
    statusRules = schema.properties["status"].flatMap { RuleTree($0, isRoot: false) }
  }

  public func decodeError(_ object: JSONValue) -> DecodeError? { nil }

  public func unknownFields(_ object: JSONValue) -> [String] { schema.strictProblems(object) }

  /// Metadata is also brought into the form in which Go writes it, as for built-in kinds.
  public func pruned(_ object: JSONValue) -> JSONValue {
    var out = schema.pruning(object)
    if let meta = out["metadata"] { out["metadata"] = GoForm.normalized(meta, BuiltinTypes.objectMeta) ?? [:] }
    return out
  }

  public func defaulted(_ object: JSONValue) -> JSONValue { schema.defaulting(object) }

  public func validateCreate(_ object: JSONValue) -> [FieldError] {
    ObjectMetaValidation.create(object, isNamespaced: isNamespaced, name: NameRule.subdomain) + check(object, old: nil)
  }

  public func validateUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError] {
    ObjectMetaValidation.update(new, old: old) + check(new, old: old)
  }

  public func validateStatusUpdate(_ new: JSONValue, old: JSONValue) -> [FieldError] {
    var errors = ObjectMetaValidation.update(new, old: old)
    let path = FieldPath("status")
    guard let statusSchema = schema.properties["status"], let status = new["status"] else {
      return errors + scaleErrors(new, statusOnly: true)
    }
    var validator = ValueValidator(prefix: path)
    validator.validate(status, statusSchema, old: old["status"])
    errors += validator.errors + scaleErrors(new, statusOnly: true) + statusSchema.listErrors(status, at: path)
    if let statusRules { errors = withRules(errors) { statusRules.errors(status, old: old["status"], at: path) } }
    return errors
  }

  private func check(_ object: JSONValue, old: JSONValue?) -> [FieldError] {
    var validator = ValueValidator()
    validator.validate(object, schema, old: old)
    var errors = validator.errors + scaleErrors(object, statusOnly: false)
    errors += EmbeddedResources.errors(object, schema) + schema.listErrors(object)
    if let rules { errors = withRules(errors) { rules.errors(object, old: old) } }
    return errors
  }

  /// Rules run only on objects whose shape allows it.
  private func withRules(_ errors: [FieldError], _ rules: () -> [FieldError]) -> [FieldError] {
    let blocks = errors.contains { [.notSupported, .required, .tooLong, .tooMany, .typeInvalid].contains($0.kind) }
    guard blocks else { return errors + rules() }
    return errors + [
      .invalid(
        .root, .null,
        "some validation rules were not checked because the object was invalid; "
          + "correct the existing errors to complete validation")
    ]
  }

  /// The numbers that the scale subresource reads must be numbers.
  private func scaleErrors(_ object: JSONValue, statusOnly: Bool) -> [FieldError] {
    guard let scale else { return [] }
    var errors: [FieldError] = []
    for member in statusOnly ? ["statusReplicasPath"] : ["specReplicasPath", "statusReplicasPath"] {
      guard let path = scale[member]?.string, path.hasPrefix(".") else { continue }
      let names = path.dropFirst().split(separator: ".").map(String.init)
      guard let value = object[path: names] else { continue }
      if let number = value.integer {
        let limit = Int64(Int32.max)
        if number < 0 { errors.append(.invalid(FieldPath(path), .integer(number), "should be a non-negative integer")) }
        if number > limit {
          errors.append(.invalid(FieldPath(path), .integer(number), "should be less than or equal to \(limit)"))
        }
      } else {
        let detail =
          "\(path) accessor error: \(GoText.map(value)) is of the type \(GoText.typeName(value)), expected int64"
        errors.append(.invalid(FieldPath(path), 0, detail))
      }
    }
    return errors
  }
}
