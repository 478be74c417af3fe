public import JSON

/// The rules of CustomResourceDefinitions themselves: names, versions, schemas and their CEL rules.
public enum CRDValidation {
  public static func errors(_ crd: JSONValue) -> [FieldError] {
    let spec = crd["spec"] ?? [:]
    let path = FieldPath("spec")
    return names(crd, spec, at: path) + versions(spec, at: path) + schemas(spec, at: path)
  }

  private static func names(_ crd: JSONValue, _ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let group = spec["group"]?.string ?? ""
    let plural = spec[path: "names", "plural"]?.string ?? ""
    let name = crd[path: "metadata", "name"]?.string ?? ""
    if name != "\(plural).\(group)" {
      errors.append(.invalid(FieldPath("metadata.name"), .string(name), "must be spec.names.plural+\".\"+spec.group"))
    }
    if group.isEmpty {
      errors.append(.required(path.child("group")))
    } else {
      let wrong = NameRule.subdomain(group)
      if !wrong.isEmpty { errors.append(.invalid(path.child("group"), .string(group), wrong.joined(separator: ","))) }
      if !group.contains(".") {
        errors.append(.invalid(path.child("group"), .string(group), "should be a domain with at least one dot"))
      }
    }
    if group.hasSuffix(".k8s.io") || group.hasSuffix(".kubernetes.io"),
      crd[path: "metadata", "annotations", "api-approved.kubernetes.io"] == nil
    {
      errors.append(
        .required(
          FieldPath("metadata.annotations[api-approved.kubernetes.io]"),
          "protected groups must have approval annotation \"api-approved.kubernetes.io\", see "
            + "https://github.com/kubernetes/enhancements/pull/1111"))
    }
    let scope = spec["scope"]?.string ?? ""
    if scope.isEmpty {
      errors.append(.required(path.child("scope")))
    } else {
      errors += FieldError.unsupported(.string(scope), at: path.child("scope"), ["Cluster", "Namespaced"])
    }
    for field in ["plural", "singular", "kind", "listKind"] {
      let text = spec[path: "names", field]?.string ?? ""
      let fieldPath = path.child("names", field)
      if text.isEmpty {
        if field == "plural" || field == "kind" { errors.append(.required(fieldPath)) }
        continue
      }
      let wrong = NameRule.dns1035Label(text.lowercased())
      if !wrong.isEmpty || field == "plural" && text != text.lowercased() {
        let detail = NameRule.dns1035Label(field == "plural" ? text : text.lowercased()).joined(separator: ",")
        errors.append(
          .invalid(
            fieldPath, .string(text),
            field == "plural"
              ? detail
              : "may have mixed case, but should otherwise match: \(detail)"))
      }
    }
    if let kind = spec[path: "names", "kind"], kind == spec[path: "names", "listKind"] {
      errors.append(.invalid(path.child("names", "listKind"), kind, "kind and listKind may not be the same"))
    }
    return errors
  }

  private static func versions(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    let versions = spec["versions"]?.array ?? []
    if versions.isEmpty { errors.append(.required(path.child("versions"), "must have at least one version")) }
    if versions.filter({ $0["storage"] == true }).count != 1, !versions.isEmpty {
      errors.append(.invalid(path.child("versions"), nil, "must have exactly one version marked as storage version"))
    }
    var seen: Set<String> = []
    for (index, version) in versions.enumerated() {
      let field = path.child("versions").index(index)
      let name = version["name"]?.string ?? ""
      if !seen.insert(name).inserted {
        errors.append(.invalid(path.child("versions"), nil, "must contain unique version names"))
      }
      errors += NameRule.dns1035Label(name).map { .invalid(field.child("name"), .string(name), $0) }
      if version[path: "schema", "openAPIV3Schema"] == nil {
        errors.append(.required(field.child("schema", "openAPIV3Schema"), "schemas are required"))
      }
      errors += columns(version["additionalPrinterColumns"]?.array ?? [], at: field.child("additionalPrinterColumns"))
      if let scale = version[path: "subresources", "scale"] {
        errors += self.scale(scale, at: field.child("subresources", "scale"))
      }
    }
    return errors
  }

  private static func columns(_ columns: [JSONValue], at path: FieldPath) -> [FieldError] {
    columns.enumerated().flatMap { index, column -> [FieldError] in
      let field = path.index(index)
      var errors: [FieldError] = []
      for name in ["name", "type", "jsonPath"] where column[name]?.string?.isEmpty ?? true {
        errors.append(.required(field.child(name)))
      }
      let types = ["boolean", "date", "integer", "number", "string"]
      if let type = column["type"]?.string, !type.isEmpty, !types.contains(type) {
        errors.append(.invalid(field.child("type"), .string(type), "must be one of \(types.joined(separator: ","))"))
      }
      if let jsonPath = column["jsonPath"]?.string, !jsonPath.isEmpty, !jsonPath.hasPrefix(".") {
        errors.append(
          .invalid(
            field.child("jsonPath"), .string(jsonPath),
            "is an invalid path: must be a json path that starts with ."))
      }
      return errors
    }
  }

  private static func scale(_ scale: JSONValue, at path: FieldPath) -> [FieldError] {
    [("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")].flatMap { field, prefix -> [FieldError] in
      let text = scale[field]?.string ?? ""
      if text.isEmpty { return [.required(path.child(field))] }
      return text.hasPrefix(prefix)
        ? []
        : [
          .invalid(path.child(field), .string(text), "should be a json path under \(prefix.dropLast())")
        ]
    }
  }

  /// A schema that all versions share is reported once, under `spec.validation`, where the server keeps it.
  private static func schemas(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
    let versions = spec["versions"]?.array ?? []
    let documents = versions.map { $0[path: "schema", "openAPIV3Schema"] }
    if let first = documents.first, let document = first, documents.allSatisfy({ $0 == first }) {
      return schema(document, at: path.child("validation", "openAPIV3Schema"))
    }
    return documents.enumerated().flatMap { index, document -> [FieldError] in
      guard let document else { return [] }
      return schema(document, at: path.child("versions").index(index).child("schema", "openAPIV3Schema"))
    }
  }

  private static func schema(_ document: JSONValue, at path: FieldPath) -> [FieldError] {
    var reader = StructuralReader()
    let schema = reader.root(document, at: path)
    var errors = reader.errors + defaults(schema, at: path)
    if reader.errors.isEmpty, let rules = RuleTree(schema, isRoot: true) { errors += self.rules(rules, at: path) }
    return errors
  }

  /// Defaults must fit the schema they are in.
  private static func defaults(_ schema: Schema, at path: FieldPath) -> [FieldError] {
    if schema.typeName != nil { return [] }
    var errors: [FieldError] = []
    if let value = schema.defaultValue {
      var validator = ValueValidator(prefix: path.child("default"))
      validator.validate(value, schema)
      errors += validator.errors
      if schema.pruning(value) != value {
        errors.append(.invalid(path.child("default"), value, "must not have unknown fields"))
      }
    }
    for (name, property) in schema.properties.sorted(by: { $0.key < $1.key }) {
      errors += defaults(property, at: path.child("properties").key(name))
    }
    if let items = schema.items { errors += defaults(items, at: path.child("items")) }
    if let values = schema.additionalProperties { errors += defaults(values, at: path.child("additionalProperties")) }
    return errors
  }

  private static func rules(_ tree: RuleTree, at path: FieldPath) -> [FieldError] {
    var errors: [FieldError] = []
    for (index, compiled) in tree.rules.enumerated() {
      let field = path.child("x-kubernetes-validations").index(index)
      let rule = compiled.rule
      let shown: JSONValue = [
        "Rule": .string(rule.rule), "Message": .string(rule.message ?? ""),
        "MessageExpression": .string(rule.messageExpression ?? ""), "FieldPath": .string(rule.fieldPath ?? ""),
        "Reason": rule.reason.map(JSONValue.string) ?? .null, "OptionalOldSelf": rule.optionalOldSelf ? true : .null,
      ]
      if rule.rule.trimmingSpaces.isEmpty {
        errors.append(.required(field.child("rule"), "rule is not specified"))
        continue
      }
      if let problem = compiled.problem { errors.append(.invalid(field.child("rule"), shown, problem)) }
      if let problem = compiled.messageProblem {
        errors.append(.invalid(field.child("messageExpression"), shown, problem))
      }
      if rule.message == nil, rule.messageExpression == nil, rule.rule.contains("\n") {
        errors.append(.required(field.child("message"), "message must be specified if rule contains line breaks"))
      }
      if let message = rule.message, message.contains("\n") {
        errors.append(.invalid(field.child("message"), .string(message), "message must not contain line breaks"))
      }
      let reasons = ["FieldValueRequired", "FieldValueForbidden", "FieldValueInvalid", "FieldValueDuplicate"]
      errors += FieldError.unsupported(rule.reason.map(JSONValue.string), at: field.child("reason"), reasons)
      if let given = rule.fieldPath, !reaches(given, tree.schema) {
        errors.append(
          .invalid(
            field.child("fieldPath"), .string(given),
            "fieldPath must be a valid path: does not refer to a valid field"))
      }
    }
    for (name, branch) in tree.properties.sorted(by: { $0.key < $1.key }) {
      errors += rules(branch, at: path.child("properties").key(name))
    }
    if let branch = tree.items { errors += rules(branch, at: path.child("items")) }
    if let branch = tree.additionalProperties { errors += rules(branch, at: path.child("additionalProperties")) }
    return errors
  }

  private static func reaches(_ fieldPath: String, _ schema: Schema) -> Bool {
    guard fieldPath.hasPrefix(".") else { return false }
    var node = schema
    for name in fieldPath.dropFirst().split(separator: ".") {
      let plain = name.prefix { $0 != "[" }
      guard let next = node.properties[String(plain)] else { return false }
      node = next
    }
    return true
  }
}
